// What is about one message.

import Mailboxes

extension ReplyTable {
  package static let messageRules: [Rule] = [
    Rule(
      "552 554", "5.3.4 5.2.3",
      like: (.mail, "552 5.3.4 Message size exceeds fixed limit"), (.body, "554 5.2.3 Message too large"),
      means: tooLarge),
    Rule(
      "5", says: "taille limite", in: .message,
      like: (.body, "552 5.3.4 Taille limite du message depassee. OFR_514"),
      means: tooLarge),
    Rule(
      "452", "4.3.4 5.3.4", in: .message,
      like: (.mail, "452 5.3.4 Insufficient system storage"),
      means: Assessment(.transient, .message, .retry(), "{provider} has no room for the message now.")),
    Rule(
      "552", in: .message,
      like: (.body, "552 Requested mail action aborted: exceeded storage allocation"),
      means: tooLarge),
    Rule(
      "5", says: "illegal attachment", "potential security issue", in: .message,
      like: (.body, "552 5.7.0 This message was blocked because its content presents a potential security issue."),
      (.body, "552 5.7.0 Our system detected an illegal attachment on your message."),
      means: Assessment(
        .policy, .message, .fail, "{provider} does not accept the attachment.",
        "A new name does not help, so send a link in its place; to check the mailbox, run: {test}")),
    Rule(
      "5", says: "unsolicited mail", "spam", "not accepted for policy reasons", "ofr_506", "local policy",
      in: .message,
      like: (.body, "550 5.7.1 Our system has detected that this message is likely unsolicited mail."),
      (.body, "554 5.7.1 Spam message rejected"), (.body, "550 5.7.1 [CS01] Message rejected due to local policy."),
      (.body, "554 Message not accepted for policy reasons."), (.body, "550 5.7.1 Mail rejete. Mail rejected. OFR_506"),
      means: Assessment(
        .policy, .message, .fail, "{provider} takes the message for spam.",
        "Look at its links and wording; to check the mailbox, run: {test}")),
    Rule(
      "4", says: "suspicious due to", in: .message,
      like: (.body, "421 4.7.0 This message is suspicious due to the nature of the content and/or the links within."),
      means: Assessment(
        .policy, .message, .retry(), "{provider} finds the message suspicious and takes it later, perhaps.",
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
      means: Assessment(
        .message, .message, .fail, "{provider} cannot carry an address that is not ASCII.",
        "Use an ASCII address in the app; to check what {provider} offers, run: {test}")),
    Rule(
      "5", "5.6.0-11 5.7.512",
      like: (.body, "550 5.6.11 Invalid characters"), (.body, "554 5.6.0 Invalid message content"),
      (.body, "550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant"),
      means: malformed),
    Rule(
      "5", says: "not rfc 5322 compliant", "not rfc compliant", "malformed", in: .message,
      like: (.body, "550 5.7.1 This message is not RFC 5322 compliant, the issue is: duplicate headers."),
      (.body, "554 Message not accepted: headers are not RFC compliant"),
      means: malformed),
    Rule(
      "5", says: "too many hops", "hop count", "mail loop", "routing loop", in: .transaction,
      like: (.body, "554 Too many hops, this message is looping"),
      means: loop),
    Rule(
      "5", "5.4.6 5.4.14", in: .transaction,
      like: (.body, "554 5.4.6 Message exceeded 50 hops"),
      means: loop),
    Rule(
      "5", "5.7.26-32 5.7.509", in: .transaction,
      like: (.body, "550 5.7.26 This mail has been blocked because the sender is unauthenticated."),
      means: Assessment(
        .policy, .message, .fail, "The recipient's side demands SPF, DKIM or DMARC for the domain of {address}.",
        "Set these DNS records as {provider} tells; to check the mailbox, run: {test}")),
    Rule(
      "501", says: "helo", "ehlo", in: [.hello, .mail],
      like: (.hello, "501 5.5.4 HELO/EHLO argument invalid"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} does not accept the name that this machine gives itself.",
        "Give this machine a full host name, restart Letterhead, then run: {test}")),
    Rule(
      "501 503 555", in: .message,
      like: (.mail, "555 5.5.2 Syntax error, cannot decode response"),
      means: Assessment(
        .message, .message, .fail, "{provider} did not understand how Letterhead handed over the message.",
        "Report this as a fault of Letterhead with the provider's words; to check the mailbox, run: {test}")),
  ]

  private static let tooLarge = Assessment(
    .message, .message, .fail, "The message is larger than {provider} accepts.",
    "Send it smaller, or send a link; what {provider} accepts is shown by: {test}")

  private static let mailRule = Assessment(
    .policy, .message, .fail, "A mail rule of this or the recipient's organisation refuses the message.",
    "Ask the administrator who set the rule; to check the mailbox, run: {test}")

  private static let malformed = Assessment(
    .message, .message, .fail, "{provider} finds the message malformed.",
    "Mend it in the app; to see the header as it went out, run: letterhead queue show ID")

  private static let loop = Assessment(
    .message, .message, .fail, "The message goes round in circles.",
    "Look for a forwarding loop at the recipient's; to check the mailbox, run: {test}")
}
