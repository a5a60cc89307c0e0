// What the Gmail API answers to a message that is posted to it. Words are the answer's `reason: message`.

import Mailboxes

extension ReplyTable {
  package static let gmailPostRules: [Rule] = [
    Rule(
      says: "access_token_scope_insufficient", "insufficientpermissions", "insufficient authentication scopes",
      in: [.post],
      like: (.post, "403 insufficientPermissions: Request had insufficient authentication scopes."),
      means: Assessment(
        .consent, .mailbox, .hold(probe: true), "The sign-in of {address} lacks the permission gmail.send.",
        "Grant it in Google's admin console (domain-wide delegation), or sign in again and leave every box ticked: {connect}"
      )),
    Rule(
      says: "accessnotconfigured", "service_disabled", "gmail api has not been used in project", in: [.post],
      like: (
        .post, "403 accessNotConfigured: Gmail API has not been used in project 123 before or it is disabled."
      ),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "The Gmail API is switched off in the Google Cloud project of the app.",
        "Switch it on: console.cloud.google.com › APIs & Services › Library › Gmail API, wait some minutes, then run: {test}"
      )),
    Rule(
      says: "failedprecondition", "mail service not enabled", in: [.post],
      like: (.post, "400 failedPrecondition: Mail service not enabled"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{address} has no Gmail: the account is without licence or service.",
        "Give it a licence with Gmail in Google's admin console, then run: {test}")),
    Rule(
      says: "recipient address required", "invalid to header", "invalid cc header", "invalid bcc header", in: [.post],
      like: (.post, "400 invalidArgument: Invalid To header"),
      means: Meaning.recipientSyntax),
    Rule(
      says: "dailylimitexceeded", "quotaexceeded", "daily user sending", "user-rate limit exceeded", in: [.post],
      like: (.post, "403 dailyLimitExceeded: Daily Limit Exceeded"),
      means: Meaning.dailyLimit),
    Rule(
      says: "ratelimitexceeded", "resource_exhausted", in: [.post],
      like: (.post, "403 userRateLimitExceeded: User Rate Limit Exceeded"),
      (.post, "429 rateLimitExceeded: Too many concurrent requests for user"),
      means: Meaning.throttled),
  ]
}
