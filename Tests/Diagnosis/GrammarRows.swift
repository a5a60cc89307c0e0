// Words that stand in no table, each with what it must come to: the grammar's own rows, in the languages of providers.

import Mailboxes
import Testing

@testable import Diagnosis

struct GrammarRow: Sendable, CustomTestStringConvertible {
  let phase: ConversationPhase
  let reply: String
  /// Quota and throttle are one decision.
  let fault: FaultClass
  let scope: Scope
  /// As ``Action/name``.
  let action: String

  init(_ phase: ConversationPhase, _ reply: String, _ fault: FaultClass, _ scope: Scope, _ action: String) {
    (self.phase, self.reply, self.fault, self.scope, self.action) = (phase, reply, fault, scope, action)
  }

  var testDescription: String { "\(phase.rawValue): \(reply.prefix(70))" }

  static let all = [
    GrammarRow(.signIn, "451 Authentication failed: Maximum credits exceeded", .quota, .mailbox, "pause"),
    GrammarRow(
      .signIn, "535 5.7.8 Account is not activated, please verify your e-mail address", .policy, .mailbox, "hold"),
    GrammarRow(
      .signIn, "534 5.7.9 Authentication mechanism is not enabled for this account", .policy, .mailbox, "hold"),
    GrammarRow(
      .signIn, "535 5.7.8 SMTP service is switched off for this mailbox. Turn it on in the settings", .policy, .mailbox,
      "hold"),
    GrammarRow(.signIn, "535 Authentication failed: need an app password", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "451 4.7.1 too much fail authentication, try again later", .throttle, .mailbox, "pause"),
    GrammarRow(.signIn, "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 Incorrect authentication data", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 5.7.0 authentication failed", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 5.7.8 Bad username or password", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 Authentifizierung fehlgeschlagen", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 5.7.1 Benutzername oder Passwort falsch", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 Erreur d'authentification : mot de passe invalide", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 Autenticazione fallita: credenziali non valide", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 Error de autenticación: contraseña incorrecta", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 5.7.8 Ошибка авторизации: неверный пароль", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 用户名或密码错误", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 認証に失敗しました", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 인증에 실패했습니다. 비밀번호를 확인하세요", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "454 4.7.0 Temporary authentication failure", .transient, .mailbox, "pause"),
    GrammarRow(.signIn, "421 4.7.0 Too many failed login attempts; closing connection", .throttle, .mailbox, "pause"),
    GrammarRow(
      .signIn, "535 5.7.3 Your account has been locked because of too many failed logins", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 5.7.8 Authentication credentials invalid", .auth, .mailbox, "hold"),
    GrammarRow(
      .signIn, "535-5.7.139 Authentication unsuccessful, the user account is disabled", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "550 5.7.1 Account disabled", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "535 #5.7.0 Authentication failed for user: mailbox is suspended", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "554 5.7.0 Too many authentication failures", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "421 4.7.0 Try again later, too many bad logins", .throttle, .mailbox, "pause"),
    GrammarRow(.signIn, "454 4.7.0 Authentication server is temporarily not available", .transient, .mailbox, "pause"),
    GrammarRow(.signIn, "451 4.3.0 Internal error, try again later", .transient, .mailbox, "pause"),
    GrammarRow(.signIn, "534 5.7.9 Please use an application specific password", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 LOGIN ERROR: SMTP access is disabled for this account", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "535 5.7.1 SMTP authentication is not permitted from your IP", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "504 5.5.4 AUTH mechanism LOGIN not available", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "530 Must issue STARTTLS before AUTH", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "535 5.7.8 Invalid API key", .auth, .mailbox, "hold"),
    GrammarRow(.signIn, "535 Authentication failed: account has no active subscription", .policy, .mailbox, "hold"),
    GrammarRow(.signIn, "550 5.7.0 Access denied for user", .policy, .mailbox, "hold"),
    GrammarRow(.hello, "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", .policy, .mailbox, "hold"),
    GrammarRow(.hello, "501 Syntactically invalid EHLO argument(s)", .policy, .mailbox, "hold"),
    GrammarRow(.hello, "550 Bad HELO - Host impersonating our own name", .policy, .mailbox, "hold"),
    GrammarRow(.greeting, "421 4.7.0 Connection rate limit exceeded", .throttle, .mailbox, "pause"),
    GrammarRow(.greeting, "554 5.7.1 No SMTP service for you", .policy, .mailbox, "hold"),
    GrammarRow(.greeting, "421 Service not available, too busy", .transient, .mailbox, "pause"),
    GrammarRow(.greeting, "550 Your IP address has been blacklisted", .policy, .mailbox, "hold"),
    GrammarRow(.greeting, "554 5.7.1 You are listed at bl.spamcop.net", .policy, .mailbox, "hold"),
    GrammarRow(
      .greeting,
      "554 Your access to this mail system has been rejected due to poor reputation of a domain used in message transfer",
      .policy, .mailbox, "hold"),
    GrammarRow(.greeting, "421 4.3.2 Service is shutting down", .transient, .mailbox, "pause"),
    GrammarRow(.greeting, "554 5.7.1 Access denied", .policy, .mailbox, "hold"),
    GrammarRow(.greeting, "421 4.7.1 Too many concurrent connections from your address", .throttle, .mailbox, "pause"),
    GrammarRow(
      .greeting, "450 4.7.1 Your address was temporarily blocked because of failed logins", .throttle, .mailbox, "pause"
    ),
    GrammarRow(.greeting, "554 Blocked - see https://www.spamhaus.org/query/ip/192.0.2.9", .policy, .mailbox, "hold"),
    GrammarRow(.greeting, "421 Server overloaded", .transient, .mailbox, "pause"),
    GrammarRow(.startTLS, "454 4.3.0 TLS currently unavailable, try later", .transient, .mailbox, "pause"),
    GrammarRow(.startTLS, "502 5.5.1 STARTTLS not supported", .policy, .mailbox, "hold"),
    GrammarRow(.startTLS, "554 5.7.3 TLS negotiation failed: unsupported protocol version", .network, .mailbox, "hold"),
    GrammarRow(
      .mail, "452 4.3.1 You have exceeded your 24-hour sending limit. Messages will be accepted later", .quota,
      .mailbox, "pause"),
    GrammarRow(.mail, "550 hour limit reached for user", .quota, .mailbox, "pause"),
    GrammarRow(.mail, "535 Maximum credits exceeded", .quota, .mailbox, "pause"),
    GrammarRow(.mail, "550 5.7.1 Your account has been suspended due to non-payment", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "421 4.7.0 your account is under review for a high bounce rate", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "553 Relaying disallowed as billing@acme.example", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "530 5.7.1 You are not allowed to send mail from this address", .sender, .mailbox, "hold"),
    GrammarRow(
      .mail, "451 4.7.1 <billing@acme.example>: Sender address rejected: not owned by user x", .sender, .mailbox, "hold"
    ),
    GrammarRow(.mail, "421 4.7.1 acme.example is not allowed to send", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "451 4.7.0 STARTTLS is required to send mail", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "421 4.3.0 Temporary System Problem. Try again later", .transient, .mailbox, "pause"),
    GrammarRow(.mail, "550 Ihr Konto wurde gesperrt. Bitte wenden Sie sich an den Support", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "550 Votre compte est suspendu", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "550 Adresse de l'expéditeur refusée", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "550 Superato il limite giornaliero di invio", .quota, .mailbox, "pause"),
    GrammarRow(.mail, "550 Mittente non autorizzato", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "550 Su cuenta ha sido suspendida", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "550 Nadawca odrzucony: nieprawidłowy adres nadawcy", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "553 发件人地址与登录用户不一致", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "550 发送频率过高,请稍后再试", .throttle, .mailbox, "pause"),
    GrammarRow(.mail, "550 账号已被冻结", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "421 送信数の制限を超えました", .throttle, .mailbox, "pause"),
    GrammarRow(.mail, "550 하루 발송 한도를 초과했습니다", .quota, .mailbox, "pause"),
    GrammarRow(.mail, "550 발신자 주소가 올바르지 않습니다", .sender, .mailbox, "hold"),
    GrammarRow(
      .mail, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "501 5.1.7 Invalid address", .sender, .mailbox, "hold"),
    GrammarRow(
      .mail, "530 5.5.1 Authentication Required. For more information, go to https://support.google.com", .auth,
      .mailbox, "hold"),
    GrammarRow(.mail, "503 AUTH first (#5.5.1)", .auth, .mailbox, "hold"),
    GrammarRow(.mail, "451 4.7.0 Please login to webmail and solve the captcha", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "421 4.5.3 Maximum messages per connection reached", .transient, .message, "retry"),
    GrammarRow(
      .mail, "550 5.7.1 Monthly email quota has been used up, please upgrade your plan", .quota, .mailbox, "pause"),
    GrammarRow(
      .mail, "451 Account temporarily limited, sending too fast; try again in 34 minutes", .throttle, .mailbox, "pause"),
    GrammarRow(.mail, "550 SMTP sending not enabled for this domain", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "550 5.7.1 Unauthenticated email is not accepted from this domain", .auth, .mailbox, "hold"),
    GrammarRow(
      .mail, "550 5.7.1 Sending from this address is not allowed. Use your account address", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "550 Sender domain is not verified in your account", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "553 5.5.4 <root@localhost>: Domain name required for sender address", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "553 sorry, sender domain has no A or MX record", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "501 5.1.8 Sender domain must exist", .sender, .mailbox, "hold"),
    GrammarRow(
      .mail, "550 5.7.1 The sender's address was rejected because it does not belong to the authenticated user",
      .sender, .mailbox, "hold"),
    GrammarRow(.mail, "550 5.1.0 <office@acme.example> sender rejected", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "550 5.7.1 Mail from an unauthorized sender", .sender, .mailbox, "hold"),
    GrammarRow(.mail, "530 Access denied. Authenticate first", .auth, .mailbox, "hold"),
    GrammarRow(.mail, "530 authentication required for relay", .auth, .mailbox, "hold"),
    GrammarRow(.mail, "554 5.7.1 You must check for new mail before sending mail", .auth, .mailbox, "hold"),
    GrammarRow(.mail, "421 Too many messages from your account in the last hour", .quota, .mailbox, "pause"),
    GrammarRow(.mail, "451 4.7.1 Sending limit for your account reached. Try tomorrow", .quota, .mailbox, "pause"),
    GrammarRow(.mail, "452 4.7.0 Quota of 500 messages per day reached", .quota, .mailbox, "pause"),
    GrammarRow(
      .mail, "550 5.4.6 Unusual sending activity detected. Please try after sometime", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "552 Your plan's email limit has been reached for this month", .quota, .mailbox, "pause"),
    GrammarRow(.mail, "550 Outgoing mail is disabled for this account", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "550 5.7.1 This mailbox has been blocked due to spam", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "450 4.7.1 Server is overloaded, try later", .transient, .mailbox, "pause"),
    GrammarRow(.mail, "452 4.3.1 Out of memory", .transient, .message, "retry"),
    GrammarRow(.mail, "552 5.3.4 Message too big for system", .message, .message, "fail"),
    GrammarRow(.mail, "421 4.4.5 Too many connections from your host", .throttle, .mailbox, "pause"),
    GrammarRow(.mail, "554 5.7.1 Your IP is blocked because of abuse", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "550 5.7.1 Connection refused: reverse DNS of your IP does not match", .policy, .mailbox, "hold"),
    GrammarRow(.mail, "555 5.5.4 Unsupported option: SMTPUTF8", .message, .message, "fail"),
    GrammarRow(
      .recipient, "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org", .policy,
      .mailbox, "hold"),
    GrammarRow(
      .recipient, "504 5.5.2 <crm>: Helo command rejected: need fully-qualified hostname", .policy, .mailbox, "hold"),
    GrammarRow(
      .recipient, "550 5.7.1 Client host rejected: cannot find your hostname, [192.0.2.9]", .policy, .mailbox, "hold"),
    GrammarRow(
      .recipient, "550 5.1.8 <billing@acme.example>: Sender address rejected: Domain not found", .sender, .mailbox,
      "hold"),
    GrammarRow(
      .recipient, "550 This account has exceeded the max emails per hour (200/200 (100%)) allowed. Message discarded.",
      .quota, .mailbox, "pause"),
    GrammarRow(
      .recipient,
      "550 Domain acme.example has exceeded the max emails per hour (150/150 (100%)) allowed. Message discarded.",
      .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "550 Please turn on SMTP Authentication in your mail client", .auth, .mailbox, "hold"),
    GrammarRow(
      .recipient,
      "550 Please turn on SMTP Authentication in your mail client, or login to the IMAP/POP3 server before sending your message. host.example [192.0.2.9]:51234 is not permitted to relay through this server without authentication.",
      .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "450 4.7.1 Ratelimit \"user\" exceeded", .throttle, .mailbox, "pause"),
    GrammarRow(.recipient, "550 You have reached your outgoing limits", .throttle, .mailbox, "pause"),
    GrammarRow(
      .recipient,
      "550 Domain acme.example has exceeded the max defers and failures per hour (5/5 (100%)) allowed. Message discarded.",
      .quota, .mailbox, "pause"),
    GrammarRow(
      .recipient, "550 5.1.1 <bob@example.com>: Recipient address rejected: User unknown in local recipient table",
      .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 No such user here", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 5.1.1 bob@example.com User unknown; rejecting", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Invalid recipient", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "553 5.3.0 <bob@example.com>... No such user here", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Unrouteable address", .recipient, .recipient, "fail"),
    GrammarRow(
      .recipient, "550 5.4.1 [bob@example.com]: Recipient address rejected: Access denied", .recipient, .recipient,
      "fail"),
    GrammarRow(
      .recipient,
      "450 4.2.0 <bob@example.com>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help",
      .transient, .recipient, "retry"),
    GrammarRow(
      .recipient, "452 4.2.2 The email account that you tried to reach is over quota", .recipient, .recipient, "retry"),
    GrammarRow(
      .recipient, "550 5.2.1 The email account that you tried to reach is disabled", .recipient, .recipient, "fail"),
    GrammarRow(
      .recipient, "550 5.1.2 Host unknown (Name server: exmaple.com.: host not found)", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 5.7.1 Sie haben das Versandlimit pro Stunde überschritten", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "450 4.7.1 Tageslimit für den Mailversand erreicht", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "554 5.7.1 Absenderadresse nicht erlaubt", .sender, .mailbox, "hold"),
    GrammarRow(.recipient, "550 Empfänger unbekannt", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Vous devez vous authentifier avant d'envoyer", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "550 Destinataire inconnu", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Destinatario inesistente", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 El usuario no existe", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Ha superado el límite de envíos por hora", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "550 Usuário inexistente", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Limite de envio por hora excedido", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "550 Przekroczono limit wysyłanych wiadomości", .throttle, .mailbox, "pause"),
    GrammarRow(.recipient, "550 Odbiorca nieznany", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Překročen denní limit odesílaných zpráv", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "550 5.7.1 Превышен суточный лимит отправки писем", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "550 Пользователь не найден", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Почтовый ящик получателя не существует", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 收件人不存在", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 宛先が存在しません", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 5.7.1 Relaying denied. Proper authentication required.", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "550 Relay not permitted", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "551 we do not relay non-local mail, sorry", .auth, .mailbox, "hold"),
    GrammarRow(
      .recipient, "553 5.7.1 sorry, that domain is not in my list of allowed recipient hosts", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "452 4.5.3 Recipients limit exceeded", .transient, .recipient, "retry"),
    GrammarRow(.recipient, "550 5.5.3 Too many recipients in a single message", .message, .message, "fail"),
    GrammarRow(.recipient, "550 Sender verify failed", .sender, .mailbox, "hold"),
    GrammarRow(.recipient, "550 rejected: sender domain has no MX record", .sender, .mailbox, "hold"),
    GrammarRow(.recipient, "550 5.7.1 You are not permitted to send to external recipients", .policy, .mailbox, "hold"),
    GrammarRow(.recipient, "450 4.7.1 You exceeded your message limit, please wait an hour", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "550 5.7.1 Recipient limit of the day exceeded for your account", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "452 4.5.3 Too many recipients for this sender today", .quota, .mailbox, "pause"),
    GrammarRow(.recipient, "550 5.1.1 Mailbox does not exist", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 5.1.1 Unknown recipient", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 Mailbox not found", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "550 5.1.1 No such recipient here", .recipient, .recipient, "fail"),
    GrammarRow(
      .recipient, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", .recipient,
      .recipient, "fail"),
    GrammarRow(
      .recipient, "554 5.7.1 <bob@example.com>: Recipient address rejected: user has moved", .recipient, .recipient,
      "fail"),
    GrammarRow(.recipient, "550 5.2.1 Mailbox disabled for this recipient", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "552 5.2.2 user over quota", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "452 4.2.2 Mailbox full", .recipient, .recipient, "retry"),
    GrammarRow(.recipient, "550 5.7.1 Recipient refuses mail from you", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "553 5.1.3 Invalid address syntax", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "501 5.1.3 Bad recipient address syntax", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "512 5.1.2 Domain does not exist", .recipient, .recipient, "fail"),
    GrammarRow(.recipient, "451 4.7.1 Greylisting in action, please come back later", .transient, .recipient, "retry"),
    GrammarRow(.recipient, "450 4.7.0 You are greylisted for 300 seconds", .transient, .recipient, "retry"),
    GrammarRow(.recipient, "451 4.4.1 Could not connect to the recipient's server", .transient, .recipient, "retry"),
    GrammarRow(.recipient, "550 Relaying to external domains needs authentication", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "554 5.7.1 Client not allowed to relay", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "550 5.7.1 Unable to relay for bob@example.com", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "503 5.5.1 Authenticate before sending to external domains", .auth, .mailbox, "hold"),
    GrammarRow(.recipient, "554 5.7.1 rejected by blocklist b.barracudacentral.org", .policy, .mailbox, "hold"),
    GrammarRow(.recipient, "550 Your mail server has no PTR record", .policy, .mailbox, "hold"),
    GrammarRow(.recipient, "550 Invalid HELO: must be a FQDN", .policy, .mailbox, "hold"),
    GrammarRow(.recipient, "550 Sender rate limit exceeded", .throttle, .mailbox, "pause"),
    GrammarRow(.recipient, "550 Sender verification failed: no such user", .sender, .mailbox, "hold"),
    GrammarRow(
      .body,
      "550 5.4.5 Daily sending quota exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852",
      .quota, .mailbox, "pause"),
    GrammarRow(.body, "554 Ratelimit exceeded for sender", .throttle, .mailbox, "pause"),
    GrammarRow(.body, "521 over the limit of messages in a single day", .quota, .mailbox, "pause"),
    GrammarRow(.body, "421 4.7.0 sending too many emails, slow down please", .throttle, .mailbox, "pause"),
    GrammarRow(.body, "462 too many mails from this account", .throttle, .mailbox, "pause"),
    GrammarRow(
      .body, "550 5.7.1 Unusual activity detected on your account. Sending is disabled", .policy, .mailbox, "hold"),
    GrammarRow(
      .body, "553 5.7.1 <billing@acme.example>: Sender address rejected: not owned by user office@acme.example",
      .sender, .mailbox, "hold"),
    GrammarRow(.body, "550 relaying disallowed as billing@acme.example", .sender, .mailbox, "hold"),
    GrammarRow(.body, "550 header From must match the authenticated user", .sender, .mailbox, "hold"),
    GrammarRow(.body, "555 incorrect sender header", .sender, .mailbox, "hold"),
    GrammarRow(
      .body,
      "550-5.7.1 This message is not RFC 5322 compliant, the issue is: multiple To fields. To reduce the amount of spam sent to Gmail, this message has been blocked.",
      .message, .message, "fail"),
    GrammarRow(.body, "550 5.6.0 maximum line length exceeded", .message, .message, "fail"),
    GrammarRow(.body, "552 5.7.0 Attachment type .exe is not allowed", .message, .message, "fail"),
    GrammarRow(.body, "554 5.6.1 Your message contained a virus and was rejected", .message, .message, "fail"),
    GrammarRow(.body, "550 5.6.0 duplicate header field Subject", .message, .message, "fail"),
    GrammarRow(.body, "550 From header has more than one address", .message, .message, "fail"),
    GrammarRow(.body, "451 4.3.0 Error: queue file write error", .transient, .message, "retry"),
    GrammarRow(.body, "451 Temporary local problem - please try later", .transient, .message, "retry"),
    GrammarRow(.body, "550 Limite d'envoi quotidienne dépassée", .quota, .mailbox, "pause"),
    GrammarRow(.body, "554 Message refusé : considéré comme spam", .message, .message, "fail"),
    GrammarRow(.body, "554 邮件内容包含垃圾邮件", .message, .message, "fail"),
    GrammarRow(
      .body, "554 5.2.252 SendAsDenied; a@acme.example not allowed to send as b@acme.example", .sender, .mailbox, "hold"
    ),
    GrammarRow(
      .body,
      "550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.",
      .sender, .mailbox, "hold"),
    GrammarRow(.body, "554 5.7.1 Message contains disallowed content", .message, .message, "fail"),
    GrammarRow(.body, "550 5.7.1 URL in this email is on a block list (surbl)", .message, .message, "fail"),
    GrammarRow(.body, "552 5.2.3 Message length exceeds administrative limit", .message, .message, "fail"),
    GrammarRow(.body, "523 the message length exceeds the recipient's limit", .message, .message, "fail"),
    GrammarRow(.body, "554 5.7.1 The account is not permitted to send: payment overdue", .policy, .mailbox, "hold"),
    GrammarRow(
      .body, "450 4.7.1 Please try again later, service temporarily overloaded", .transient, .message, "retry"),
    GrammarRow(.body, "550 5.7.1 Message blocked due to spam content in the message", .message, .message, "fail"),
    GrammarRow(.body, "554 5.7.1 Message content rejected", .message, .message, "fail"),
    GrammarRow(.body, "550 5.7.1 Message rejected: contains a link to a malicious site", .message, .message, "fail"),
    GrammarRow(.body, "550 Message looks like phishing", .message, .message, "fail"),
    GrammarRow(.body, "552 5.7.0 Executable attachments are forbidden", .message, .message, "fail"),
    GrammarRow(.body, "552 5.3.4 Message exceeds maximum size of 25 MB", .message, .message, "fail"),
    GrammarRow(.body, "550 5.6.0 Header line exceeds 998 characters", .message, .message, "fail"),
    GrammarRow(.body, "550 5.7.1 Missing or invalid Date header", .message, .message, "fail"),
    GrammarRow(.body, "554 5.6.0 Message without Message-ID is refused", .message, .message, "fail"),
    GrammarRow(.body, "554 5.5.0 Too many hops, loop detected", .message, .message, "fail"),
    GrammarRow(.body, "550 5.7.1 The From header does not match your account", .sender, .mailbox, "hold"),
    GrammarRow(.body, "553 5.7.1 From address not verified", .sender, .mailbox, "hold"),
    GrammarRow(.body, "550 Sender address in header not allowed for this login", .sender, .mailbox, "hold"),
    GrammarRow(.body, "450 4.7.1 Rate limit reached, slow down", .throttle, .mailbox, "pause"),
    GrammarRow(.body, "554 5.7.1 Daily quota of messages exceeded", .quota, .mailbox, "pause"),
    GrammarRow(.body, "550 5.7.1 Sending suspended: complaint rate too high", .policy, .mailbox, "hold"),
    GrammarRow(.body, "554 Account not activated. Contact support", .policy, .mailbox, "hold"),
    GrammarRow(.body, "421 4.3.2 System going down, try later", .transient, .message, "retry"),
    GrammarRow(.body, "451 4.3.5 Server configuration problem", .transient, .message, "retry"),
    GrammarRow(.body, "451 Could not queue message, please retry", .transient, .message, "retry"),
    GrammarRow(.body, "452 4.3.1 Disk full", .transient, .message, "retry"),
  ]
}
