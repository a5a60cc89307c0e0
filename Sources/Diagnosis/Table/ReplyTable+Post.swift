// What Microsoft Graph answers to a message that is posted to it, and what any server says over HTTP. Words are the answer's
// `code: message`.

import Mailboxes

extension ReplyTable {
  package static let postRules: [Rule] = [
    Rule(
      says: "invalid audience", in: [.post],
      like: (.post, "401 InvalidAuthenticationToken: Access token validation failure. Invalid audience."),
      means: Assessment(
        .consent, .mailbox, .hold(probe: true),
        "The saved sign-in of {address} gives tokens for another service of {provider} than its mail API.",
        "SMTP and the mail API are approved one by one; sign in again for this one: {connect}")),
    Rule(
      says: "errorsendasdenied", in: [.post],
      like: (
        .post,
        "403 ErrorSendAsDenied: The user account which was used to submit this request does not have the right to send mail "
          + "on behalf of the specified sending account."
      ),
      means: Assessment(
        .sender, .mailbox, .hold(probe: true), "The signed-in user or app may not send as {address}.",
        "Give it Send As on {address} at {provider}, or connect its own address, then run: {test}")),
    Rule(
      says: "erroraccessdenied", "authorization_requestdenied", "insufficient privileges", in: [.post],
      like: (.post, "403 ErrorAccessDenied: Access is denied. Check credentials and try again."),
      means: Assessment(
        .consent, .mailbox, .hold(probe: true),
        "Mail.Send is not consented for {address}, or the app's scope does not contain this mailbox.",
        "Consent it at {consent}, or add the mailbox to the app's management scope in Exchange, then run: {test}")),
    Rule(
      says: "errorinvaliduser", "mailboxnotenabledforrestapi", "mailboxnothostedinexchangeonline",
      "errornonexistentmailbox", "request_resourcenotfound", "requestbrokeredmailboxnotfound", in: [.post],
      like: (.post, "404 ErrorInvalidUser: The requested user 'office@firm.example' is invalid."),
      (.post, "404 MailboxNotEnabledForRESTAPI: REST API is not yet supported for this mailbox."),
      (.post, "404 MailboxNotHostedInExchangeOnline: The mailbox is inactive, soft-deleted, or hosted on-premise."),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} has no cloud mailbox {address}.",
        "Check the address, that the account has an Exchange Online licence, and that its mailbox is not on premises; then "
          + "run: {test}")),
    Rule(
      says: "errorinvalidrecipients", in: [.post],
      like: (.post, "400 ErrorInvalidRecipients: At least one recipient isn't valid., Recipient 'x' is not resolved."),
      means: Assessment(
        .recipient, .recipient, .fail, "{provider} finds an address among the message's recipients that is not valid.",
        "Check the addresses in the app, the provider's words may name one; to check the mailbox, run: {test}")),
    Rule(
      says: "errormessagesizeexceeded", in: [.post],
      like: (.post, "400 ErrorMessageSizeExceeded: The message exceeds the maximum supported size."),
      means: tooLargeToPost),
    Rule(
      says: "errormimecontentinvalid", "invalid base64 string for mime content", in: [.post],
      like: (.post, "400 ErrorMimeContentInvalidBase64String: Invalid base64 string for MIME content."),
      means: Meaning.malformed),
    Rule(
      says: "errorquotaexceeded", in: [.post],
      like: (.post, "507 ErrorQuotaExceeded: The mailbox has exceeded its quota."),
      means: ownMailboxFull),
    Rule(
      says: "errorexceededmessagelimit", "errorsubmissionquotaexceeded", in: [.post],
      like: (.post, "403 ErrorExceededMessageLimit: The message limit was exceeded."),
      means: Meaning.dailyLimit),
    Rule(
      "429", in: [.post],
      like: (.post, "429 ApplicationThrottled: Application is over its MailboxConcurrency limit. Retry-After: 120"),
      means: Meaning.throttled),
    Rule(
      "503", says: "retry-after", in: [.post],
      like: (.post, "503 serverTooBusy: The server is too busy. Retry-After: 30"),
      means: Meaning.throttled),
    Rule(
      "503 408", in: [.post],
      like: (.post, "503 Service Unavailable"),
      means: Assessment(.transient, .mailbox, .wait(), "{provider} takes no mail at the moment.")),
    Rule(
      "401", in: [.post],
      like: (.post, "401 InvalidAuthenticationToken: Access token has expired or is not yet valid."),
      means: Assessment(
        .auth, .mailbox, .refuse, "{provider} does not accept the access token for the mailbox {address}.",
        "Make sure that {address} can sign in and the app has Mail.Send, or sign in again: {connect}")),
    Rule(
      "413", in: [.post],
      like: (.post, "413 Request Entity Too Large"),
      means: tooLargeToPost),
    // Graph's own 200, to a message over what is known to pass: nothing was sent. Any other 200 is something else's.
    Rule(
      "200", says: "in place of 202", in: [.post],
      like: (.post, "200 in place of 202"),
      means: tooLargeToPost),
    Rule(
      "403", in: [.post],
      like: (.post, "403 Forbidden"),
      means: Assessment(
        .consent, .mailbox, .hold(probe: true), "{provider} does not let this sign-in use its mail API for {address}.",
        "Read the provider's words, have the app approved at {consent}, then run: {test}")),
    Rule(
      "404", in: [.post],
      like: (.post, "404 Not Found"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true),
        "{host} knows no mailbox {address}, or is not the mail API of {provider}.",
        "Check the address and, if one is configured, api_url; then run: {test}")),
  ]

  private static let tooLargeToPost = Assessment(
    .message, .message, .fail,
    "The message is too large: over what the mail API of {provider} accepts, and was not sent.",
    "Send it smaller, or send a link; SMTP takes more, if it is switched on there: {connect-smtp}")
}
