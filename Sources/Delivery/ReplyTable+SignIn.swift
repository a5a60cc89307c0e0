// Sign-in. Sentences about policy come before any that means "wrong password": else every policy is reported as one.

import Mailboxes

extension ReplyTable {
  package static let signInRules: [Rule] = [
    // Microsoft. 5.7.139 has at least six meanings: only the sentence tells them apart.
    Rule(
      says: "smtpclientauthentication is disabled for the mailbox",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "SMTP sending is switched off for {address} at Microsoft.",
        "Tick Authenticated SMTP under Users › {address} › Mail › Manage email apps in the Microsoft 365 admin centre, "
          + "wait up to an hour, then run: {test}")),
    Rule(
      says: "smtpclientauthentication is disabled for the tenant",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "SMTP sending is switched off for the whole organisation at Microsoft.",
        "Tick Authenticated SMTP for {address} alone in the Microsoft 365 admin centre, which overrides the "
          + "organisation's setting, then run: {test}")),
    Rule(
      says: "basic authentication is disabled", "basic authentication is not supported",
      means: Meaning(
        .policy, .mailbox, .refuse, "Microsoft no longer accepts passwords for {address}.",
        "Disconnect it and sign in with Microsoft instead of a password: {connect}")),
    Rule(
      says: "security defaults policy",
      means: Meaning(
        .policy, .mailbox, .refuse, "The organisation's security defaults block SMTP sign-in for {address}.",
        "Use OAuth, or replace security defaults by Conditional Access in Entra, then run: {connect}")),
    Rule(
      says: "did not meet the criteria to be authenticated",
      means: Meaning(
        .policy, .mailbox, .refuse, "A policy of the organisation stopped the sign-in of {address}.",
        "Look the attempt up in Entra › Sign-in logs and allow it (a password connection usually needs OAuth), "
          + "then run: {connect}")),
    Rule(
      says: "account locked", "account is locked", "too many bad auth attempts",
      means: Meaning(
        .auth, .mailbox, .hold(probe: false), "{provider} has locked the account after too many sign-ins.",
        "Wait an hour, check the password, then run: {connect}")),
    Rule(
      says: "user credentials were incorrect", in: .beforeMail,
      means: Meaning(
        .auth, .mailbox, .refuse, "User name or password of {address} is wrong.", "Run: {connect}")),
    Rule(
      "5", "5.7.57", says: "not authenticated",
      means: Meaning(
        .auth, .mailbox, .hold(probe: true), "{provider} wants a sign-in before it takes mail.",
        "Connect {address} with a password or OAuth: {connect}")),
    // Google.
    Rule(
      "534", says: "application-specific password required",
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} wants an app password for {address}.",
        "Make one in the account's security settings, then run: {connect}")),
    Rule(
      "534", says: "log in via your web browser", "log in with your web browser",
      means: Meaning(
        .policy, .mailbox, .hold(probe: false),
        "{provider} wants the owner of {address} to sign in with a browser once.",
        "Sign in to {address} in a browser on this network, then run: {connect}")),
    Rule(
      says: "username and password not accepted",
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} does not accept user name and password of {address}.",
        "Make an app password or use OAuth, then run: {connect}")),
    Rule(
      "4", says: "too many login attempts", "too many authentication failures", in: .beforeMail,
      means: Meaning(
        .throttle, .mailbox, .pause(.seconds(1800)), "{provider} limits sign-ins, and Letterhead waits.",
        "See whether another program signs in to {address} with a wrong password; to look now, run: {test}")),
    // Others.
    Rule(
      says: "does not have access rights to this service",
      means: Meaning(
        .policy, .mailbox, .refuse, "Mail programs are not allowed for {address} at {provider}.",
        "Turn mail programs on in the mailbox's settings and make an app password, then run: {connect}")),
    Rule(
      says: "application password is required", "app password", "application-specific password",
      in: .beforeMail,
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} wants an app password for {address}.",
        "Make one in the account's security settings, then run: {connect}")),
    Rule(
      "525", says: "unauthorized ip",
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} does not know this machine's public address.",
        "Add the address in the provider's security settings, then run: {test}")),
    Rule(
      "5", says: "authentification invalide", "authentification requise",
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} does not accept the saved sign-in of {address}.",
        "Check the mail password and that access from other programs is on, then run: {connect}")),
    Rule(
      "530", says: "must issue a starttls command",
      means: Meaning(
        .policy, .mailbox, .hold(probe: false), "{provider} wants encryption before it talks.",
        "Connect with STARTTLS: {connect-starttls}")),
    // By code.
    Rule(
      "535", "5.7.3", in: .anywhere,
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} does not accept the saved sign-in of {address}.",
        "Check that the signed-in user owns this mailbox or may use it, then run: {connect}")),
    Rule(
      "504", in: [.signIn],
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} does not offer this way to sign in here.",
        "See what it offers and connect with that: {connect}")),
    Rule(
      "534 538", in: .anywhere,
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} wants another way to sign in.", "Run: {connect}")),
    Rule(
      "432", "4.7.12",
      means: Meaning(
        .auth, .mailbox, .hold(probe: false), "{provider} wants the password of {address} to be changed first.",
        "Change the password at the provider, then run: {connect}")),
    Rule(
      "530 535", in: .anywhere,
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} does not accept the saved sign-in of {address}.",
        "Check user name and password or sign in anew, then run: {connect}")),
    Rule(
      "454", in: [.signIn],
      means: Meaning(
        .transient, .mailbox, .wait(flagAfter: 8), "{provider} has a temporary trouble with sign-ins.")),
    Rule(
      "500 502", in: [.hello, .signIn],
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} is no submission server: it knows no sign-in.",
        "Check host and port (465 or 587 as a rule), then run: {connect}")),
  ]
}
