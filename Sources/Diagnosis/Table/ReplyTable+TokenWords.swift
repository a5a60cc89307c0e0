// What the descriptions of token endpoints mean, whoever wrote them: Keycloak, Okta, Auth0, Zoho, Naver and their like. The
// same `error` stands for many causes, so the words decide before it. From the plainest meaning to the widest.

import Mailboxes

extension ReplyTable {
  static let tokenWordRules: [Rule] = passingWords + policyWords + accountWords + clientWords + grantWords

  /// Of this machine's clock and of what passes: whatever else is told, time decides.
  private static let passingWords: [Rule] = [
    .token(
      says: "short-lived token", "reasonable timeframe", "valid time range", "not yet valid", "used too early",
      "issued in the future", "in the future", "clock skew", "time skew", "clock drift", "assertion is expired",
      "assertion has expired", "assertion expired", "expired assertion", "jwt has expired", "jwt is expired",
      "expired jwt",
      "jwt expired", "token is not active yet",
      like: "invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
      means: .network, does: .hold(probe: true),
      "{provider} finds that this machine's clock is wrong: it says {clock}.",
      "Set the time (timedatectl set-ntp true), then run: {test}"),
    .token(
      says: "account locked", "account has been locked", "user locked", "user has been locked", "lockout",
      "temporarily locked", "temporarily disabled", "temporarily blocked", "locked out", "is locked", "too many failed",
      "too many attempts",
      "too_many_attempts", "failed login attempts", "brute force", "too many times with an incorrect",
      like: "invalid_grant: User account is locked",
      means: .auth, "{provider} has locked {address} after too many failed sign-ins.",
      "Wait an hour, look for a program with a wrong password, then run: {connect}"),
    .token(
      says: "too many requests", "too_many_requests", "too many tokens", "too many calls", "rate limit", "rate_limit",
      "rate-limit", "ratelimit", "rate exceeded", "throttl", "quota exceeded", "quota_exceeded", "limit_exceeded",
      "requests too frequent", "requests continuously", "slow_down", "slow down", "exceeded…requests",
      like: "access_denied: You have made too many requests continuously. Please try again after some time.",
      "rate_limit_exceeded: Rate limit exceeded",
      means: .throttle, "The sign-in service of {provider} was asked too often: it limits requests (too many).",
      "Nothing to do: Letterhead waits and tries again later; to look now, run: {test}"),
    .token(
      says: "temporarily unavailable", "temporarily_unavailable", "try again later", "try again in", "retry later",
      "transient error", "temporary error", "temporary failure", "temporary problem", "temporarily", "server_error",
      "internal server error", "internal error", "internal_error", "internal_failure", "backend error", "unknown_error",
      "unexpected error", "service unavailable", "service is unavailable", "service is currently unavailable",
      "overloaded",
      "under maintenance", "timed out", "gateway timeout", "database error",
      like: "temporarily_unavailable: The service is temporarily unavailable", "invalid_request: Internal server error",
      means: .transient, "The sign-in service of {provider} has a temporary trouble (an outage there)."),
  ]

  private static let policyWords: [Rule] = [
    .token(
      says: "service abuse", "abuse mode", "abuse", "account restricted", "fraud", "violation of", "terms of service",
      "suspicious",
      like: "invalid_grant: AADSTS70000: User account is found to be in service abuse mode.",
      means: .policy, "{provider} has blocked the account {address} for abuse.",
      "Sign in to {address} in a browser and follow what {provider} asks for, then run: {connect}"),
    .token(
      says: "conditional access", "blocked by…policy", "blocked by…policies", "security policy", "access policy",
      "policy_enforced", "policy", "policies", "ip restricted", "ip address", "ip is not", "ip not", "ip blocked",
      "network zone", "location is blocked", "not permitted from", "org_restricted", "restricted_client",
      "by your organization", "by your organisation", "https required",
      like: "access_denied: Policy evaluation failed for this request, please check the policy configurations.",
      means: .policy, "A policy at {provider} (its administrator's rule) blocks the sign-in of {address} from here.",
      "Have an administrator of {provider} find the policy and allow this app and this machine's public address, then run: "
        + "{connect}"),
    .token(
      says: "compliant", "managed device", "device is not", "device…not registered", "device authentication",
      "unregistered device",
      like: "interaction_required: The device is not compliant.",
      means: .policy, "{provider} lets {address} sign in from managed (compliant) devices only.",
      "A server cannot be one: have an administrator exclude the account or the app from that policy, then run: {connect}"
    ),
    .token(
      says: "not fully set up", "required action", "email not verified", "email is not verified", "not verified",
      "not activated", "terms not accepted", "must accept",
      like: "invalid_grant: Account is not fully set up",
      means: .policy, "The account {address} is not fully set up at {provider}: something there waits for its owner.",
      "Sign in to {address} in a browser, do what is asked (new password, profile, terms) or ask the administrator, then run: "
        + "{connect}"),
  ]

  private static let accountWords: [Rule] = [
    .token(
      says: "provided authorization grant", "invalid, expired, revoked", "invalid, expired or revoked",
      "match the redirection uri",
      like:
        "invalid_grant: The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh "
        + "token is invalid, expired, revoked, or was issued to another client.",
      means: .auth,
      "{provider} no longer accepts the saved sign-in of {address}: its token was revoked or has expired.",
      "Sign in as {address} again: {connect}"),
    .token(
      says: "robot is disabled", "robot is missing", "service account…disabled", "service account…deleted",
      "disabled service account",
      like: "invalid_grant: Robot is disabled.",
      means: .auth, "The service account {client} is disabled or was deleted.",
      "Enable the service account in Google Cloud › IAM › Service accounts, then run: {connect}"),
    .token(
      says: "account has been deleted", "account was deleted", "user has been deleted", "user was deleted",
      "account deleted", "user deleted", "has been removed",
      like: "invalid_grant: Account has been deleted",
      means: .auth, "The account {address} was deleted at {provider}: it does not exist any more.",
      "Have an administrator restore the account, or connect another mailbox: {connect}"),
    .token(
      says: "user disabled", "user_disabled", "account disabled", "account_disabled", "user is disabled",
      "account is disabled", "account has been disabled", "account has been suspended", "user account is disabled",
      "user is not active", "user not active", "inactive user", "inactive_user", "user is inactive", "inactive_org",
      "user is blocked", "user blocked", "account is blocked", "account has been blocked", "account blocked",
      "suspended",
      "deactivated", "not an active user", "account is inactive", "account inactive", "account is not active",
      like: "invalid_grant: User disabled",
      means: .auth, "The account {address} is disabled or blocked at {provider}.",
      "Have an administrator enable the account, or connect another mailbox, then run: {connect}"),
    .token(
      says: "invalid email or user id", "not a valid email", "invalid impersonation", "invalid principal",
      "invalid sub",
      "\"sub\" field",
      like: "invalid_grant: Invalid email or User ID", "invalid_grant: Invalid impersonation \"sub\" field: x",
      means: .auth,
      "{address} is not a user of the Workspace domain; a group, an alias or an outside address does not do.",
      "Check the address, then run: {connect}"),
    .token(
      says: "account not found", "user not found", "user_not_found", "unknown user", "no such user", "no user found",
      "user does not exist", "user doesn't exist", "account does not exist", "account doesn't exist", "user unknown",
      "must be added to the", "could not find user", "subject not found", "email…not found",
      like: "invalid_grant: Invalid grant: account not found",
      means: .auth, "The account {address} (or the service account {client}) does not exist at {provider}.",
      "Check the address, the client ID and the key file, then run: {connect}"),
    .token(
      says: "multi-factor", "multifactor", "mfa", "second factor", "two-factor", "two factor", "2fa",
      "one-time password",
      "security challenge", "step-up", "step up",
      like: "mfa_required: Multifactor authentication required",
      means: .auth, "{provider} wants a new sign-in with a second factor (multi-factor, MFA) for {address}.",
      "Sign in as {address} again: {connect}"),
    .token(
      says: "invalid_rapt", "rapt_required", "reauth related", "reauthenticat", "reauth_required", "re-authenticat",
      "login frequency", "sign-in frequency", "session length",
      "max_age", "session control",
      like: "invalid_grant: reauth related error (invalid_rapt)",
      means: .auth, "The session of {address} has expired: its organisation limits how long a sign-in lasts.",
      "In Google's Admin › Security › Google Cloud session control exempt this app, or use --app-only. Sign in again: "
        + "{connect}"),
    .token(
      says: "password expired", "password has expired", "password is expired", "password…must be changed",
      "password…to be changed", "change password", "change your password", "password…change", "password_change",
      "password changed", "password was changed", "password reset", "password has been changed", "update_password",
      like: "invalid_grant: Password has expired",
      means: .auth, "The password of {address} was changed, has expired or must be changed at {provider}.",
      "Change the password at {provider} if it asks for that, then sign in again: {connect}"),
    .token(
      says: "invalid user credentials", "user credentials", "username or password", "user name or password",
      "username and password", "wrong email or password", "email or password", "login or password", "wrong password",
      "incorrect password", "invalid password", "username/password", "bad credentials", "resource owner credentials",
      like: "invalid_grant: Invalid user credentials",
      means: .auth, "User name or password of {address} is wrong at {provider}.",
      "Sign in as {address} again: {connect}"),
  ]
}
