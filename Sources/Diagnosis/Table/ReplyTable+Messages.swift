// What is about one message.

import Mailboxes

extension ReplyTable {
  package static let messageRules: [Rule] = [
    Rule(
      "552 554", "5.3.4 5.2.3",
      like: (.mail, "552 5.3.4 Message size exceeds fixed limit"), (.body, "554 5.2.3 Message too large"),
      means: Meaning.tooLarge),
    Rule(
      "452", "4.3.4 5.3.4", in: .message,
      like: (.mail, "452 5.3.4 Insufficient system storage"),
      means: Meaning.busyMessage),
    Rule(
      "5", says: "not rfc 5322 compliant", in: .message,
      like: (.body, "550 5.7.1 This message is not RFC 5322 compliant, the issue is: duplicate headers."),
      means: Meaning.malformed),
    Rule(
      "5", says: "intercepted and rejected by administrative action", in: .transaction,
      like: (.body, "530 5.3.1 Intercepted and rejected by administrative action. PRJCT"),
      means: Meaning.contentRefused),
    Rule(
      says: "djb/docs/smtplf", in: .message,
      like: (.data, "451 See http://pobox.com/~djb/docs/smtplf.html."),
      means: Meaning.lineEndings),
    Rule(
      "4", says: "suspicious due to the nature", in: .message,
      like: (.body, "421 4.7.0 This message is suspicious due to the nature of the content and/or the links within."),
      means: Assessment(
        .message, .message, .retry(), "{provider} finds the message suspicious and takes it later, perhaps.",
        "Look at its links and wording; to see the message, run: letterhead queue --entity {entity}")),
    Rule(
      "5", says: "sending to (or from) has a policy", "gcdp", in: .transaction,
      like: (
        .body,
        "550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail that "
          + "you sent. - gcdp"
      ),
      means: mailRule),
    Rule(
      "5", "5.7.900-999", in: .message,
      like: (.body, "550 5.7.912 Delivery not authorized, message refused"),
      means: mailRule),
    Rule(
      "5", "5.6.7",
      like: (.mail, "550 5.6.7 SMTPUTF8 is required, but was not offered"),
      means: Meaning.encoding),
    Rule(
      "5", "5.6.0-11 5.7.512",
      like: (.body, "550 5.6.11 Invalid characters"), (.body, "554 5.6.0 Invalid message content"),
      (.body, "550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant"),
      means: Meaning.malformed),
    Rule(
      "5", "5.4.6 5.4.14", in: .transaction,
      like: (.body, "554 5.4.6 Message exceeded 50 hops"),
      means: Meaning.loop),
    Rule(
      "5", "5.7.26-32 5.7.509", in: .transaction,
      like: (.body, "550 5.7.26 This mail has been blocked because the sender is unauthenticated."),
      means: Assessment(
        .message, .message, .fail, "The recipient's side demands SPF, DKIM or DMARC for the domain of {address}.",
        "Set these DNS records as {provider} tells; to check the mailbox, run: {test}", isVerdict: true)),
  ]

  private static let mailRule = Assessment(
    .message, .message, .fail, "A mail rule of this or the recipient's organisation refuses the message.",
    "Ask the administrator who set the rule; to check the mailbox, run: {test}", isVerdict: true)
}
