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
        .policy, .mailbox, .hold(probe: true), "The signed-in user may not send as {address}.",
        "Give the user Send As on {address} at {provider}, or connect the user's own address: {connect}")),
    Rule(
      "5", says: "sender address is not allowed", "not owned by user", "emetteur invalide", "sender denied",
      "from address not verified", "sender address rejected: not logged in", "sender address rejected: access denied",
      like: (.mail, "553 5.7.1 <office@firm.example>: Sender address rejected: not owned by user info@firm.example"),
      (.mail, "550 Sender address is not allowed."), (.mail, "550 5.1.0 Sender denied"),
      (.mail, "501 5.1.0 Emetteur invalide. Invalid Sender. OFR_405"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} does not let this sign-in send as {address}.",
        "Have {address} allowed for this user, or connect the address that belongs to the sign-in (first run letterhead "
          + "disconnect {entity}), then run: {test}")),
    Rule(
      "5", says: "mail relay denied", "invalid credentials for relay",
      like: (.mail, "550 5.7.0 Mail relay denied [192.0.2.1]"),
      (.mail, "550 5.7.1 Invalid credentials for relay [192.0.2.1]"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Google's relay does not know this machine.",
        "Register this machine's public address or SMTP AUTH in Admin › Gmail › Routing › SMTP relay, then run: {test}")
    ),
    Rule(
      "5", says: "unable to relay", "relay access denied", "relaying denied", "relay not permitted",
      "tenantattribution",
      like: (.recipient, "554 5.7.1 <ada@example.org>: Relay access denied"),
      (.recipient, "550 5.7.64 TenantAttribution; Relay Access Denied"), (.recipient, "550 5.7.1 Unable to relay"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} does not take mail for others from this connection.",
        "Connect with a sign-in, or have this machine's address or certificate allowed as a sender: {connect}")),
    Rule(
      "5", "5.7.750",
      like: (.body, "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "The sending domain is not registered at {provider}.",
        "Add and verify the domain of {address} at {provider}, then run: {test}")),
    Rule(
      "5", says: "email address is not verified", "does not match a verified sender identity",
      "domain is not verified", "sender signature", in: .message,
      like: (.body, "554 Message rejected: Email address is not verified. The following identities failed the check"),
      (.body, "550 The from address does not match a verified Sender Identity."),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} wants {address} to be verified before it sends for it.",
        "Verify the address or its domain at {provider} (in a trial, the recipients too), then run: {test}")),
    Rule(
      "4", says: "domain not found", "unresolvable rfc.5321 from domain", in: [.mail, .body],
      like: (.mail, "450 4.1.8 <office@firm.example>: Sender address rejected: Domain not found"),
      (.mail, "451 Message temporarily deferred: unresolvable RFC.5321 from domain"),
      means: Assessment(
        .policy, .message, .retry(), "{provider} cannot find the mail domain of {address} at the moment.",
        "Check the domain's DNS records, then run: {test}")),
    Rule(
      "5", "5.1.8", in: [.mail],
      like: (.mail, "553 5.1.8 <office@firm.example>... Domain of sender address does not exist"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} does not accept {address} as a sender.",
        "Check that the domain of {address} exists and that the account is not blocked, then run: {test}")),
  ]
}
