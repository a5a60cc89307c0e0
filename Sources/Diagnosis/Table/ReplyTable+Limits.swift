// Rates and connections: the mailbox slows down, and no message fails for it. The same words at RCPT, about one recipient,
// are that recipient's limit.

import Mailboxes

extension ReplyTable {
  package static let limitRules: [Rule] = [
    // The recipient's limits first: their sentences contain those of the mailbox's limits.
    Rule(
      says: "recipient thread limit exceeded",
      like: (.body, "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded"),
      means: Meaning.recipientBusy),
    Rule(
      "5", "5.2.121-122", in: .transaction,
      like: (.recipient, "550 5.2.122 The recipient has exceeded their limit for the number of messages"),
      means: Meaning.recipientBusy),
    // Recipients in one transaction: the rest go in another.
    Rule(
      "452", "4.5.3", in: [.recipient], like: (.recipient, "452 4.5.3 Try the rest later"),
      means: Meaning.fewerRecipients),
    Rule(
      "4", says: "same message-id",
      like: (
        .body,
        "421 4.7.28 Gmail has detected that this message exceeded its quota for sending messages with the same "
          + "Message-ID."
      ),
      means: Assessment(
        .throttle, .message, .retry(after: .seconds(3600)), "An app sends the same Message-ID again and again.",
        "Mend the app; to see the message, run: letterhead queue --entity {entity}")),
    Rule(
      "4", says: "peak smtp relay limit",
      like: (.mail, "450 4.2.1 Peak SMTP relay limit exceeded for customer."),
      means: Assessment(
        .throttle, .mailbox, .pause(.seconds(600)),
        "{address} reached a limit of {provider}'s relay: it sends faster than that allows.")),
    Rule(
      says: "unusual rate",
      like: (.body, "421 4.7.28 Gmail has detected an unusual rate of mail originating from your IP address."),
      (.body, "550 5.7.1 Our system has detected an unusual rate of unsolicited mail"),
      means: Assessment(
        .throttle, .mailbox, .pause(.seconds(3600)), "{provider} sees an unusual amount of mail from here.",
        "Check what the apps send; to look now, run: {test}")),
    Rule(
      "4", says: "submission rate for this client", "maximum sending rate exceeded", "throttling failure",
      like: (.mail, "421 4.4.2 Message submission rate for this client has exceeded the configured limit"),
      (.mail, "454 Throttling failure: Maximum sending rate exceeded."),
      means: Assessment(
        .throttle, .mailbox, .pause(.seconds(60)),
        "{address} sends faster than {provider} allows: it reached a limit of its rate, too many in too short a time.")),
  ]
}
