// What Microsoft's token endpoint says of the app, its registration and its consent, and of itself.

import Mailboxes

extension ReplyTable {
  package static let microsoftAppRules: [Rule] = [
    // Consent.
    .token(
      says: "aadsts65001",
      like: "invalid_grant: AADSTS65001: The user or administrator has not consented to use the application.",
      means: .consent, "Nobody has approved the app for {address} yet: an administrator must approve it.",
      "Have an administrator approve it at {consent} and then run the same command again: {connect}"),
    .token(
      says: "aadsts90094", "aadsts90095", "aadsts90008",
      like: "interaction_required: AADSTS90094: The grant requires administrator permission.",
      means: .consent, "Only an administrator can approve the app for {address}.",
      "Have an administrator approve it at {consent} and then run the same command again: {connect}"),
    .token(
      says: "aadsts65004",
      like: "access_denied: AADSTS65004: The resource owner or authorization server denied the request.",
      means: .consent, "The permission to send mail was declined in the browser.",
      "Accept it, or have an administrator approve the app at {consent} and then run the same command again: {connect}"),
    .token(
      says: "aadsts65005", "aadsts650052", "aadsts650056", "aadsts650057",
      like: "invalid_client: AADSTS650052: The app is trying to access a service that your organization lacks.",
      "invalid_resource: AADSTS650057: Invalid resource. The client has requested access to an unlisted resource.",
      means: .consent, "The app registration lacks the permission to send mail: an administrator must approve it.",
      "Add Office 365 Exchange Online › SMTP.Send (SMTP.SendAsApp for --app-only), have it approved at {consent} and then "
        + "run the same command again: {connect}"),
    .token(
      says: "aadsts50105",
      like: "invalid_grant: AADSTS50105: The signed in user is not assigned to a role for the application.",
      means: .consent, "{address} is not assigned to the app: an administrator must approve it.",
      "Assign the user in Entra › Enterprise applications › Users and groups, or turn 'assignment required' off, and then "
        + "run the same command again: {connect}"),
    .token(
      says: "aadsts500011",
      like: "invalid_resource: AADSTS500011: The resource principal was not found in the tenant.",
      means: .consent, "The organisation of {address} has no Exchange Online, or the tenant is the wrong one.",
      "Check --tenant and the organisation's licences, then run: {connect}"),
    // The client.
    .token(
      says: "aadsts700016", "aadsts700011",
      like: "unauthorized_client: AADSTS700016: Application was not found in the directory.",
      means: .auth, "The client ID {client} is not known in this tenant.",
      "Check client ID and tenant, or have an administrator approve the app at {consent}, then run: {connect}"),
    .token(
      says: "aadsts70001", "aadsts7000112",
      like: "unauthorized_client: AADSTS7000112: Application is disabled.",
      means: .policy, "The app {client} is disabled in Entra.",
      "Enable it under Enterprise applications › Properties, then run: {test}"),
    .token(
      says: "aadsts50194",
      like: "invalid_request: AADSTS50194: Application is not configured as a multi-tenant application.",
      means: .auth, "The app belongs to one organisation, and no tenant is named.",
      "Name it with --tenant TENANT (or in the --token-url), then run: {connect}"),
    .token(
      says: "aadsts9001023", "aadsts90124", "aadsts90130",
      like: "invalid_request: AADSTS9001023: The grant type is not supported over the /common endpoint.",
      means: .auth, "This way to sign in needs the organisation's own tenant.",
      "Name it with --tenant TENANT (or in the --token-url), then run: {connect}"),
    .token(
      says: "aadsts50011", "aadsts900971",
      like: "invalid_request: AADSTS50011: The redirect URI specified does not match the redirect URIs configured.",
      means: .auth, "The app registration does not know Letterhead's redirect address.",
      "Add http://localhost under Authentication › Mobile and desktop applications, then run: {connect}"),
    .token(
      says: "aadsts7000215",
      like: "invalid_client: AADSTS7000215: Invalid client secret provided.",
      means: .auth, "The client secret is wrong; often its ID was copied in place of its Value.",
      "Give the Value under Certificates & secrets, then run: {connect}"),
    .token(
      says: "aadsts7000222",
      like: "invalid_client: AADSTS7000222: The provided client secret keys are expired.",
      means: .auth, "The client secret of the app {client} has run out.",
      "Make a new one under Certificates & secrets and give its Value, then run: {connect}"),
    .token(
      says: "aadsts7000218",
      like: "invalid_client: AADSTS7000218: The request body must contain client_assertion or client_secret.",
      means: .auth, "The app {client} is not registered as a public client, and no secret was given.",
      "Turn on 'Allow public client flows' in the registration, or give its secret, then run: {connect}"),
    .token(
      says: "aadsts700025",
      like: "invalid_client: AADSTS700025: Client is public so neither client_assertion nor client_secret may be sent.",
      means: .auth, "The app {client} is a public client, and a secret was given.",
      "Take client_secret_file out of the configuration, or leave --client-secret-file out, then run: {connect}"),
    .token(
      says: "aadsts700027", "aadsts50012", "aadsts700030",
      like: "invalid_client: AADSTS700027: Client assertion failed signature validation.",
      means: .auth, "The certificate is not the one that the app {client} has at Microsoft.",
      "Upload it under Certificates & secrets (or set this machine's clock, now {clock}), then run: {connect}"),
    .token(
      says: "aadsts28000", "aadsts28002", "aadsts70011", "aadsts700022",
      like: "invalid_scope: AADSTS70011: The provided value for the input parameter 'scope' is not valid.",
      means: .policy, "The scope that was asked for {address} is none, or belongs to two services.",
      "Ask for one mail scope only (see letterhead providers microsoft), then run: {connect}"),
    // Microsoft itself. Asked for too often, it is asked no more for an hour.
    Rule(
      says: "aadsts50196", in: [.token],
      like: (.token, "invalid_client: AADSTS50196: The server terminated an operation: a client request loop."),
      means: Assessment(
        .throttle, .mailbox, .pause(.seconds(3600)), "Microsoft was asked for too many tokens for {address}.",
        "Nothing to do, unless it comes back: then report it as a fault of Letterhead; to look now, run: {test}")),
    .token(
      says: "aadsts90055",
      like: "invalid_request: AADSTS90055: The tenant request has been throttled due to excessive HTTP request volume.",
      means: .throttle, "Microsoft limits the sign-ins of the whole organisation."),
    .token(
      says: "aadsts80002", "aadsts80005", "aadsts80014",
      like: "invalid_grant: AADSTS80002: The Authentication Agent's password validation request has timed out.",
      means: .transient, "The organisation's own sign-in agent does not answer Microsoft.",
      "If it lasts, have the administrator look at the agent on premises; to look now, run: {test}"),
    .token(
      says: "aadsts50087", "aadsts50088", "aadsts50033", "aadsts70012", "aadsts90006", "aadsts90012", "aadsts90024",
      "aadsts90033", "aadsts90090",
      like: "invalid_grant: AADSTS90033: A transient error has occurred. Please try again.",
      means: .transient, "Microsoft's sign-in service has a passing trouble."),
  ]
}
