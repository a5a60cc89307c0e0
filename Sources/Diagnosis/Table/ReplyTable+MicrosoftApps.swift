// Microsoft's numbers about the app: its consent, its registration, and what proves that it is the app.

import Mailboxes

extension ReplyTable {
  package static let microsoftAppRules: [Rule] = consentRules + registrationRules + proofRules

  private static let consentRules: [Rule] = [
    .microsoft(
      65001, 90008, 90099, 650_051, 7_000_229,
      like: "invalid_grant: AADSTS65001: The user or administrator has not consented to use the application.",
      means: .consent, "Nobody has approved the app for {address} yet (consent): an administrator must approve it.",
      "Have an administrator approve it at {consent} and then run the same command again: {connect}"),
    .microsoft(
      90093, 90094, 90095, 90097, 900_941, 900_981,
      like: "interaction_required: AADSTS90094: The grant requires administrator permission.",
      means: .consent, "Only an administrator can approve the app for {address} (consent).",
      "Have an administrator approve it at {consent} and then run the same command again: {connect}"),
    .microsoft(
      65004,
      like: "access_denied: AADSTS65004: The resource owner or authorization server denied the request.",
      means: .consent, "The permission to send mail was declined in the browser (consent).",
      "Accept it, or have an administrator approve the app at {consent} and then run the same command again: {connect}"),
    .microsoft(
      65002, 65003,
      like: "invalid_request: AADSTS65002: Consent between first party application and resource must be configured.",
      means: .consent,
      "The client ID {client} is of an app of Microsoft's own, which cannot get this permission (consent).",
      "Make your own app registration in Entra, have an administrator approve it, and give its client ID: {connect}"),
    .microsoft(
      650_053, 65005, 28000, 28002, 28003, 70011, 700_022, 9_000_411, 1_003_031,
      like: "invalid_scope: AADSTS70011: The provided value for the input parameter 'scope' is not valid.",
      "invalid_client: AADSTS650053: The application asked for scope 'x' that doesn't exist on the resource.",
      means: .consent,
      "The permission (scope) that was asked for {address} does not exist there, or is of two services.",
      "Ask for one mail scope only (see letterhead providers microsoft), have an administrator approve it: {connect}"),
    .microsoft(
      650_052, 650_054, 650_056, 650_057, 650_058,
      like: "invalid_client: AADSTS650052: The app is trying to access a service that your organization lacks.",
      "invalid_resource: AADSTS650057: Invalid resource. The client has requested access to an unlisted resource.",
      means: .consent,
      "The app registration lacks the permission (scope) to send mail: an administrator must approve it.",
      "Add Office 365 Exchange Online › SMTP.Send (SMTP.SendAsApp for --app-only), have it approved at {consent} and then "
        + "run the same command again: {connect}"),
    .microsoft(
      50105, 501_051,
      like: "invalid_grant: AADSTS50105: The signed in user is not assigned to a role for the application.",
      means: .consent, "{address} is not assigned to the app: an administrator must approve it.",
      "Assign the user in Entra › Enterprise applications › Users and groups, or turn 'assignment required' off, and then "
        + "run the same command again: {connect}"),
    .microsoft(
      500_011, 50001, 500_012,
      like: "invalid_resource: AADSTS500011: The resource principal was not found in the tenant.",
      means: .consent,
      "The tenant of {address} has no Exchange Online, or did not consent to the service (scope): an administrator must "
        + "allow it.",
      "Check --tenant and the organisation's licences, have it approved at {consent}, then run: {connect}"),
    .microsoft(
      700_016, 700_011,
      like: "unauthorized_client: AADSTS700016: Application was not found in the directory.",
      means: .consent,
      "The client ID {client} is not known in this tenant: an administrator must approve the application.",
      "Check client ID and tenant, or have an administrator approve the app at {consent}, then run: {connect}"),
  ]

  private static let registrationRules: [Rule] = [
    .microsoft(
      9_002_325, 9_002_326, 9_002_327,
      like:
        "invalid_request: AADSTS9002327: Tokens issued for the 'Single-Page Application' client-type may only be redeemed "
        + "via cross-origin requests.",
      means: .auth, "The app {client} is registered as a single-page application (SPA), which no server may use.",
      "In the app registration move http://localhost to the platform Mobile and desktop applications, sign in again: "
        + "{connect}"),
    .microsoft(
      50011, 70004, 500_112, 500_113, 700_009, 900_971,
      like: "invalid_request: AADSTS50011: The redirect URI specified does not match the redirect URIs configured.",
      means: .auth, "The app registration does not know Letterhead's redirect address (redirect URI).",
      "Add http://localhost under Authentication › Mobile and desktop applications, then run: {connect}"),
    .microsoft(
      7_000_216, 7_000_218,
      like: "invalid_client: AADSTS7000218: The request body must contain client_assertion or client_secret.",
      means: .auth, "The app {client} is not registered as a public client, and no client secret was given.",
      "Turn on 'Allow public client flows' in the registration, or give its secret, then run: {connect}"),
    .microsoft(
      700_025,
      like: "invalid_client: AADSTS700025: Client is public so neither client_assertion nor client_secret may be sent.",
      means: .auth, "The app {client} is a public client, and a client secret was given.",
      "Take client_secret_file out of the configuration, or leave --client-secret-file out, then run: {connect}"),
    .microsoft(
      90009, 90013, 90014, 90015, 90023, 900_144, 9_002_313, 90061,
      like: "invalid_request: AADSTS900144: The request body must contain the following parameter: 'scope'.",
      "invalid_grant: AADSTS9002313: Invalid request. Request is malformed or invalid.",
      means: .auth,
      "Microsoft finds the sign-in request for {address} malformed: a parameter or the saved token is damaged.",
      "Check client ID, client secret, scope and tenant, and sign in again: {connect}"),
    .microsoft(
      70003, 70005, 7_000_114,
      like: "unsupported_grant_type: AADSTS70003: The app requested an unsupported grant type.",
      means: .policy, "The app registration does not allow this way to sign in (grant type) for {address}.",
      "Have an administrator mend the registration, or sign in another way: {connect}"),
  ]

  private static let proofRules: [Rule] = [
    .microsoft(
      7_000_215,
      like: "invalid_client: AADSTS7000215: Invalid client secret provided.",
      means: .auth, "The client secret is wrong; often its ID was copied in place of its Value.",
      "Give the Value under Certificates & secrets, then run: {connect}"),
    .microsoft(
      7_000_222,
      like: "invalid_client: AADSTS7000222: The provided client secret keys are expired.",
      means: .auth, "The client secret of the app {client} has expired.",
      "Make a new one under Certificates & secrets and give its Value, then run: {connect}"),
    .microsoft(
      70021, 700_211, 700_212, 700_213, 700_214, 700_220, 700_223, 700_238,
      like:
        "invalid_client: AADSTS700213: No matching federated identity record found for presented assertion subject.",
      means: .auth, "The app registration of {client} has no federated credential that fits this machine's assertion.",
      "Mend its federated credentials (issuer, subject, audience), or use a secret or certificate, then run: {connect}"),
    .microsoft(
      700_021, 700_023, 700_027, 700_030, 50003, 50017, 50027,
      like: "invalid_client: AADSTS700027: Client assertion failed signature validation.",
      means: .auth, "The certificate is not the one that the app {client} has at Microsoft.",
      "Upload it under Certificates & secrets (or set this machine's clock, now {clock}), then run: {connect}"),
  ]
}
