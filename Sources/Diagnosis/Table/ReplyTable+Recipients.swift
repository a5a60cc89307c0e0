// What is about one recipient, and the provider's passing troubles.

import Mailboxes

extension ReplyTable {
  package static let recipientRules: [Rule] = [
    Rule(
      "5", "5.1.1-3 5.1.6 5.1.10 5.4.1", in: [.recipient],
      like: (.recipient, "550 5.1.1 The email account that you tried to reach does not exist."),
      (.recipient, "550 5.4.1 Recipient address rejected: Access denied"),
      (.recipient, "556 5.1.10 Recipient address has null MX"),
      means: Meaning.recipientUnknown),
    Rule(
      "5", "5.2.1", in: .transaction,
      like: (.recipient, "550 5.2.1 The email account that you tried to reach is inactive."),
      means: Meaning.recipientOff),
    Rule(
      "5", "5.2.2", in: [.recipient],
      like: (.recipient, "552 5.2.2 The recipient's inbox is out of storage space."),
      means: Meaning.recipientFull),
    Rule(
      "4", "4.2.2", in: [.recipient],
      like: (.recipient, "452 4.2.2 The recipient's inbox is out of storage space."),
      means: Meaning.recipientFullNow),
    Rule(
      "5", "5.7.12-13 5.7.124 5.7.133-136", in: .transaction,
      like: (.recipient, "550 5.7.124 Sender not in allowed-senders list"),
      (.recipient, "550 5.7.133 Sender not authenticated for group"),
      means: Meaning.recipientRefused),
    // High Volume Email.
    Rule(
      says: "external sending is not supported", in: .transaction,
      like: (.recipient, "550 5.5.105 External sending is not supported"),
      means: Assessment(
        .recipient, .recipient, .fail,
        "{provider} delivers to recipients of the organisation alone, and this one is outside of it.",
        "Have the app send this through an entity with an ordinary mailbox; to check this one, run: {test}")),
  ]

  package static let transientRules: [Rule] = [
    // It reads like a passing trouble, and has been met for days where an app lacked its permission.
    Rule(
      "430", says: "mailbox logon failure",
      like: (
        .body,
        "430 4.2.0 STOREDRV; mailbox logon failure; Failed to process message due to a transient exception"
      ),
      means: Assessment(
        .policy, .mailbox, .wait(flagAfter: 5), "Microsoft cannot open the mailbox {address} at the moment.",
        "If it lasts over an hour, check the permissions of the sign-in on {address}, then run: {test}")),
    Rule(
      "421", in: .message,
      like: (.data, "421 4.4.2 Timeout - closing connection"),
      means: Assessment(.transient, .message, .retry(), "{provider} closed the connection in the middle.")),
    Rule(
      "454", in: [.startTLS],
      like: (.startTLS, "454 4.7.0 TLS not available due to temporary reason"),
      means: Meaning.busyServer),
  ]
}
