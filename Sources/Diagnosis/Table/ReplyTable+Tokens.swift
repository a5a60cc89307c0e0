// What token endpoints say: Google's own words, the errors of RFC 6749 §5.2, RFC 8628 §3.5 and OpenID Connect, and what the
// HTTP status says where there is no error or it is in doubt.

import Mailboxes

extension ReplyTable {
  package static let googleTokenRules: [Rule] = [
    .token(
      says: "token has been expired or revoked", "token has been revoked", at: .google,
      like: "invalid_grant: Token has been expired or revoked.",
      means: .auth, "{provider} no longer accepts the saved sign-in of {address}: it was revoked or has expired.",
      "If it happens every 7 days, the Google project is in Testing: set it to Internal or publish it. Sign in again: "
        + "{connect}"),
    .token(
      "access_denied", at: .google,
      like: "access_denied: No",
      means: .consent, "Google refused the app for {address} (consent): an administrator must approve it.",
      "Add the scope https://mail.google.com/ to its domain-wide delegation, or {address} to the project's test users, and "
        + "then run the same command again: {connect}"),
    .token(
      "unauthorized_client", at: .google,
      like: "unauthorized_client: Unauthorized",
      means: .auth,
      "The saved sign-in of {address} was given to another client ID than {client}, or the client is none.",
      "Use the client ID and client secret with which it was made, or sign in again: {connect}"),
    .token(
      says: "admin_policy_enforced", "policy_enforced",
      like: "admin_policy_enforced: Error 400: admin_policy_enforced",
      means: .policy, "The Workspace of {address} does not allow this app: an administrator must approve it (policy).",
      "Admin › Security › API controls › App access control: trust client ID {client} and then run the same command "
        + "again: {connect}"),
    .token(
      "org_internal",
      like: "org_internal: Error 403: org_internal",
      means: .consent, "The Google project serves its own organisation only, and {address} is outside.",
      "Use a project of this organisation, or its administrator sets the user type to External, then run: {connect}"),
  ]

  package static let tokenRules: [Rule] =
    ownWords + tokenWordRules + microsoftFamilyRules + errorRules + statusRules

  /// Letterhead's own, where nothing was asked, and what is no answer of a token endpoint.
  private static let ownWords: [Rule] = [
    .token(
      says: "the token url must begin with https", "a proxy is set for http",
      like: ": the token URL must begin with https://",
      means: .policy, "The way to the sign-in service of {provider} would show secrets to others.",
      "Mend the token URL or the proxy, then run: {connect}"),
    .token(
      "3 200 203 400 401 403 451", says: "a web page instead", "a redirect to",
      like: "200: HTTP 200, a web page instead of a token",
      means: .network, "A web proxy or a portal on the network answers in place of {login-host}.",
      "Let this machine reach {login-host} by HTTPS without a sign-in at the proxy; to look now, run: {test}"),
  ]

  private static let errorRules: [Rule] = [
    .token(
      "invalid_grant",
      like: "invalid_grant: Bad Request",
      means: .auth,
      "{provider} no longer accepts the saved sign-in of {address}: it was revoked, expired, or the password changed.",
      "{login}, sign in again and run: {connect}"),
    .token(
      "invalid_client",
      like: "invalid_client: Unauthorized",
      means: .auth, "Client ID or client secret for {address} is wrong or has expired.",
      "Check the client ID, make a new client secret at {provider} and give it: {connect}"),
    .token(
      "unauthorized_client",
      like: "unauthorized_client: No",
      means: .consent, "The app {client} may not sign in for {address} in this way: an administrator must approve it.",
      "Have an administrator approve it (consent) at {consent} and then run the same command again: {connect}"),
    .token(
      "invalid_resource invalid_target",
      like: "invalid_resource: Bad Request",
      means: .consent,
      "The permission (scope) that is asked for {address} does not exist at {provider}, or is not granted.",
      "Have an administrator grant the mail scope to the app registration and consent to it, then run: {connect}"),
    .token(
      "invalid_request",
      like: "invalid_request: Bad Request",
      means: .auth,
      "{provider} does not take the sign-in request for {address}: its answer says what is missing or wrong.",
      "Check client ID, client secret, tenant and token URL, sign in again: {connect}"),
    .token(
      "account_selection_required",
      like: "account_selection_required: Who is it",
      means: .auth, "{provider} wants a person to sign in again for {address}.",
      "Sign in as {address} again: {connect}"),
    .token(
      "access_denied authorization_declined",
      like: "access_denied: The resource owner denied the request", "authorization_declined: The user declined",
      means: .consent, "The permission to send mail as {address} was refused (consent).",
      "Accept it, or have an administrator approve the app at {consent} and then run the same command again: {connect}"),
  ]

  /// Where the status alone is known, it is the code.
  private static let statusRules: [Rule] = [
    .token(
      "407 511",
      like: "407: HTTP 407 without a reason",
      means: .network,
      "A web proxy or a portal on the network answers in place of {login-host}: it wants a sign-in (407).",
      "Let this machine reach {login-host} by HTTPS without a sign-in at the proxy; to look now, run: {test}"),
    .token(
      "429",
      like: "429: HTTP 429 without a reason",
      means: .throttle, "The sign-in service of {provider} was asked too often: it limits requests (too many).",
      "Nothing to do: Letterhead waits and tries again later; to look now, run: {test}"),
    .token(
      "5 general_error",
      like: "503: HTTP 503, a web page instead of a token", "general_error: x",
      means: .transient, "The sign-in service of {provider} has an outage: it is unavailable, which is temporary."),
    .token(
      "2 408 421 425",
      like: "200: an answer without an access token",
      means: .transient, "The sign-in service of {provider} gave an answer without a token: a temporary trouble there."),
    .token(
      "3 4",
      like: "404: HTTP 404 without a reason",
      means: .policy, "{login-host} does not know the address that it is asked at: the token URL may be wrong.",
      "Check the token URL (and the tenant in it), or whether a proxy answers in its place, then run: {connect}"),
  ]
}
