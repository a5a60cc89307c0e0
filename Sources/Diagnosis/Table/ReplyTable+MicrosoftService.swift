// Microsoft's numbers about the way to its sign-in service: this machine's clock and TLS, limits, and its own troubles.
// They come first: where an answer has several numbers, one of these is the reason of the others.

import Mailboxes

extension ReplyTable {
  static let microsoftServiceRules: [Rule] = [
    .microsoft(
      500133, 700024,
      like: "invalid_client: AADSTS700024: Client assertion is not within its valid time range.",
      "invalid_grant: AADSTS70002: Error validating credentials. AADSTS500133: Assertion is not within its valid time range",
      means: .network, does: .hold(probe: true), "Microsoft finds that this machine's clock is wrong: it says {clock}.",
      "Set the time (timedatectl set-ntp true), then run: {test}"),
    .microsoft(
      1_002_016,
      like:
        "invalid_request: AADSTS1002016: You are using TLS version 1.0, 1.1 and/or 3DES cipher which are deprecated.",
      means: .network, does: .hold(probe: true),
      "The TLS version on the way to Microsoft's sign-in service is too old.",
      "TLS 1.2 or newer is needed on the whole way: see whether this machine or a proxy on the way is outdated, then run: "
        + "{test}"),
    // Asked for too often, it is asked no more for an hour.
    .microsoft(
      50196,
      like: "invalid_client: AADSTS50196: The server terminated an operation: a client request loop.",
      means: .throttle, does: .pause(.seconds(3600)),
      "Microsoft was asked for too many tokens for {address}, as in a loop.",
      "Letterhead waits and asks again later. If it comes back, report it as a fault of Letterhead; to look now, run: "
        + "{test}"),
    .microsoft(
      90055, 90056, 50088,
      like: "invalid_request: AADSTS90055: The tenant request has been throttled due to excessive HTTP request volume.",
      means: .throttle, "Microsoft limits the sign-ins of the whole organisation: there were too many.",
      "Nothing to do: Letterhead waits and tries again later; to look now, run: {test}"),
    .microsoft(
      80001, 80002, 80003, 80004, 80005, 80007, 80008, 80010, 80011, 80013, 80014,
      like: "invalid_grant: AADSTS80002: The Authentication Agent's password validation request has timed out.",
      means: .transient,
      "The organisation's own sign-in agent does not answer Microsoft; it may be a temporary trouble.",
      "If it lasts, have the administrator look at the agent on premises; to look now, run: {test}"),
    .microsoft(
      50033, 50086, 50087, 50134, 70012, 90006, 90012, 90020, 90024, 90033, 90036, 90090, 900_921,
      like: "invalid_grant: AADSTS90033: A transient error has occurred. Please try again.",
      means: .transient, "Microsoft's sign-in service has a temporary trouble."),
  ]
}
