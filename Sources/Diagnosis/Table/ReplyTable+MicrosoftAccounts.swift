// Microsoft's numbers about the account and its sign-in.

import Mailboxes

extension ReplyTable {
  /// Microsoft's numbers, in the order in which they are looked for.
  package static let microsoftAccountRules: [Rule] =
    microsoftServiceRules + microsoftPolicyRules + accountRules + sessionRules + directoryRules

  private static let accountRules: [Rule] = [
    .microsoft(
      50053,
      like: "invalid_grant: AADSTS50053: The account is locked, you've tried to sign in too many times.",
      means: .auth, "Microsoft has locked {address} after too many tries, or distrusts this machine's address.",
      "Look for a wrong password elsewhere and for 50053 in Entra › Sign-in logs, wait an hour, then run: {connect}"),
    .microsoft(
      50055, 50137, 50142, 50144, 120_000, 120_002, 120_003, 120_004, 120_005, 120_008, 120_021,
      like: "invalid_grant: AADSTS50055: The password is expired.",
      means: .auth, "The password of {address} has expired or must be changed at Microsoft first.",
      "Change the password in a browser, sign in again and run: {connect}"),
    .microsoft(
      50056, 50064, 50126,
      like: "invalid_grant: AADSTS50126: Error validating credentials due to invalid username or password.",
      means: .auth, "User name or password of {address} is wrong.", "Sign in as {address} again: {connect}"),
    .microsoft(
      50057, 500_571,
      like: "invalid_grant: AADSTS50057: The user account is disabled.",
      means: .auth, "The account {address} is disabled at Microsoft.",
      "An administrator enables the account in the Microsoft 365 admin centre, or connect another mailbox, then run: "
        + "{connect}"),
    .microsoft(
      500_341,
      like: "invalid_grant: AADSTS500341: The user account has been deleted from the directory.",
      means: .auth, "The account {address} was deleted at Microsoft: it does not exist any more.",
      "An administrator restores the account within 30 days, or connect another mailbox, then run: {connect}"),
    .microsoft(
      50072, 50079, 50203, 53014,
      like: "interaction_required: AADSTS50079: The user is required to use multi-factor authentication.",
      means: .auth, "The account {address} must register a second factor (multi-factor, MFA) first.",
      "Sign in to it in a browser at aka.ms/mfasetup, then run: {connect}"),
    .microsoft(
      50074, 50076, 50078, 50158, 50161, 54008, 500_121, 50119,
      like:
        "interaction_required: AADSTS50076: Due to a configuration change you must use multi-factor authentication.",
      means: .auth, "Microsoft wants a new sign-in with a second factor (multi-factor, MFA) for {address}.",
      "To avoid it, use --app-only or exempt the account from the sign-in frequency policy. Sign in again: {connect}"),
  ]

  private static let sessionRules: [Rule] = [
    .microsoft(
      50132, 50133, 50173, 501_731,
      like: "invalid_grant: AADSTS50173: The provided grant has expired due to it being revoked.",
      means: .auth, "The sign-in of {address} was revoked or expired: the password changed, or sessions were ended.",
      "Sign in as {address} again: {connect}"),
    .microsoft(
      700_082,
      like: "invalid_grant: AADSTS700082: The refresh token has expired due to inactivity.",
      means: .auth, "The sign-in of {address} has expired: it was not used for 90 days.",
      "Sign in as {address} again: {connect}"),
    .microsoft(
      70008, 50089, 50085, 700_081, 700_083, 700_007,
      like:
        "invalid_grant: AADSTS70008: The provided authorization code or refresh token has expired due to inactivity.",
      means: .auth, "The sign-in of {address} has expired: its token or code is too old.",
      "Sign in as {address} again: {connect}"),
    .microsoft(
      70043, 70044,
      like: "invalid_grant: AADSTS70043: The refresh token has expired due to sign-in frequency checks.",
      means: .auth, "The organisation wants {address} to sign in again every so often, and its sign-in has expired.",
      "To avoid it, exclude the account from the sign-in frequency policy or use --app-only. Sign in again: {connect}"),
    .microsoft(
      50058, 50140, 50199, 51006, 16001, 16002, 16003, 160_021, 9_002_341, 50136, 50143, 501_461, 67003,
      like: "interaction_required: AADSTS9002341: User is required to permit SSO.",
      "login_required: AADSTS50058: Session information is not sufficient for single-sign-on.",
      means: .auth, "Microsoft wants a person to sign in as {address} in a browser: single sign-on (SSO) does not do.",
      "Sign in as {address} again, and answer yes when asked to stay signed in: {connect}"),
    .microsoft(
      700_084,
      like:
        "invalid_grant: AADSTS700084: The refresh token was issued to a single page app (SPA) and has a fixed lifetime.",
      means: .auth,
      "The app {client} is registered as a single-page application (SPA), so its sign-ins expire after a day.",
      "In the app registration move http://localhost to Mobile and desktop applications, sign in again: {connect}"),
    .microsoft(
      54005, 70018, 70019, 70020, 50148, 501_481,
      like: "invalid_grant: AADSTS54005: OAuth2 Authorization code was already redeemed.",
      means: .auth, "The code to sign in as {address} was used already, expired, or is not the right one.",
      "Start the sign-in again to get a new code: {connect}"),
  ]

  private static let directoryRules: [Rule] = [
    .microsoft(
      50034, 51004, 50197, 700_001,
      like: "invalid_grant: AADSTS50034: The user account does not exist in the directory.",
      means: .auth, "The account {address} does not exist in this organisation (directory) at Microsoft.",
      "Check the address and the tenant, then run: {connect}"),
    .microsoft(
      16000, 50020, 50177, 50178, 90072, 500_200, 500_207, 500_208, 9_002_332, 9_002_346, 9_002_331, 51001,
      like: "invalid_grant: AADSTS50020: User account from identity provider does not exist in tenant.",
      means: .auth,
      "The account {address} does not belong to this tenant: it is a guest's, a personal one, or the reverse.",
      "Check the account and the tenant (an outlook.com mailbox has --provider outlook), then run: {connect}"),
    .microsoft(
      700_005, 7_000_012,
      like: "invalid_grant: AADSTS7000012: The grant was obtained for a different tenant.",
      means: .auth, "The saved sign-in of {address} belongs to another tenant than the one that is asked.",
      "Check --tenant, then sign in again: {connect}"),
    .microsoft(
      90002, 90038, 900_023, 900_382, 900_432, 900_439, 50128, 90051,
      like: "invalid_request: AADSTS90002: Tenant not found.",
      means: .auth, "Microsoft does not know the tenant of {address} (here).",
      "Check --tenant, and whether it lives in another Microsoft cloud (--provider microsoft-us, microsoft-cn), "
        + "then run: {connect}"),
    .microsoft(
      50194, 50059, 90010, 90019, 90124, 90130, 9_001_023, 900_491,
      like: "invalid_request: AADSTS9001023: The grant type is not supported over the /common endpoint.",
      "invalid_request: AADSTS50194: Application is not configured as a multi-tenant application.",
      means: .auth, "This app or way to sign in needs the organisation's own tenant, and none is named.",
      "Name it with --tenant TENANT (or in the --token-url), then run: {connect}"),
    .microsoft(
      50006, 50007, 50008, 50107, 50146, 50147, 51005, 50180, 50081, 50083, 50164, 5_000_819, 500_089, 500_083,
      like: "invalid_grant: AADSTS5000819: SAML Assertion is invalid. Email address in the assertion is missing.",
      means: .auth, "The organisation's own identity provider (federation) could not vouch for {address} to Microsoft.",
      "Have its administrator look at the federated sign-in (user's e-mail, certificate), sign in again: {connect}"),
  ]
}
