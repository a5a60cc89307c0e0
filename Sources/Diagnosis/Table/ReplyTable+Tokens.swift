// What token endpoints say: Google's own words, and the errors of RFC 6749 §5.2, RFC 8628 §3.5 and OpenID Connect.

import Mailboxes

extension ReplyTable {
  package static let googleTokenRules: [Rule] = [
    .token(
      says: "token has been expired or revoked",
      like: "invalid_grant: Token has been expired or revoked.",
      means: .auth, "{provider} no longer accepts the saved sign-in of {address}.",
      "If it happens every 7 days, the Google project is in Testing: set it to Internal or publish it. "
        + "Sign in anew: {connect}"),
    .token(
      says: "short-lived token", "reasonable timeframe", "aadsts700024",
      like: "invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
      "invalid_client: AADSTS700024: Client assertion is not within its valid time range.",
      means: .auth, "{provider} finds that this machine's clock is wrong: it says {clock}.",
      "Set the clock (see timedatectl), then run: {connect}"),
    .token(
      says: "invalid jwt signature",
      like: "invalid_grant: Invalid JWT Signature.",
      means: .auth, "The key of the service account {client} is no longer valid.",
      "Make a new key in Google Cloud › IAM › Service accounts and give its file, then run: {connect}"),
    .token(
      says: "invalid email or user id", "not a valid email",
      like: "invalid_grant: Invalid email or User ID",
      means: .auth, "{address} is not a user of the Workspace domain; a group or an alias does not do.",
      "Check the address, then run: {connect}"),
    .token(
      says: "client is unauthorized to retrieve access tokens", "client not authorized for any of the scopes",
      like: "unauthorized_client: Client is unauthorized to retrieve access tokens using this method, or client not "
        + "authorized for any of the scopes requested.",
      means: .consent, "The service account may not act for {address} yet: an administrator must approve it.",
      "Admin › Security › API controls › Domain-wide delegation: add its numeric client ID with https://mail.google.com/, "
        + "wait up to a day and then run the same command again: {connect}"),
    .token(
      "access_denied", at: .google,
      like: "access_denied: Requested client not authorized.",
      means: .consent, "Google refused the app for {address}: an administrator must approve it.",
      "Add https://mail.google.com/ to its domain-wide delegation, or {address} to the project's test users, and then run "
        + "the same command again: {connect}"),
    .token(
      "disabled_client",
      like: "disabled_client: The OAuth client was disabled.",
      means: .auth, "The service account or app {client} is disabled at {provider}.",
      "Enable it at {provider}, then run: {connect}"),
    .token(
      "admin_policy_enforced",
      like: "admin_policy_enforced: Error 400: admin_policy_enforced",
      means: .policy, "The Workspace of {address} does not allow this app: an administrator must approve it.",
      "Admin › Security › API controls › App access control: trust client ID {client} and then run the same command "
        + "again: {connect}"),
    .token(
      "org_internal",
      like: "org_internal: Error 403: org_internal",
      means: .consent, "The Google project serves its own organisation only, and {address} is outside.",
      "Use a project of this organisation, or set its user type to External, then run: {connect}"),
    .token(
      "redirect_uri_mismatch disallowed_useragent",
      like: "redirect_uri_mismatch: Error 400: redirect_uri_mismatch",
      means: .auth, "The app {client} is not registered as a desktop app.",
      "Make an OAuth client of the type Desktop app, then run: {connect}"),
    .token(
      "deleted_client",
      like: "deleted_client: The OAuth client was deleted.",
      means: .auth, "The app {client} was deleted at {provider}, which happens to unused ones too.",
      "Restore it within 30 days, or register another, then run: {connect}"),
  ]

  package static let tokenRules: [Rule] = [
    .token(
      "invalid_grant",
      like: "invalid_grant: The provided authorization grant or refresh token is invalid, expired or revoked",
      means: .auth,
      "{provider} no longer accepts the saved sign-in of {address}: it was revoked, ran out, or the password changed.",
      "{login}, then run: {connect}"),
    .token(
      "invalid_client",
      like: "invalid_client: Client authentication failed",
      means: .auth, "Client ID or client secret for {address} is wrong or has run out.",
      "Make a new secret at {provider} and give it: {connect}"),
    .token(
      "unauthorized_client",
      like: "unauthorized_client: The client is not authorized to use this authorization grant type",
      means: .consent, "The app {client} may not sign in for {address} in this way: an administrator must approve it.",
      "Have an administrator approve it at {consent} and then run the same command again: {connect}"),
    .token(
      says: "the token url must begin with https", "a proxy is set for http",
      like: ": the token URL must begin with https://",
      means: .policy, "The way to the sign-in service of {provider} would show secrets to others.",
      "Mend the token URL or the proxy, then run: {connect}"),
    .token(
      "invalid_scope invalid_request unsupported_grant_type invalid_resource invalid_target",
      like: "invalid_scope: The requested scope is invalid, unknown, or malformed",
      means: .policy, "The app registration does not fit what Letterhead asks for {address}.",
      "Mend the registration or the scope, then run: {connect}"),
    .token(
      "consent_required interaction_required",
      like: "consent_required: The user has not consented to the application",
      "interaction_required: A person must sign in again",
      means: .consent,
      "{provider} wants a person to sign in as {address} again, or an administrator to approve the app.",
      "An administrator must approve it at {consent} if signing in does not help; then run the same command again: "
        + "{connect}"),
    .token(
      "login_required",
      like: "login_required: The user must sign in",
      means: .consent, "{provider} wants a person to sign in again for {address}.",
      "Sign in as {address} anew: {connect}"),
    .token(
      "access_denied authorization_declined",
      like: "access_denied: The resource owner denied the request", "authorization_declined: The user declined",
      means: .consent, "The permission to send mail as {address} was refused.",
      "Accept it, or have an administrator approve the app at {consent} and then run the same command again: {connect}"),
    .token(
      "expired_token code_expired",
      like: "expired_token: The device code has expired",
      means: .auth, "The code to sign in as {address} ran out before it was used.", "Get a new one: {connect}"),
    .token(
      says: "http 407", "a web page instead",
      like: ": HTTP 200, a web page instead of a token",
      means: .network, "A web proxy or a portal on the network answers in place of {login-host}.",
      "Let this machine reach {login-host} by HTTPS without a sign-in at the proxy; to look now, run: {test}"),
    .token(
      "temporarily_unavailable server_error slow_down rate_limit_exceeded internal_failure",
      like: "temporarily_unavailable: The service is overloaded", "rate_limit_exceeded: Too many requests",
      means: .transient, "The sign-in service of {provider} has a passing trouble."),
  ]
}
