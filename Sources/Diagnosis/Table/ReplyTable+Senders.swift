// Sender and relay permission. The sender on the wire is always the mailbox's own address, so what is said about it is
// true for every message: a flag, never a failed queue.

import Mailboxes

extension ReplyTable {
  package static let senderRules: [Rule] = [
    Rule(
      says: "sendasdenied", "does not have permissions to send as this sender", "not allowed to send as",
      like: (.body, "554 5.2.252 SendAsDenied; office@firm.example not allowed to send as boss@firm.example"),
      (.body, "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
      (.body, "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied"),
      means: Assessment(
        .sender, .mailbox, .hold(probe: true), "The signed-in user may not send as {address}.",
        "Give the user Send As on {address} at {provider}, or connect the user's own address: {connect}")),
    Rule(
      "5", says: "request failed; mailbox unavailable", in: [.body],
      like: (.body, "550 Request failed; Mailbox unavailable"),
      means: Meaning.senderRefused),
    Rule(
      "5", "5.1.7-8",
      like: (.mail, "501 5.1.7 Not that one"),
      means: Meaning.senderRefused),
    Rule(
      "5", says: "mail relay denied", "invalid credentials for relay",
      like: (.mail, "550 5.7.0 Mail relay denied [192.0.2.1]"),
      (.mail, "550 5.7.1 Invalid credentials for relay [192.0.2.1]"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Google's relay does not know this machine.",
        "Register this machine's public address or SMTP AUTH in Admin › Gmail › Routing › SMTP relay, then run: {test}")
    ),
    Rule(
      "5", "5.7.750",
      like: (.body, "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains"),
      means: Assessment(
        .sender, .mailbox, .hold(probe: true), "The sending domain is not registered at {provider}.",
        "Add and verify the domain of {address} at {provider}, then run: {test}")),
  ]
}
