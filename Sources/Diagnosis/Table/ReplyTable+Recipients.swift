// What is about one recipient, and the provider's passing troubles.

import Mailboxes

extension ReplyTable {
  package static let recipientRules: [Rule] = [
    Rule(
      "5", says: "mailbox unavailable", "no longer valid", "mailbox not found", "ofr_416", "user unknown",
      in: [.recipient],
      like: (.recipient, "550 5.5.0 Requested action not taken: mailbox unavailable"),
      (.recipient, "554 delivery error: This user's address is no longer valid."),
      (.recipient, "552 1 Requested mail action aborted, mailbox not found"),
      (.recipient, "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416"),
      means: noSuchRecipient),
    Rule(
      "5", "5.1.0-6 5.1.10 5.4.1", in: [.recipient],
      like: (.recipient, "550 5.1.1 The email account that you tried to reach does not exist."),
      (.recipient, "550 5.4.1 Recipient address rejected: Access denied"),
      (.recipient, "556 5.1.10 Recipient address has null MX"),
      means: noSuchRecipient),
    Rule(
      "5", says: "ofr_420", "ofr_426", "mailbox is disabled", "account is disabled", in: [.recipient],
      like: (.recipient, "554 delivery error: This user's mailbox is disabled. 554.30"),
      (.recipient, "550 5.2.1 Boite inactive. Inactive mailbox. OFR_420"),
      means: switchedOff),
    Rule(
      "5", "5.2.1", in: [.recipient],
      like: (.recipient, "550 5.2.1 The email account that you tried to reach is inactive."),
      means: switchedOff),
    Rule(
      "5", says: "ofr_417", "over quota", "mailbox full", "mailbox is full", in: [.recipient],
      like: (.recipient, "552 Boite pleine. Mailbox full. OFR_417"),
      means: fullRecipient),
    Rule(
      "5", "5.2.2", in: [.recipient],
      like: (.recipient, "552 5.2.2 The recipient's inbox is out of storage space."),
      means: fullRecipient),
    Rule(
      "4", "4.2.2", in: [.recipient],
      like: (.recipient, "452 4.2.2 The recipient's inbox is out of storage space."),
      means: Assessment(.recipient, .recipient, .retry(), "The recipient's mailbox is full.")),
    Rule(
      "5", says: "delivery not authorized", in: [.recipient],
      like: (.recipient, "550 5.7.1 Delivery not authorized"),
      means: certainSenders),
    Rule(
      "5", "5.7.12-13 5.7.124 5.7.133-136", in: .transaction,
      like: (.recipient, "550 5.7.124 Sender not in allowed-senders list"),
      (.recipient, "550 5.7.133 Sender not authenticated for group"),
      means: certainSenders),
    Rule(
      "450 451 452 421", says: "greylist", "graylist", "grey-list", "try again in", "try later in", in: .transaction,
      like: (.recipient, "450 4.2.0 <ada@example.org>: Recipient address rejected: Greylisted"),
      (.recipient, "451 4.7.1 Please try again in 5 minutes"),
      means: Assessment(
        .transient, .recipient, .retry(after: .seconds(300)), "The recipient's side asks to come again.")),
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
        .transient, .mailbox, .wait(flagAfter: 60), "Microsoft cannot open the mailbox {address} at the moment.",
        "If it lasts over an hour, check the permissions of the sign-in on {address}, then run: {test}")),
    Rule(
      "4", says: "temporary system problem", "temporary server error", "server busy", "service not available",
      "service not active", "failed to be replicated", "service refuse", "connection expired", in: .message,
      like: (.body, "451 4.7.0 Temporary server error. Please try again later. PRX5"),
      (.mail, "421 4.3.2 Service not available"), (.body, "451 4.7.500 Server busy. Please try again later"),
      (.body, "451 4.4.24 Message failed to be replicated"), (.mail, "421 4.7.0 Temporary System Problem."),
      (.mail, "421 4.2.1 Service refuse. Veuillez essayer plus tard. OFR_999"),
      means: Assessment(.transient, .message, .retry(), "{provider} is busy.")),
    Rule(
      "421", in: .message,
      like: (.data, "421 4.4.2 Timeout - closing connection"),
      means: Assessment(.transient, .message, .retry(), "{provider} closed the connection in the middle.")),
    Rule(
      "454", in: [.startTLS],
      like: (.startTLS, "454 4.7.0 TLS not available due to temporary reason"),
      means: Assessment(.transient, .mailbox, .wait(), "{provider} cannot encrypt at the moment.")),
  ]

  private static let noSuchRecipient = Assessment(
    .recipient, .recipient, .fail, "There is no such recipient.",
    "Check the address in the app; to check the mailbox, run: {test}")

  private static let switchedOff = Assessment(
    .recipient, .recipient, .fail, "The recipient's mailbox is switched off.",
    "Remove the address in the app; to check the mailbox, run: {test}")

  private static let fullRecipient = Assessment(
    .recipient, .recipient, .fail, "The recipient's mailbox is full.",
    "Send it again when there is room: letterhead queue retry ID")

  private static let certainSenders = Assessment(
    .recipient, .recipient, .fail, "The recipient only accepts certain senders.",
    "Ask the recipient to allow {address}; to check the mailbox, run: {test}")
}
