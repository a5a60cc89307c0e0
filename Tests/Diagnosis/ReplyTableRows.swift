// What providers say, where, and what it must come to: written down beside the table, to judge it by.

import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Diagnosis

struct Row: Sendable, CustomTestStringConvertible {
  let phase: ConversationPhase
  let reply: String
  let kind: Outcome.Kind
  let fault: FaultClass
  let scope: Scope
  /// Part of the sentence.
  let says: String
  /// Whose words they are, where that matters.
  let family: ProviderFamily?

  init(
    _ phase: ConversationPhase, _ reply: String, _ kind: Outcome.Kind, _ fault: FaultClass, _ scope: Scope,
    _ says: String,
    at family: ProviderFamily? = nil
  ) {
    self.phase = phase
    self.reply = reply
    self.kind = kind
    self.fault = fault
    self.scope = scope
    self.says = says
    self.family = family
  }

  /// A token endpoint's `error: description`.
  init(
    token words: String, _ kind: Outcome.Kind, _ fault: FaultClass, _ says: String, at family: ProviderFamily? = nil
  ) {
    self.init(.token, words, kind, fault, .mailbox, says, at: family)
  }

  /// As it is saved.
  var mailbox: Mailbox {
    var mailbox = family.map { Mailbox.of($0) } ?? .byToken
    mailbox.generation = 1
    return mailbox
  }

  var finding: Interpretation {
    get throws { Interpretation(try Answer(reply, in: phase, to: mailbox)) }
  }

  var outcome: Outcome {
    get throws {
      guard phase == .token, let colon = reply.firstIndex(of: ":") else {
        return Outcome(of: try Reply(wire: reply), in: phase, for: mailbox, now: noon)
      }
      let (error, description) = (String(reply[..<colon]), String(reply[colon...].dropFirst(2)))
      // Where the endpoint could not answer, its status stands in the place of the error.
      let failure =
        Int(error).map { TokenFailure.unavailable(status: $0, words: description) }
        ?? .refused(error: error, description: description)
      return Outcome(of: .token(failure), for: mailbox, now: noon)
    }
  }

  var testDescription: String { "\(phase.rawValue): \(reply.prefix(70))" }

  static let all =
    signIn + tokens + senders + quotas + limits + blocked + messages + recipients + transient + unknown + providers
    + carriers + posts

  static let signIn = [
    Row(
      .signIn, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit x",
      .broken, .policy, .mailbox, "personal account", at: .outlook),
    Row(
      .signIn, "535 5.7.3 Authentication unsuccessful [x]", .broken, .auth, .mailbox, "for the mailbox", at: .microsoft),
    Row(
      .greeting, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", .broken,
      .policy, .mailbox, "has blocked this machine's public IP address:"),
    Row(.signIn, "535 5.7.0 (#AUTH005) Bad credentials", .broken, .auth, .mailbox, "does not accept the sign-in of"),
    Row(
      .mail, "550 5.5.0 Authentification requise LPN105_402", .broken, .auth, .mailbox,
      "wants a sign-in before it relays mail: this"),
    Row(
      .signIn, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit x",
      .broken, .policy, .mailbox, "SMTP sending is switched off for"),
    Row(
      .signIn, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit x",
      .broken, .policy, .mailbox, "whole organisation"),
    Row(
      .signIn, "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", .broken, .policy, .mailbox,
      "no longer accepts passwords"),
    Row(
      .mail, "550 5.7.30 Basic authentication is not supported for Client Submission.", .broken, .policy, .mailbox,
      "no longer accepts passwords"),
    Row(
      .signIn,
      "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
      .broken, .policy, .mailbox, "security defaults"),
    Row(
      .signIn,
      "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.",
      .broken, .policy, .mailbox, "A policy of the organisation"),
    Row(.signIn, "535 5.7.139 Authentication unsuccessful, account locked", .broken, .auth, .mailbox, "locked"),
    Row(
      .signIn, "535 5.7.0 (#AUTH005) Too many bad auth attempts.", .broken, .auth, .mailbox,
      "after too many failed ones"),
    Row(
      .signIn, "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", .broken, .auth,
      .mailbox,
      "User name or password"),
    Row(
      .mail, "530 5.7.57 Client not authenticated to send mail. Error: 535 5.7.3", .broken, .auth, .mailbox,
      "wants a sign-in"),
    Row(
      .signIn, "534-5.7.9 Application-specific password required. For more information, go to\r\n534 5.7.9 x - gsmtp",
      .broken, .auth, .mailbox, "app password"),
    Row(
      .signIn, "534-5.7.14 <https://accounts.example/signin> Please log in via\r\n534 5.7.14 your web browser", .broken,
      .policy, .mailbox, "to sign in with a web browser once"),
    Row(
      .signIn, "535-5.7.8 Username and Password not accepted. For more information\r\n535 5.7.8 BadCredentials - gsmtp",
      .broken, .auth, .mailbox, "does not accept the sign-in of"),
    Row(.signIn, "454 4.7.0 Too many login attempts, please try again later.", .paused, .throttle, .mailbox, "limits"),
    Row(
      .signIn, "535 5.7.8 Error: authentication failed: This user does not have access rights to this service", .broken,
      .policy, .mailbox, "Mail programs are not allowed"),
    Row(
      .signIn, "535 5.7.0 NEOBHODIM parol prilozheniya / Application password is REQUIRED", .broken, .auth, .mailbox,
      "app password"),
    Row(.signIn, "525 5.7.1 Unauthorized IP address", .broken, .policy, .mailbox, "public address"),
    Row(
      .signIn, "550 5.7.0 Code d'authentification invalide OFR_305", .broken, .auth, .mailbox,
      "does not accept the sign-in of"),
    Row(.mail, "530 5.7.0 Must issue a STARTTLS command first", .broken, .policy, .mailbox, "wants encryption"),
    Row(.signIn, "535 5.7.3 Authentication unsuccessful", .broken, .auth, .mailbox, "does not accept the sign-in of"),
    Row(
      .signIn, "504 5.7.4 Unrecognized authentication type", .broken, .policy, .mailbox,
      "does not offer this sign-in method"),
    Row(
      .signIn, "538 5.7.11 Encryption required", .broken, .policy, .mailbox, "wants encryption (TLS) before it goes on"),
    Row(.signIn, "432 4.7.12 A password transition is needed", .broken, .auth, .mailbox, "to be changed first"),
    Row(.signIn, "535 Authentication Failed", .broken, .auth, .mailbox, "does not accept the sign-in of"),
    Row(.signIn, "454 4.7.0 Temporary authentication failure", .paused, .transient, .mailbox, "temporary trouble"),
    Row(.signIn, "502 5.5.1 Command not implemented", .broken, .policy, .mailbox, "does not offer this sign-in method"),
  ]

  static let senders = [
    Row(
      .body, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", .broken, .sender, .mailbox,
      "may not send as"),
    Row(
      .body, "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", .broken,
      .sender, .mailbox, "may not send as"),
    Row(
      .mail, "550 Sender address is not allowed", .broken, .sender, .mailbox,
      "it does not accept that sender address or"),
    Row(.mail, "550 5.1.0 Sender denied", .broken, .sender, .mailbox, "it does not accept that sender address or"),
    Row(
      .recipient, "550 5.7.64 TenantAttribution; Relay Access Denied", .broken, .auth, .mailbox,
      "wants a sign-in before it relays mail: this"),
    Row(
      .body, "550 The from address does not match a verified Sender Identity", .broken, .sender, .mailbox,
      "it does not accept that sender address or"),
    Row(
      .mail, "450 4.1.8 <a@b>: Sender address rejected: Domain not found", .broken, .sender, .mailbox,
      "it does not accept that sender address or"),
    Row(
      .mail, "451 unresolvable RFC.5321 from domain", .broken, .sender, .mailbox,
      "it does not accept that sender address or"),
    Row(
      .body, "554 5.2.252 SendAsDenied; office@firm.example not allowed to send as boss@firm.example", .broken, .sender,
      .mailbox, "may not send as"),
    Row(
      .mail, "553 5.7.1 <office@firm.example>: Sender address rejected: not owned by user x", .broken, .sender,
      .mailbox, "it does not accept that sender address or"),
    Row(.mail, "550 5.7.0 Mail relay denied [192.0.2.1]", .broken, .policy, .mailbox, "Google's relay"),
    Row(
      .recipient, "554 5.7.1 <ada@example.org>: Relay access denied", .broken, .auth, .mailbox,
      "wants a sign-in before it relays mail: this"),
    Row(
      .body, "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains", .broken, .sender,
      .mailbox, "not registered"),
    Row(
      .body, "554 Message rejected: Email address is not verified. The following identities failed", .broken, .sender,
      .mailbox, "it does not accept that sender address or"),
    Row(
      .mail, "553 5.1.8 Domain of sender address does not exist", .broken, .sender, .mailbox,
      "it does not accept that sender address or"),
  ]

  static let limits = [
    Row(
      .recipient, "550 5.2.121 Recipient's per hour limit exceeded", .deferred, .recipient, .recipient, "too much mail"),
    Row(
      .recipient, "421 4.7.1 deferred due to excessive volume", .paused, .throttle, .mailbox,
      "sends too much or too fast: a limit of its"),
    Row(
      .recipient, "452 4.5.3 more than 200 envelope recipients from the same domain", .deferred, .transient, .recipient,
      "finds too many recipients in one"),
    Row(.body, "550 5.7.1 unusual rate of unsolicited mail", .paused, .throttle, .mailbox, "unusual amount"),
    Row(
      .hello, "421 4.7.0 Try again later, closing connection.", .unreachable, .transient, .mailbox,
      "cannot serve this connection now: a"),
    Row(
      .recipient, "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", .deferred, .recipient, .recipient,
      "receives too much"),
    Row(
      .recipient, "450 4.2.1 The user you are trying to contact is receiving mail too quickly.", .deferred, .recipient,
      .recipient, "receives too much"),
    Row(
      .body, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", .paused, .throttle, .mailbox,
      "counts too many connections of"),
    Row(
      .greeting, "421 4.7.0 Too many connections from you", .paused, .throttle, .mailbox,
      "counts too many connections of"),
    Row(
      .body, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; x", .paused, .quota, .mailbox,
      "10,000 recipients"),
    Row(
      .body, "550 5.7.233 Tenant exceeded its external recipient limit", .paused, .quota, .mailbox, "whole organisation"
    ),
    Row(.body, "550 5.4.5 Daily user sending limit exceeded. x - gsmtp", .paused, .quota, .mailbox, "daily limit"),
    Row(.recipient, "550 MAX RCPT TO DAILY LIMIT", .paused, .quota, .mailbox, "used up"),
    Row(.body, "550 5.4.5 Something new about sending", .paused, .quota, .mailbox, "daily limit"),
    Row(
      .mail, "450 Requested mail action not taken: mailbox unavailable. Mail send limit exceeded.", .paused, .throttle,
      .mailbox, "sends too much or too fast: a limit of its"),
    Row(.body, "554 5.2.2 mailbox full; the sender's", .broken, .policy, .mailbox, "itself is full"),
    Row(
      .body, "554 5.2.0 STOREDRV.Submission.Exception:QuotaExceededException; x", .broken, .policy, .mailbox,
      "itself is full"),
    Row(
      .body,
      "421 4.7.28 Gmail has detected that this message exceeded its quota for sending messages with the same Message-ID",
      .deferred, .throttle, .message, "same Message-ID"),
    Row(.mail, "450 4.2.1 Peak SMTP relay limit exceeded for customer.", .paused, .throttle, .mailbox, "faster than"),
    Row(
      .body, "421 4.7.28 Our system has detected an unusual rate of mail originating from your IP", .paused, .throttle,
      .mailbox, "unusual amount"),
    Row(
      .mail, "421 4.4.2 Message submission rate for this client has exceeded the configured limit", .paused, .throttle,
      .mailbox, "faster than"),
    Row(.mail, "454 Throttling failure: Maximum sending rate exceeded.", .paused, .throttle, .mailbox, "faster than"),
    Row(
      .body, "421 4.7.0 This message is suspicious due to the nature of the content", .deferred, .message, .message,
      "suspicious"),
    Row(
      .body, "451 4.7.0 Temporary server error. Please try again later. PRX5", .deferred, .transient, .message,
      "cannot take the message now (a temporary"),
    Row(
      .mail, "421 Max message per connection reached, closing transmission channel", .deferred, .transient, .message,
      "takes no more messages in this session (too"),
    Row(
      .mail, "451 4.7.0 Too many messages, slow down", .paused, .throttle, .mailbox,
      "sends too much or too fast: a limit of its"),
    Row(
      .recipient, "452 4.5.3 Recipients refused", .deferred, .transient, .recipient, "finds too many recipients in one"),
    Row(
      .recipient, "550 5.5.3 Too many recipients", .failed, .message, .message,
      "The message has too many recipients for"),
  ]

  static let quotas = [
    Row(
      .body, "550 5.1.90 You have reached your daily limit for message recipients", .paused, .quota, .mailbox,
      "10,000 recipients"),
    Row(.mail, "454 Throttling failure: Daily message quota exceeded.", .paused, .quota, .mailbox, "daily quota"),
    Row(.mail, "550 5.7.1 Daily SMTP relay limit exceeded for customer", .paused, .quota, .mailbox, "daily limit"),
    Row(.body, "550 5.7.1 You exceeded your daily sending limit", .paused, .quota, .mailbox, "daily limit"),
  ]

  static let blocked = [
    Row(.body, "550 5.7.503 Go away", .broken, .policy, .mailbox, "banned"),
    Row(.mail, "554 Domain mg.firm.example is not allowed to send: disabled", .broken, .policy, .mailbox, "suspended"),
    Row(.body, "550 5.1.8 Access denied, bad outbound sender AS(42004)", .broken, .policy, .mailbox, "sending spam"),
    Row(.body, "550 5.7.501 Access denied, spam abuse detected", .broken, .policy, .mailbox, "banned"),
    Row(.body, "550 5.7.705 Access denied, tenant has exceeded threshold", .broken, .policy, .mailbox, "organisation"),
    Row(
      .body, "550 5.7.708 Access denied, traffic not accepted from this IP", .broken, .policy, .mailbox, "takes no mail"
    ),
    Row(.mail, "451 4.7.550 Access denied, please try again later", .paused, .throttle, .mailbox, "unusual activity"),
    Row(.mail, "550 5.7.0 Mail Sending denied. x - gsmtp", .broken, .policy, .mailbox, "suspended or not registered"),
    Row(.body, "550 5.4.6 Unusual sending activity detected.", .broken, .policy, .mailbox, "blocked outgoing mail"),
    Row(
      .signIn, "554 Your account has been suspended", .broken, .policy, .mailbox,
      "has suspended, disabled, paused or blocked"),
  ]

  static let messages = [
    Row(
      .body, "552 Taille limite du message depassee OFR_514", .failed, .message, .message,
      "The message is too large: its size is over"),
    Row(
      .body, "550 5.7.1 [CS01] Message rejected due to local policy", .failed, .message, .message,
      "refuses the content of the message by a"),
    Row(.body, "550 5.7.930 Delivery not authorized, message refused", .failed, .message, .message, "A mail rule"),
    Row(.body, "550 5.7.512 RFC 5322 section 3.6.2", .failed, .message, .message, "malformed"),
    Row(.body, "554 5.4.14 Exceeded", .failed, .message, .message, "The message goes in a loop: it has too many"),
    Row(.body, "554 Too many hops", .failed, .message, .message, "The message goes in a loop: it has too many"),
    Row(
      .mail, "552 5.3.4 Message size exceeds fixed limit", .failed, .message, .message,
      "The message is too large: its size is over"),
    Row(
      .mail, "452 5.3.4 Insufficient system storage", .deferred, .transient, .message,
      "cannot take the message now (a temporary"),
    Row(.body, "552 Too big", .failed, .message, .message, "The message is too large: its size is over"),
    Row(.body, "552 5.7.0 This message was blocked: illegal attachment", .failed, .message, .message, "attachment"),
    Row(.body, "554 5.7.1 Spam message rejected", .failed, .message, .message, "for spam"),
    Row(
      .body,
      "550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail - gcdp",
      .failed, .message, .message, "A mail rule"),
    Row(.mail, "550 5.6.7 No SMTPUTF8", .failed, .message, .message, "not ASCII"),
    Row(.body, "550 5.6.11 Invalid characters", .failed, .message, .message, "malformed"),
    Row(
      .body, "550 5.7.1 This message is not RFC 5322 compliant, duplicate headers", .failed, .message, .message,
      "malformed"),
    Row(
      .body, "554 5.4.6 Hop count exceeded - possible mail loop", .failed, .message, .message,
      "The message goes in a loop: it has too many"),
    Row(.body, "550 5.7.26 Unauthenticated email is not accepted", .failed, .message, .message, "SPF, DKIM or DMARC"),
    Row(
      .hello, "501 5.5.4 HELO/EHLO argument invalid", .broken, .policy, .mailbox,
      "does not accept the host name that this"),
    Row(.mail, "555 5.5.4 Unsupported parameter", .unexplained, .policy, .message, "refused to take a message from"),
  ]

  static let recipients = [
    Row(
      .recipient, "550 5.5.105 External sending is not supported", .failed, .recipient, .recipient,
      "to recipients of the organisation alone"),
    Row(
      .recipient, "550 5.5.0 mailbox unavailable", .failed, .recipient, .recipient,
      "There is no such recipient: the address"),
    Row(
      .recipient, "550 5.2.1 The email account is inactive", .failed, .recipient, .recipient,
      "The recipient's mailbox is disabled or not"),
    Row(.recipient, "552 5.2.2 Out of storage space", .failed, .recipient, .recipient, "mailbox is full"),
    Row(.recipient, "556 5.1.10 null MX", .failed, .recipient, .recipient, "no such recipient"),
    Row(
      .recipient, "550 Boite inactive OFR_426", .failed, .recipient, .recipient,
      "The recipient's mailbox is disabled or not"),
    Row(.recipient, "552 Boite pleine OFR_417", .failed, .recipient, .recipient, "mailbox is full"),
    Row(
      .recipient, "550 5.7.1 Delivery not authorized", .unexplained, .recipient, .recipient,
      "refused the recipient, and does not say why"),
    Row(
      .recipient, "451 4.7.1 Please try again in 300 seconds", .deferred, .transient, .recipient,
      "cannot take the recipient now (a temporary"),
    Row(.recipient, "550 5.1.1 No such user", .failed, .recipient, .recipient, "no such recipient"),
    Row(
      .recipient, "550 5.2.1 The email account is disabled", .failed, .recipient, .recipient,
      "The recipient's mailbox is disabled or not"),
    Row(.recipient, "552 5.2.2 Mailbox over quota", .failed, .recipient, .recipient, "mailbox is full"),
    Row(.recipient, "452 4.2.2 Mailbox full", .deferred, .recipient, .recipient, "mailbox is full"),
    Row(
      .recipient, "550 5.7.124 Sender not in allowed-senders list", .failed, .recipient, .recipient,
      "The recipient does not take this mail"),
    Row(
      .recipient, "450 4.7.1 Greylisted, see http://postgrey.example/", .deferred, .transient, .recipient,
      "The recipient's side wants the same mail"),
  ]

  static let transient = [
    Row(.mail, "421 4.3.2 Service not active", .deferred, .transient, .message, "closed the connection in the middle"),
    Row(.body, "451 4.4.28 Message failed to be replicated", .deferred, .transient, .message, "busy"),
    Row(
      .body, "430 4.2.0 STOREDRV; mailbox logon failure; ConnectionFailedTransient", .unreachable, .policy, .mailbox,
      "cannot open the mailbox"),
    Row(.data, "421 4.4.2 Timeout", .deferred, .transient, .message, "cannot take the message now (a temporary"),
    Row(
      .startTLS, "454 4.7.0 TLS not available", .unreachable, .transient, .mailbox,
      "cannot serve this connection now: a"),
  ]

  static let unknown = [
    Row(token: "new_error: Never heard", .broken, .auth, "no longer accepts the saved sign-in"),
    Row(token: ": HTTP 400 without a reason", .broken, .auth, "no longer accepts the saved sign-in"),
    Row(.greeting, "554 5.7.1 You are on a list", .broken, .policy, .mailbox, "refuses this connection"),
    Row(.signIn, "500 5.5.2 Eh?", .broken, .policy, .mailbox, "no submission server"),
    Row(.signIn, "555 5.9.9 Never heard", .broken, .auth, .mailbox, "does not accept the saved sign-in"),
    Row(.mail, "550 5.9.9 Never heard", .unexplained, .policy, .message, "does not say why"),
    Row(.body, "554 5.9.9 Never heard", .unexplained, .message, .message, "refused the message"),
    Row(.recipient, "550 Never heard", .unexplained, .recipient, .recipient, "refused the recipient"),
    Row(.recipient, "450 4.9.9 Never heard", .deferred, .transient, .recipient, "later"),
    Row(.body, "451 4.9.9 Never heard", .deferred, .transient, .message, "busy"),
    Row(.hello, "451 4.9.9 Never heard", .unreachable, .transient, .mailbox, "at the moment"),
    Row(.greeting, "299 What is this", .unreachable, .network, .mailbox, "as no SMTP server does"),
    Row(.signIn, "250 2.0.0 OK", .unreachable, .network, .mailbox, "as no SMTP server does"),
    Row(.data, "334 VXNlcm5hbWU6", .deferred, .transient, .message, "does not know here"),
  ]
}
