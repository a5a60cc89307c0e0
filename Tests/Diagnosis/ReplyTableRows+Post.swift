// What Microsoft Graph and the Gmail API answer to a message, and what it must come to.

import Mailboxes

@testable import Diagnosis

extension Row {
  static let posts = [
    Row(
      .post, "429 ApplicationThrottled: Over its MailboxConcurrency limit.", .paused, .throttle, .mailbox, "too fast"),
    Row(.post, "429 TooManyRequests: Retry-After: 120", .paused, .throttle, .mailbox, "too fast"),
    Row(.post, "503 serverTooBusy: Retry-After: 30", .paused, .throttle, .mailbox, "too fast"),
    Row(.post, "503 The service is unavailable.", .unreachable, .transient, .mailbox, "takes no mail at the moment"),
    Row(.post, "400 ErrorMimeContentInvalidBase64String: x", .failed, .message, .message, "malformed"),
    Row(
      .post, "400 ErrorInvalidRecipients: At least one recipient isn't valid.", .failed, .recipient, .recipient,
      "not valid"),
    Row(.post, "401 InvalidAuthenticationToken: Token is expired.", .broken, .auth, .mailbox, "access token"),
    Row(
      .post, "401 InvalidAuthenticationToken: Access token validation failure. Invalid audience.", .broken, .consent,
      .mailbox, "another service"),
    Row(.post, "403 ErrorSendAsDenied: x", .broken, .sender, .mailbox, "may not send as office@firm.example"),
    Row(.post, "403 ErrorAccessDenied: Access is denied.", .broken, .consent, .mailbox, "Mail.Send is not consented"),
    Row(.post, "403 Authorization_RequestDenied: x", .broken, .consent, .mailbox, "Mail.Send is not consented"),
    Row(.post, "403 Forbidden", .broken, .consent, .mailbox, "does not let this sign-in use its mail API"),
    Row(.post, "404 ErrorInvalidUser: x", .broken, .policy, .mailbox, "no cloud mailbox"),
    Row(.post, "404 MailboxNotHostedInExchangeOnline: x", .broken, .policy, .mailbox, "no cloud mailbox"),
    Row(.post, "404 x", .broken, .policy, .mailbox, "knows no mailbox"),
    Row(.post, "413 Payload", .failed, .message, .message, "too large"),
    Row(.post, "400 ErrorMessageSizeExceeded: x", .failed, .message, .message, "too large"),
    Row(.post, "200 in place of 202", .failed, .message, .message, "too large"),
    Row(.post, "200 a web page", .unreachable, .network, .mailbox, "not the mail API", at: .microsoft),
    Row(.post, "507 ErrorQuotaExceeded: x", .broken, .policy, .mailbox, "itself is full"),
    Row(.post, "403 ErrorExceededMessageLimit: x", .paused, .quota, .mailbox, "daily limit"),
    Row(.post, "429 ErrorSubmissionQuotaExceeded: x", .paused, .quota, .mailbox, "daily limit"),
    Row(.post, "500 ErrorInternalServerError: x", .deferred, .transient, .message, "may arrive twice"),
    Row(.post, "502 Bad Gateway", .deferred, .transient, .message, "may arrive twice"),
    Row(.post, "504 UnknownError: x", .deferred, .transient, .message, "may arrive twice"),
    Row(.post, "400 ErrorThatNobodyKnows: x", .unexplained, .message, .message, "does not say why"),
    Row(.post, "302 Found", .unreachable, .network, .mailbox, "not the mail API"),
    Row(.post, "307", .unreachable, .network, .mailbox, "not the mail API"),
    Row(.post, "403 insufficientPermissions: x", .broken, .consent, .mailbox, "gmail.send", at: .google),
    Row(
      .post, "403 accessNotConfigured: Gmail API has not been used in project 1 before", .broken, .policy, .mailbox,
      "switched off", at: .google),
    Row(.post, "400 failedPrecondition: Mail service not enabled", .broken, .policy, .mailbox, "no Gmail", at: .google),
    Row(.post, "400 invalidArgument: Invalid To header", .failed, .recipient, .recipient, "malformed", at: .google),
    Row(.post, "403 rateLimitExceeded: x", .paused, .throttle, .mailbox, "too fast", at: .google),
    Row(.post, "429 userRateLimitExceeded: x", .paused, .throttle, .mailbox, "too fast", at: .google),
    Row(.post, "403 dailyLimitExceeded: x", .paused, .quota, .mailbox, "daily limit", at: .google),
    Row(.post, "200 {}", .unreachable, .network, .mailbox, "not the mail API", at: .google),
    Row(.post, "202", .unreachable, .network, .mailbox, "not the mail API", at: .google),
  ]
}
