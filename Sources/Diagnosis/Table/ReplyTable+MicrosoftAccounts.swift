// What Microsoft's token endpoint says of an account or its organisation's policies. The `error` decides what is done;
// these numbers change and only explain.

import Mailboxes

extension ReplyTable {
  package static let microsoftAccountRules: [Rule] = [
    .token(
      says: "aadsts50034", "aadsts51004",
      like: "invalid_grant: AADSTS50034: The user account does not exist in the directory.",
      means: .auth, "The account {address} does not exist in this organisation at Microsoft.",
      "Check the address and the tenant, then run: {connect}"),
    .token(
      says: "aadsts50053",
      like: "invalid_grant: AADSTS50053: The account is locked, you've tried to sign in too many times.",
      means: .auth, "Microsoft has locked {address} after too many tries, or distrusts this machine's address.",
      "Look for 50053 in Entra › Sign-in logs, wait an hour, then run: {connect}"),
    .token(
      says: "aadsts50055", "aadsts50144",
      like: "invalid_grant: AADSTS50055: The password is expired.",
      means: .auth, "The password of {address} has run out.", "Change it at Microsoft, then run: {connect}"),
    .token(
      says: "aadsts50056", "aadsts50126",
      like: "invalid_grant: AADSTS50126: Error validating credentials due to invalid username or password.",
      means: .auth, "User name or password of {address} is wrong.", "Sign in as {address} anew: {connect}"),
    .token(
      says: "aadsts50057",
      like: "invalid_grant: AADSTS50057: The user account is disabled.",
      means: .auth, "The account {address} is disabled at Microsoft.",
      "Enable it in the Microsoft 365 admin centre, or connect another mailbox, then run: {connect}"),
    .token(
      says: "aadsts50072", "aadsts50079",
      like: "interaction_required: AADSTS50079: The user is required to use multi-factor authentication.",
      means: .auth, "The account {address} must register a second factor first.",
      "Sign in to it in a browser at aka.ms/mfasetup, then run: {connect}"),
    .token(
      says: "aadsts50074", "aadsts50076", "aadsts50078",
      like:
        "interaction_required: AADSTS50076: Due to a configuration change you must use multi-factor authentication.",
      means: .auth, "Microsoft wants a new sign-in with a second factor for {address}.",
      "To avoid it, use --app-only or exempt the account from the sign-in frequency policy. Sign in anew: {connect}"),
    .token(
      says: "aadsts50097", "aadsts53000", "aadsts53001",
      like: "interaction_required: AADSTS53000: Device is not in required device state: compliant.",
      means: .policy, "Conditional Access lets {address} sign in from managed devices only.",
      "A server cannot be one: exclude the account or the app from that policy in Entra, or use --app-only: {connect}"),
    .token(
      says: "aadsts53002",
      like: "invalid_grant: AADSTS53002: Application used is not an approved application for conditional access.",
      means: .policy, "Conditional Access lets {address} sign in with approved apps only.",
      "Exclude this app from the policy in Entra, then run: {connect}"),
    .token(
      says: "aadsts53003", "aadsts530032", "aadsts50131",
      like: "invalid_grant: AADSTS53003: Access has been blocked by Conditional Access policies.",
      "access_denied: AADSTS530032: Blocked by security policy.",
      means: .policy, "A Conditional Access policy blocks the sign-in of {address}.",
      "Entra › Sign-in logs › this attempt › Conditional Access names the policy: allow this machine's public address or "
        + "exclude the account, then run: {connect}"),
    .token(
      says: "aadsts530035",
      like: "access_denied: AADSTS530035: Access has been blocked by security defaults.",
      means: .policy, "The organisation's security defaults block this way to sign in for {address}.",
      "Sign in with the browser, or use --app-only: {connect}"),
    .token(
      says: "aadsts530036",
      like: "invalid_grant: AADSTS530036: Access has been blocked by Conditional Access: device code flow.",
      means: .policy, "{address} was signed in with a device code, which the organisation now blocks.",
      "Sign in with the browser: {connect}"),
    .token(
      says: "aadsts53011", "aadsts50135",
      like: "invalid_grant: AADSTS53011: User blocked due to risk on home tenant.",
      means: .policy, "Microsoft sees the account {address} at risk.",
      "Have an administrator clear it in Entra › Identity Protection, then run: {connect}"),
    .token(
      says: "aadsts50132", "aadsts50133", "aadsts50173",
      like: "invalid_grant: AADSTS50173: The provided grant has expired due to it being revoked.",
      means: .auth, "The sign-in of {address} was revoked: the password changed, or sessions were ended.",
      "Sign in as {address} anew: {connect}"),
    .token(
      says: "aadsts700082", "aadsts70000", "aadsts70008", "aadsts50089", "aadsts50058",
      like: "invalid_grant: AADSTS700082: The refresh token has expired due to inactivity.",
      "invalid_grant: AADSTS70008: The refresh token has expired due to inactivity.",
      means: .auth, "The sign-in of {address} has run out: it was not used for too long.",
      "Sign in as {address} anew: {connect}"),
    .token(
      says: "aadsts70043",
      like: "invalid_grant: AADSTS70043: The refresh token has expired due to sign-in frequency checks.",
      means: .auth, "The organisation wants {address} to sign in anew every so often.",
      "To avoid it, exclude the account from the sign-in frequency policy or use --app-only. Sign in anew: {connect}"),
    .token(
      says: "aadsts50020", "aadsts500208", "aadsts16000",
      like: "invalid_grant: AADSTS50020: User account from identity provider does not exist in tenant.",
      means: .auth, "The account {address} does not belong to this organisation (it is a guest's or a personal one).",
      "Check the account and the tenant, then run: {connect}"),
    .token(
      says: "aadsts90002", "aadsts90038",
      like: "invalid_request: AADSTS90002: Tenant not found.",
      means: .auth, "Microsoft does not know the tenant of {address}.",
      "Check --tenant, and whether it lives in another Microsoft cloud (--provider microsoft-us, microsoft-cn), "
        + "then run: {connect}"),
  ]
}
