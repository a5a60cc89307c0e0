// What is about one message, one recipient, or the provider's passing troubles.

import Mailboxes

extension ReplyTable {
  package static let messageRules: [Rule] = [
    Rule(
      "552 554", "5.3.4 5.2.3",
      means: Meaning(
        .message, .message, .fail, "The message is larger than {provider} accepts.",
        "Send it smaller, or send a link; what {provider} accepts is shown by: {test}")),
    Rule("452", "5.3.4", means: Meaning(.transient, .message, .retry(), "{provider} has no room for the message now.")),
    Rule(
      "552", in: .message,
      means: Meaning(
        .message, .message, .fail, "The message is larger than {provider} accepts.",
        "Send it smaller, or send a link; what {provider} accepts is shown by: {test}")),
    Rule(
      "5", says: "illegal attachment", "potential security issue", "taille limite",
      in: .message,
      means: Meaning(
        .policy, .message, .fail, "{provider} does not accept the attachment.",
        "Send a link in its place; to check the mailbox, run: {test}")),
    Rule(
      "5", says: "unsolicited mail", "spam", "not accepted for policy reasons", "ofr_506", "local policy",
      in: .message,
      means: Meaning(
        .policy, .message, .fail, "{provider} takes the message for spam.",
        "Look at its links and wording; to check the mailbox, run: {test}")),
    Rule(
      "5", says: "sending to (or from) has a policy", "gcdp", in: .transaction,
      means: Meaning(
        .policy, .message, .fail, "A mail rule of this or the recipient's organisation refuses the message.",
        "Ask the administrator who set the rule; to check the mailbox, run: {test}")),
    Rule(
      "5", "5.6.7",
      means: Meaning(
        .message, .message, .fail, "{provider} cannot carry an address that is not ASCII.",
        "Use an ASCII address in the app; to check what {provider} offers, run: {test}")),
    Rule(
      "5", "5.6.0-11 5.7.512",
      means: Meaning(
        .message, .message, .fail, "{provider} finds the message malformed.",
        "Mend it in the app; to see the header as it went out, run: letterhead queue show ID")),
    Rule(
      "5", says: "not rfc 5322 compliant", "not rfc compliant", "malformed", in: .message,
      means: Meaning(
        .message, .message, .fail, "{provider} finds the message malformed.",
        "Mend it in the app; to see the header as it went out, run: letterhead queue show ID")),
    Rule(
      "5", "5.4.6 5.4.14", in: .transaction,
      means: Meaning(
        .message, .message, .fail, "The message goes round in circles.",
        "Look for a forwarding loop at the recipient's; to check the mailbox, run: {test}")),
    Rule(
      "5", "5.7.26-32 5.7.509", in: .transaction,
      means: Meaning(
        .policy, .message, .fail, "The recipient's side demands SPF, DKIM or DMARC for the domain of {address}.",
        "Set these DNS records as {provider} tells; to check the mailbox, run: {test}")),
    Rule(
      "501", says: "helo", "ehlo", in: [.hello, .mail],
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} does not accept the name that this machine gives itself.",
        "Give this machine a full host name, restart Letterhead, then run: {test}")),
    Rule(
      "501 503 555", in: .message,
      means: Meaning(
        .message, .message, .fail, "{provider} did not understand how Letterhead handed over the message.",
        "Report this as a fault of Letterhead with the provider's words; to check the mailbox, run: {test}")),
  ]

  package static let recipientRules: [Rule] = [
    Rule(
      "5", "5.1.0-6 5.1.10 5.4.1", in: [.recipient],
      means: Meaning(
        .recipient, .recipient, .fail, "There is no such recipient.",
        "Check the address in the app; to check the mailbox, run: {test}")),
    Rule(
      "5", "5.2.1", in: [.recipient],
      means: Meaning(
        .recipient, .recipient, .fail, "The recipient's mailbox is switched off.",
        "Remove the address in the app; to check the mailbox, run: {test}")),
    Rule(
      "5", "5.2.2", in: [.recipient],
      means: Meaning(
        .recipient, .recipient, .fail, "The recipient's mailbox is full.",
        "Send it again when there is room: letterhead queue retry ID")),
    Rule(
      "4", "4.2.2", in: [.recipient],
      means: Meaning(.recipient, .recipient, .retry(), "The recipient's mailbox is full.")),
    Rule(
      "5", "5.7.12-13 5.7.124 5.7.133-136", in: .transaction,
      means: Meaning(
        .recipient, .recipient, .fail, "The recipient only accepts certain senders.",
        "Ask the recipient to allow {address}; to check the mailbox, run: {test}")),
    Rule(
      "450 451 452 421", says: "greylist", "graylist", "grey-list", in: .transaction,
      means: Meaning(.transient, .recipient, .retry(after: .seconds(300)), "The recipient's side asks to come again.")),
  ]

  package static let transientRules: [Rule] = [
    // It reads like a passing trouble, and has been met for days where an app lacked its permission.
    Rule(
      "430", says: "mailbox logon failure",
      means: Meaning(
        .transient, .mailbox, .wait(flagAfter: 60), "Microsoft cannot open the mailbox {address} at the moment.",
        "If it lasts over an hour, check the permissions of the sign-in on {address}, then run: {test}")),
    Rule(
      "421", in: .message,
      means: Meaning(.transient, .message, .retry(), "{provider} closed the connection in the middle.")),
    Rule(
      "454", in: [.startTLS],
      means: Meaning(.transient, .mailbox, .wait(), "{provider} cannot encrypt at the moment.")),
  ]
}
