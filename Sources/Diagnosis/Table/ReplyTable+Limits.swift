// Rates and connections: the mailbox slows down, and no message fails for it. The same words at RCPT, about one recipient,
// are that recipient's limit.

import Mailboxes

extension ReplyTable {
  package static let limitRules: [Rule] = [
    // The recipient's limits first: their sentences contain those of the mailbox's limits.
    Rule(
      says: "recipient thread limit exceeded",
      like: (.body, "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded"),
      means: busyRecipient),
    Rule(
      says: "receiving mail too quickly", "receiving mail at a rate", "at a rate that prevents", in: .transaction,
      like: (.recipient, "450 4.2.1 The user you are trying to contact is receiving mail too quickly."),
      (.recipient, "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents delivery"),
      means: busyRecipient),
    Rule(
      "5", "5.2.121-122", in: .transaction,
      like: (.recipient, "550 5.2.122 The recipient has exceeded their limit for the number of messages"),
      means: busyRecipient),
    Rule(
      "421 450 451 452", says: "excessive volume", "too many messages", "too much mail", in: [.recipient],
      like: (.recipient, "421 4.7.1 Messages to ada@example.org deferred due to excessive volume"),
      means: busyRecipient),
    // Recipients in one transaction: the rest go in another.
    Rule(
      "4 5", says: "too many recipients", "more than … envelope recipients", in: [.recipient],
      like: (.recipient, "550 5.5.3 Too many recipients"),
      (.recipient, "452 4.5.3 The message has more than 200 envelope recipients from the same domain"),
      means: fewerRecipients),
    Rule(
      "452", "4.5.3", in: [.recipient], like: (.recipient, "452 4.5.3 Try the rest later"), means: fewerRecipients),
    // Connections.
    Rule(
      "4", says: "sender thread limit exceeded", "concurrent connections limit", "too many connections",
      "too many concurrent", "trop de connexions", "too many sessions",
      like: (.body, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"),
      (.body, "432 4.3.2 Concurrent connections limit exceeded"),
      (.greeting, "421 Trop de connexions, veuillez verifier votre configuration. OFR_104"),
      means: fewerConnections),
    Rule(
      "4", says: "max message per connection", in: .anywhere,
      like: (.mail, "421 Max message per connection reached, closing transmission channel"),
      means: Assessment(.transient, .message, .retry(after: .zero), "{provider} wants a new connection.")),
    // Rates.
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
      means: Assessment(.throttle, .mailbox, .pause(.seconds(600)), "{address} sends faster than {provider} allows.")),
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
      means: Assessment(.throttle, .mailbox, .pause(.seconds(60)), "{address} sends faster than {provider} allows.")),
    Rule(
      "421 450 451 452", says: "too many messages", "slow down", "rate limit", "sending limit", "sending rate", "quota",
      "try again later, closing connection", "throttl", in: .beforeMailOrMessage,
      like: (.hello, "421 4.7.0 Try again later, closing connection."),
      (.mail, "451 4.7.0 Too many messages, slow down"),
      means: Assessment(
        .throttle, .mailbox, .pause(.seconds(300)), "{provider} asks {address} to slow down.",
        "Nothing to do, unless it happens at every greeting: then give this machine a full host name; "
          + "to look now, run: {test}")),
  ]

  private static let busyRecipient = Assessment(
    .throttle, .recipient, .retry(), "The recipient receives too much mail at the moment.")

  /// A queue that meets this keeps to one connection for the day.
  static let fewerConnections = Assessment(
    .throttle, .mailbox, .pause(.seconds(10)), "{provider} allows no further connection for {address}.",
    "See whether another program sends through this mailbox; to look now, run: {test}")

  private static let fewerRecipients = Assessment(
    .throttle, .recipient, .retry(after: .zero), "{provider} takes fewer recipients in one transaction.")
}
