// What the descriptions of token endpoints mean where the app or the grant is the matter. From the plainest meaning to the
// widest: the texts of RFC 6749 §5.2, which name every cause at once, go first.

import Mailboxes

extension ReplyTable {
  static let clientWords: [Rule] = [
    .token(
      says: "client authentication failed", "either the client or the client credentials",
      like: "invalid_client: Client authentication failed due to unknown client, no client authentication included, or "
        + "unsupported authentication method.",
      means: .auth, "{provider} does not accept the client ID or client secret of the app: one of them is wrong.",
      "Check the client ID, make a new client secret at {provider} and give it: {connect}"),
    .token(
      says: "was not found in the directory", "has not been installed by the administrator",
      like: "unauthorized_client: AADSTS70001: Application with identifier 'x' was not found in the directory y",
      means: .consent,
      "The client ID {client} is not known in this tenant: an administrator must approve the application.",
      "Check client ID and tenant, or have an administrator approve the app at {consent}, then run: {connect}"),
    .token(
      says: "client is unauthorized to retrieve access tokens", "client not authorized for any of the scopes",
      "requested client not authorized",
      like: "unauthorized_client: Client is unauthorized to retrieve access tokens using this method, or client not "
        + "authorized for any of the scopes requested.",
      means: .consent,
      "The service account may not act for {address} yet (delegation): an administrator must approve it.",
      "Admin › Security › API controls › Domain-wide delegation: add its numeric client ID with the scope "
        + "https://mail.google.com/, wait up to a day and then run the same command again: {connect}"),
    .token(
      says: "client secret…expired", "client_secret…expired", "secret has expired", "secret is expired",
      "secret expired",
      "expired client secret", "secret…are expired",
      like: "invalid_client: The client secret has expired",
      means: .auth, "The client secret of the app {client} has expired at {provider}.",
      "Make a new secret at {provider} and give it: {connect}"),
    .token(
      says: "public client", "client_secret is missing", "client secret is missing", "client secret not provided",
      "client secret is required", "missing client secret", "missing client_secret", "client_secret is required",
      "no client authentication", "must contain…client_secret", "client authentication missing",
      "must be authenticated",
      like: "unauthorized_client: Client secret not provided in request", "invalid_request: client_secret is missing.",
      means: .auth,
      "The app {client} has a client secret at {provider} and none was given, or the reverse (public client).",
      "Give its client secret, or register the app as a public (desktop) client, then run: {connect}"),
    .token(
      says: "required parameter", "missing parameter", "parameter is missing", "parameter missing",
      "unsupported parameter",
      like: "invalid_request: The request is missing a required parameter, or is otherwise malformed.",
      means: .auth,
      "{provider} does not take the sign-in request for {address}: its answer says what is missing or wrong.",
      "Check client ID, client secret, tenant and token URL, sign in again: {connect}"),
    .token(
      says: "client secret", "client_secret", "client credential", "client_credentials_invalid", "invalid secret",
      "wrong secret", "secret is invalid", "secret is incorrect", "invalid_secret", "incorrect_client_credentials",
      "client authentication", "authentication of client", "client assertion",
      "invalid_client_secret", "bad client", "client auth", "invalid client or",
      like: "invalid_request: wrong client secret",
      means: .auth, "{provider} does not accept the client ID or client secret of the app: one of them is wrong.",
      "Check the client ID, make a new client secret at {provider} and give it: {connect}"),
    .token(
      says: "invalid jwt signature", "jwt signature", "signature verification", "signature is invalid",
      "invalid signature",
      "bad signature", "signature validation", "no valid verifier", "invalid assertion", "invalid jwt", "unknown key",
      "key not found", "key id",
      like: "invalid_grant: Invalid JWT Signature.",
      means: .auth, "The key or certificate of the service account or app {client} is not (or no longer) valid.",
      "Make a new key (Google Cloud › IAM › Service accounts, or the app registration) and give its file, then run: {connect}"
    ),
    .token(
      says: "oauth client was deleted", "deleted_client", "client was deleted", "client has been deleted",
      like: "deleted_client: The OAuth client was deleted.",
      means: .auth, "The app {client} (client ID) was deleted at {provider}, which happens to unused ones too.",
      "Restore it within 30 days, or register another, then run: {connect}"),
    .token(
      says: "client is disabled", "client disabled", "client_disabled",
      "disabled_client", "client is blocked", "client blocked", "client is inactive", "client was disabled",
      "application is disabled", "app is disabled", "app_disabled", "application disabled", "client_inactive",
      "client is suspended",
      like: "disabled_client: The OAuth client was disabled.",
      means: .auth, "The app or service account {client} is disabled at {provider}.",
      "Enable the application at {provider}, then run: {connect}"),
    .token(
      says: "another client", "different client", "other client", "client mismatch", "client_mismatch",
      "authorized client don't match", "client don't match", "not issued to", "client id mismatch",
      "client ids do not match",
      "wrong client_id for", "does not belong to the client", "required client", "client_id does not match",
      like: "invalid_grant: Invalid refresh token. Token client and authorized client don't match",
      means: .auth, "The saved sign-in of {address} (its token) was given to another client ID than {client}.",
      "Use the client ID with which it was made, or sign in again: {connect}"),
    .token(
      says: "client id", "client_id", "clientid", "unknown client", "invalid client", "client not found",
      "no such client",
      "client was not found", "client does not exist", "client doesn't exist", "application not found",
      "application…not found", "client…not found", "app not found", "unknown application", "no such application",
      "could not find client",
      "could not determine client", "client…could not be found", "not exist client",
      like: "invalid_client: The OAuth client was not found.",
      means: .auth, "{provider} does not know the client ID {client}: it is wrong, or the application was deleted.",
      "Check the client ID (and client secret) in the app registration, then run: {connect}"),
    .token(
      says: "redirect_uri", "redirect uri", "redirect url", "redirecturi", "disallowed_useragent", "redirection uri",
      like: "redirect_uri_mismatch: Bad Request: redirect_uri",
      means: .auth,
      "The app {client} does not have Letterhead's redirect address: it is not registered as a desktop app.",
      "Make an OAuth client of the type Desktop app (redirect URI http://localhost), then run: {connect}"),
    .token(
      says: "must first sign in", "must sign in again", "scopes requested are unauthorized or expired",
      like:
        "invalid_grant: AADSTS70000: The request was denied because one or more scopes requested are unauthorized or "
        + "expired. The user must first sign in and grant the client application access to the requested scope.",
      means: .auth,
      "{provider} wants a person to sign in as {address} again: the sign-in expired or lacks a permission (scope).",
      "Sign in as {address} again and grant it: {connect}"),
    .token(
      says: "grant type…not supported", "grant_type…not supported", "unsupported grant", "unsupported_grant",
      "unsupported response", "grant type is invalid", "invalid grant type",
      like: "unsupported_grant_type: The authorization grant type is not supported by the authorization server.",
      means: .policy, "The sign-in service of {provider} does not offer this way to sign in (grant type).",
      "Check the token URL, or sign in another way (browser, device code, --app-only): {connect}"),
    .token(
      says: "grant type", "grant_type", "direct access grants", "service accounts enabled", "service account enabled",
      "authorization grant type", "flow is disabled", "flow is not enabled", "flow disabled", "flow not enabled",
      "response_type", "retrieve service account",
      like: "unauthorized_client: The client is not authorized to use this authorization grant type",
      means: .consent, "The app {client} may not sign in in this way (grant type): an administrator must approve it.",
      "Have an administrator of {provider} allow this grant type (permission) for the application, then run: {connect}"),
    .token(
      says: "consent", "not been approved", "not approved", "hasn't approved", "has not approved", "needs approval",
      "approval", "admin must", "moderation",
      "administrator…approv", "administrator…allow", "administrator…grant", "not granted", "has not granted",
      "delegation", "permission", "not authorized to access",
      "not authorised",
      like: "access_denied: Consent has not been given",
      means: .consent,
      "The app {client} lacks a permission or consent for {address}: an administrator must approve it.",
      "Have an administrator approve it at {consent} and then run the same command again: {connect}"),
    .token(
      says: "scope", "audience",
      like: "invalid_request: Scope mail.send was not found", "invalid_scope: Some requested scopes were invalid.",
      means: .consent,
      "The permission (scope) that is asked for {address} does not exist at {provider}, or is not granted.",
      "Have an administrator grant the mail scope to the app registration and consent to it, then run: {connect}"),
  ]

  static let grantWords: [Rule] = [
    .token(
      says: "realm does not exist", "tenant", "realm", "organization not found", "unknown issuer", "token issuer",
      like: ": HTTP 404: Realm does not exist",
      means: .auth, "{provider} does not know the tenant or realm that the token URL names.",
      "Check the tenant in --tenant or --token-url, then run: {connect}"),
    .token(
      says: "authorization code", "auth code", "auth_code", "verification code", "verification_code", "invalid_code",
      "invalid code", "code…expired", "code…used", "code…not found", "code…not valid", "code verifier", "code_verifier",
      "pkce", "no valid data in session", "device code", "device_code", "invalid authorization_code",
      "authorization_code",
      "user_code",
      like: "invalid_grant: Malformed auth code.", "invalid_request: no valid data in session",
      means: .auth, "The code to sign in as {address} was cut, used already, or has expired.",
      "Start over: sign in again to get a new code: {connect}"),
    .token(
      says: "session", "not active", "logged out", "token_inactive", "inactive token", "idle",
      like: "invalid_grant: Session not active", "invalid_grant: Token is not active",
      means: .auth,
      "The session behind the saved sign-in of {address} has ended (expired or signed out) at {provider}.",
      "Sign in as {address} again: {connect}"),
    .token(
      says: "sign in", "sign-in", "signin", "log in", "login", "interactive", "interaction", "single sign-on", " sso",
      like: "invalid_grant: The user has to log in anew.",
      means: .auth, "{provider} wants a person to sign in as {address} again.",
      "Sign in as {address} again in the browser: {connect}"),
    .token(
      says: "refresh token", "refresh_token", "refreshtoken", "expired", "revoked", "token not found",
      "token_not_found",
      "unknown token", "already used", "reuse", "stale token", "malformed", "invalid token", "invalid_token",
      "token is invalid", "token…invalid", "grant is invalid", "invalid grant", "not valid", "no longer valid",
      like: "invalid_grant: The refresh token is invalid or expired.",
      "invalid_refresh_token: Failed to decode refresh token",
      means: .auth,
      "{provider} no longer accepts the saved sign-in of {address}: its token was revoked or has expired.",
      "Sign in as {address} again: {connect}"),
  ]
}
