// Microsoft's numbers about policies: what an organisation does not allow, whoever signs in rightly.

import Mailboxes

extension ReplyTable {
  static let microsoftPolicyRules: [Rule] = [
    .microsoft(
      50097, 50129, 50155, 50187, 53000, 53001, 530_001, 530_002, 530_003, 530_004, 135_010, 135_011, 700_003, 50005,
      like: "interaction_required: AADSTS53000: Device is not in required device state: compliant.",
      means: .policy, "Conditional Access lets {address} sign in from managed (compliant) devices only.",
      "A server cannot be one: an administrator excludes the account or the app from that policy in Entra; or use --app-only: "
        + "{connect}"),
    .microsoft(
      53002, 53009, 530_021, 50127,
      like: "invalid_grant: AADSTS53002: Application used is not an approved application for conditional access.",
      means: .policy, "Conditional Access lets {address} sign in with approved apps only.",
      "An administrator excludes this app from the policy in Entra, then run: {connect}"),
    .microsoft(
      50131, 53003, 530_031, 530_032, 530_033,
      like: "invalid_grant: AADSTS53003: Access has been blocked by Conditional Access policies.",
      "access_denied: AADSTS530032: Blocked by security policy.",
      means: .policy, "A Conditional Access policy blocks the sign-in of {address}.",
      "An administrator finds its name at Entra › Sign-in logs › this attempt: allow this machine's public address or exclude "
        + "the account, then run: {connect}"),
    .microsoft(
      530_035, 530_034, 53010,
      like: "access_denied: AADSTS530035: Access has been blocked by security defaults.",
      means: .policy, "The organisation's security defaults block this way to sign in for {address}.",
      "Sign in with the browser, or use --app-only, or have an administrator change the policy: {connect}"),
    .microsoft(
      530_036,
      like: "invalid_grant: AADSTS530036: Access has been blocked by Conditional Access: device code flow.",
      means: .policy, "{address} was signed in with a device code, which the organisation's policy now blocks.",
      "Sign in with the browser: {connect}"),
    .microsoft(
      53004, 53011, 50135,
      like: "invalid_grant: AADSTS53011: User blocked due to risk on home tenant.",
      means: .policy, "Microsoft sees the account {address} at risk and blocks it.",
      "Have an administrator clear the risk in Entra › Identity Protection, then run: {connect}"),
    .microsoft(
      50002, 500_021, 500_022, 500_212, 500_213,
      like: "access_denied: AADSTS500021: Access to tenant is denied.",
      means: .policy,
      "A policy between organisations, or this network's proxy, denies access to the tenant of {address}.",
      "Have an administrator allow it (tenant restrictions, cross-tenant access settings), then run: {test}"),
    .microsoft(
      500_014, 1_000_031, 5_000_224, 5_000_225, 7_000_112,
      like: "unauthorized_client: AADSTS7000112: Application is disabled.",
      means: .policy, "The app {client} or the service that it asks for is disabled in this organisation (Entra).",
      "An administrator enables it under Enterprise applications › Properties, then run: {test}"),
    .token(
      says: "aadsts70001…disabled",
      like: "unauthorized_client: AADSTS70001: The application is disabled.",
      means: .policy, "The app {client} or the service that it asks for is disabled in this organisation (Entra).",
      "An administrator enables it under Enterprise applications › Properties, then run: {test}"),
    .microsoft(
      54000, 80012, 50015,
      like: "invalid_grant: AADSTS80012: The users attempted to log on outside of the allowed hours.",
      means: .policy, "A policy of the organisation does not let {address} sign in at present.",
      "Have an administrator look at the restrictions of the account (hours, age group), then run: {test}"),
  ]
}
