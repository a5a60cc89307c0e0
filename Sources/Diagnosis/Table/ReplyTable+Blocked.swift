// Accounts that the provider has blocked: a loud flag, since somebody may have broken into one.

import Mailboxes

extension ReplyTable {
  package static let blockedRules: [Rule] = [
    Rule(
      "5", says: "bad outbound sender",
      like: (.body, "550 5.1.8 Access denied, bad outbound sender AS(42004)"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Microsoft has blocked {address} for sending spam.",
        "The account may have been broken into: secure it, unblock it in the Defender portal › Restricted entities, "
          + "then run: {test}")),
    Rule(
      "5", says: "spam abuse detected", "banned sender", "banned sending ip",
      like: (.body, "550 5.7.501 Access denied, spam abuse detected"),
      (.body, "550 5.7.511 Access denied, banned sender"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Microsoft has banned {address} from sending.",
        "Contact Microsoft support, then run: {test}")),
    Rule(
      "5", "5.7.501-503 5.7.511",
      like: (.body, "550 5.7.502 Access denied"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Microsoft has banned {address} from sending.",
        "Contact Microsoft support, then run: {test}")),
    Rule(
      "5", "5.7.705",
      like: (.body, "550 5.7.705 Access denied, tenant has exceeded threshold"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Microsoft has blocked the whole organisation from sending.",
        "Find what sent too much, contact Microsoft support, then run: {test}")),
    Rule(
      "5", "5.7.708",
      like: (.body, "550 5.7.708 Access denied, traffic not accepted from this IP"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Microsoft takes no mail of this organisation from this address.",
        "Trial organisations are limited: buy a licence or contact Microsoft support, then run: {test}")),
    Rule(
      "4", "4.7.500-699", says: "access denied",
      like: (.mail, "451 4.7.550 Access denied, please try again later"),
      means: Assessment(
        .throttle, .mailbox, .pause(.seconds(3600)), "Microsoft limits {address} while it checks unusual activity.",
        "Check what the apps send; to look now, run: {test}")),
    Rule(
      "5", says: "mail sending denied",
      like: (.mail, "550 5.7.0 Mail Sending denied. Account disabled"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "The account {address} is suspended or not registered at {provider}.",
        "Sign in to the account at {provider} and restore it, then run: {test}")),
    Rule(
      "5", says: "unusual sending activity",
      like: (.body, "550 5.4.6 Unusual sending activity detected. Please try after sometime"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} has blocked outgoing mail of {address}.",
        "Sign in to the account, unblock it on the provider's page and send less, then run: {test}")),
  ]
}
