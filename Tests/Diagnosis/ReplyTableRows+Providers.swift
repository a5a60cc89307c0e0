// Rows of the table that a few providers alone need, and codes without words.

import Mailboxes

@testable import Diagnosis

extension Row {
  static let providers = [
    Row(
      .body, "530 5.3.1 Intercepted and rejected by administrative action. x", .failed, .message, .message,
      "refuses the content of the message"),
    Row(
      .signIn, "535 5.7.3 Authentication unsuccessful. Tenant locked out", .broken, .policy, .mailbox,
      "The whole organisation (tenant) of"),
    Row(
      .signIn, "535 5.7.3 Unable to proxy authenticated session because of it", .broken, .policy, .mailbox,
      "its server finds no mailbox or back end for"),
    Row(
      .signIn, "535 5.7.3 Authentication unsuccessful. User not found", .broken, .auth, .mailbox,
      "the account does not exist there"),
    Row(
      .recipient, "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied", .broken, .auth, .mailbox,
      "wants a sign-in before it relays mail: this"),
    Row(.signIn, "504 x", .broken, .policy, .mailbox, "does not offer this sign-in method"),
    Row(.signIn, "534 x", .broken, .auth, .mailbox, "wants another way to sign in"),
    Row(.signIn, "535 x", .broken, .auth, .mailbox, "does not accept the sign-in of"),
    Row(.signIn, "454 x", .paused, .transient, .mailbox, "has a temporary trouble with sign-ins"),
    Row(
      .body, "550 Request failed; Mailbox unavailable", .broken, .sender, .mailbox,
      "it does not accept that sender address or"),
    Row(.mail, "501 5.1.8 x", .broken, .sender, .mailbox, "it does not accept that sender address or"),
    Row(.greeting, "421 HL:REP 163 smtp9", .paused, .throttle, .mailbox, "sends too much or too fast: a limit of its"),
    Row(.recipient, "550 RP:QRC 163 smtp9", .paused, .quota, .mailbox, "reached its daily limit (quota of messages"),
    Row(.greeting, "554 HL:IPB 163 smtp9", .broken, .policy, .mailbox, "has blocked this machine's public IP address:"),
    Row(
      .recipient, "450 4.5.3 RP:DRC 163 smtp9", .deferred, .transient, .message,
      "cannot take the message now (a temporary"),
    Row(.mail, "550 MI:NHD 163 smtp9", .broken, .policy, .mailbox, "does not accept the host name that this"),
    Row(.recipient, "550 RP:FRL 163 smtp9", .broken, .auth, .mailbox, "wants a sign-in before it relays mail: this"),
    Row(.recipient, "550 RP:RCL 163 smtp9", .failed, .message, .message, "The message has too many recipients for"),
    Row(.body, "554 DT:SUM 163 smtp9", .broken, .sender, .mailbox, "it does not accept that sender address or"),
    Row(.body, "554 DT:SPM 163 smtp9", .failed, .message, .message, "takes the content of the message for spam"),
    Row(.mail, "552 5.3.4 x", .failed, .message, .message, "The message is too large: its size is over"),
    Row(.body, "452 4.3.4 x", .deferred, .transient, .message, "cannot take the message now (a temporary"),
    Row(
      .data, "451 See http://pobox.com/~djb/docs/smtplf.html.", .failed, .message, .message,
      "found wrong line endings (a bare LF or CR)"),
    Row(.mail, "550 5.6.7 x", .failed, .message, .message, "cannot take international characters (not"),
    Row(.recipient, "552 5.2.2 x", .failed, .recipient, .recipient, "The recipient's mailbox is full (over quota)"),
    Row(.recipient, "452 4.2.2 x", .deferred, .recipient, .recipient, "The recipient's mailbox is full"),
    Row(.startTLS, "454 x", .unreachable, .transient, .mailbox, "cannot serve this connection now: a"),
  ]
}
