// Sender and relay permission, and accounts that the provider has blocked. The sender on the wire is always the
// mailbox's own address, so what is said about it is true for every message: a flag, never a failed queue.

import Mailboxes

extension ReplyTable {
  package static let senderRules: [Rule] = [
    Rule(
      says: "sendasdenied", "does not have permissions to send as this sender", "not allowed to send as",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "The signed-in user may not send as {address}.",
        "Give the user Send As on {address} at {provider}, or connect the user's own address: {connect}")),
    Rule(
      "5", says: "sender address is not allowed", "not owned by user", "emetteur invalide", "sender denied",
      "from address not verified", "sender address rejected: not logged in", "sender address rejected: access denied",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} does not let this sign-in send as {address}.",
        "Connect the address that belongs to the sign-in: {connect}")),
    Rule(
      "5", says: "mail relay denied", "invalid credentials for relay",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "Google's relay does not know this machine.",
        "Register this machine's public address or SMTP AUTH in Admin › Gmail › Routing › SMTP relay, then run: {test}")
    ),
    Rule(
      "5", says: "unable to relay", "relay access denied", "relaying denied", "relay not permitted",
      "tenantattribution",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} does not take mail for others from this connection.",
        "Connect with a sign-in, or have this machine allowed as a sender: {connect}")),
    Rule(
      "5", "5.7.750",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "The sending domain is not registered at {provider}.",
        "Add and verify the domain of {address} at {provider}, then run: {test}")),
    Rule(
      "5", says: "email address is not verified", "does not match a verified sender identity",
      in: .message,
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} wants {address} to be verified before it sends for it.",
        "Verify the address or its domain at {provider}, then run: {test}")),
    Rule(
      "5", "5.1.8", in: [.mail],
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} does not accept {address} as a sender.",
        "Check that the domain of {address} exists and that the account is not blocked, then run: {test}")),
  ]

  package static let blockedRules: [Rule] = [
    Rule(
      "5", says: "bad outbound sender",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "Microsoft has blocked {address} for sending spam.",
        "Secure the account and unblock it in the Defender portal › Restricted entities, then run: {test}")),
    Rule(
      "5", says: "spam abuse detected", "banned sender",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "Microsoft has banned {address} from sending.",
        "Contact Microsoft support, then run: {test}")),
    Rule(
      "5", "5.7.705",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "Microsoft has blocked the whole organisation from sending.",
        "Find what sent too much, contact Microsoft support, then run: {test}")),
    Rule(
      "5", "5.7.708",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "Microsoft takes no mail of this organisation from this address.",
        "Buy a licence (trials are limited) or contact support, then run: {test}")),
    Rule(
      "4", "4.7.500-699", says: "access denied",
      means: Meaning(
        .throttle, .mailbox, .pause(.seconds(3600)), "Microsoft limits {address} while it checks unusual activity.",
        "Check what the apps send; to look now, run: {test}")),
    Rule(
      "5", says: "mail sending denied",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "The account {address} is suspended or not registered at {provider}.",
        "Sign in to the account at {provider} and restore it, then run: {test}")),
    Rule(
      "5", says: "unusual sending activity",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} has blocked outgoing mail of {address}.",
        "Unblock it on the provider's page and send less, then run: {test}")),
    Rule(
      "5", says: "account suspended", "account disabled", "account is suspended", "account is disabled",
      "account has been suspended", "account has been disabled", in: .beforeMailOrMessage,
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} has suspended the account of {address}.",
        "Clear it up with {provider}, then run: {test}")),
  ]
}
