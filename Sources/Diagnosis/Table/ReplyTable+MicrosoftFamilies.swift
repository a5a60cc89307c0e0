// Microsoft's numbers that say little: those with many meanings, and those of a family of which only the family is known.
// They are looked for after the words of the description.

import Mailboxes

extension ReplyTable {
  static let microsoftFamilyRules: [Rule] = [
    .microsoft(
      70001,
      like: "unauthorized_client: AADSTS70001: Words of another day.",
      means: .policy, "The app {client} or the service that it asks for is disabled in this organisation (Entra).",
      "An administrator enables it under Enterprise applications › Properties, then run: {test}"),
    .microsoft(
      70000, 70002, 50013,
      like: "invalid_grant: AADSTS70000: Words of another day.",
      means: .auth, "Microsoft no longer accepts the saved sign-in of {address}.",
      "Check client ID and tenant if they were changed, and sign in as {address} again: {connect}"),
    .microsoft(
      50012,
      like: "invalid_client: AADSTS50012: Authentication failed.",
      means: .auth,
      "Microsoft does not accept what proves that it is the app {client}: its certificate or client secret.",
      "Upload the certificate under Certificates & secrets, or make a new secret, then run: {connect}"),
    .token(
      says: "aadsts65…",
      like: "invalid_grant: AADSTS650099: Words of another day.",
      means: .consent, "The app lacks a permission or consent for {address}: an administrator must approve it.",
      "Have an administrator approve it at {consent} and then run the same command again: {connect}"),
    .token(
      says: "aadsts53…", "aadsts135…",
      like: "invalid_grant: AADSTS530099: Words of another day.",
      means: .policy, "A policy of the organisation (Conditional Access) blocks the sign-in of {address}.",
      "An administrator finds its name at Entra › Sign-in logs › this attempt, and allows it, then run: {connect}"),
    .token(
      says: "aadsts120…",
      like: "invalid_grant: AADSTS120099: Words of another day.",
      means: .auth, "The password of {address} has to be changed at Microsoft first.",
      "Change the password in a browser, sign in again and run: {connect}"),
    .token(
      says: "aadsts75…", "aadsts81…", "aadsts20…",
      like: "invalid_grant: AADSTS75099: Words of another day.",
      means: .auth, "The organisation's own identity provider (federation, SSO) could not vouch for {address}.",
      "Have its administrator look at the federated sign-in, then sign in again: {connect}"),
    .token(
      says: "aadsts800…",
      like: "invalid_grant: AADSTS80099: Words of another day.",
      means: .transient,
      "The organisation's own sign-in agent does not answer Microsoft; it may be a temporary trouble.",
      "If it lasts, have the administrator look at the agent on premises; to look now, run: {test}"),
  ]
}
