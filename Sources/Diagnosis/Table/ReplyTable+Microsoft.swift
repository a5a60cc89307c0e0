// Sign-in at Microsoft. 5.7.139 has at least six meanings: only the sentence tells them apart.

import Mailboxes

extension ReplyTable {
  package static let microsoftRules: [Rule] = [
    Rule(
      says: "smtpclientauthentication is disabled for the mailbox", at: .outlook,
      like: (.signIn, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox."),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "Microsoft does not allow SMTP for the personal account {address}.",
        "There is no switch for it: disconnect it, and connect another mailbox with letterhead connect {entity}")),
    Rule(
      says: "smtpclientauthentication is disabled for the mailbox",
      like: (
        .signIn,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit "
          + "https://aka.ms/smtp_auth_disabled for more information."
      ),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "SMTP sending is switched off for {address} at Microsoft.",
        "Tick Authenticated SMTP under Users › {address} › Mail › Manage email apps in the Microsoft 365 admin centre, "
          + "wait up to an hour, then run: {test}")),
    Rule(
      says: "smtpclientauthentication is disabled for the tenant",
      like: (
        .signIn,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit "
          + "https://aka.ms/smtp_auth_disabled for more information."
      ),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "SMTP sending is switched off for the whole organisation at Microsoft.",
        "Tick Authenticated SMTP for {address} alone in the Microsoft 365 admin centre, which overrides the "
          + "organisation's setting, then run: {test}")),
    Rule(
      says: "basic authentication is disabled", "basic authentication is not supported",
      like: (.signIn, "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."),
      (.mail, "550 5.7.30 Basic authentication is not supported for Client Submission."),
      means: Assessment(
        .policy, .mailbox, .refuse, "Microsoft no longer accepts passwords for {address}.",
        "Sign in with Microsoft in place of the password: "
          + "letterhead connect {entity} --provider microsoft --address {address}")),
    Rule(
      says: "security defaults policy",
      like: (
        .signIn,
        "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. "
          + "Contact your administrator."
      ),
      means: Assessment(
        .policy, .mailbox, .refuse, "The organisation's security defaults block SMTP sign-in for {address}.",
        "Replace security defaults by Conditional Access in Entra, or use OAuth: {connect-oauth}")),
    Rule(
      says: "did not meet the criteria to be authenticated",
      like: (
        .signIn,
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated "
          + "successfully. Contact your administrator."
      ),
      means: Assessment(
        .policy, .mailbox, .refuse, "A policy of the organisation stopped the sign-in of {address}.",
        "Look the attempt up in Entra › Sign-in logs and allow it (a password connection usually needs OAuth), "
          + "then run: {connect}")),
    Rule(
      says: "tenant locked out",
      like: (.signIn, "535 5.7.3 Authentication unsuccessful. Tenant locked out"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "The whole organisation (tenant) of {address} is locked at {provider}.",
        "Its administrator must clear that up with {provider}; then run: {test}")),
    Rule(
      says: "unable to proxy authenticated session",
      like: (
        .signIn,
        "535 5.7.3 Unable to proxy authenticated session because either the backend does not support it or failed to "
          + "resolve the user"
      ),
      means: Meaning.signInBroken),
    Rule(
      says: "authentication unsuccessful. user not found",
      like: (.signIn, "535 5.7.3 Authentication unsuccessful. User not found"),
      means: Meaning.unknownAccount),
    Rule(
      says: "authentication unsuccessful, account locked",
      like: (.signIn, "535 5.7.139 Authentication unsuccessful, account locked."),
      means: Meaning.signInLocked),
    Rule(
      says: "user credentials were incorrect", in: .beforeMail,
      like: (.signIn, "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect."),
      means: Assessment(
        .auth, .mailbox, .refuse, "User name or password of {address} is wrong.", "{login}, then run: {connect}")),
    Rule(
      "535", "5.7.3", says: "authentication unsuccessful", at: .microsoft,
      like: (.signIn, "535 5.7.3 Authentication unsuccessful"),
      means: Assessment(
        .auth, .mailbox, .refuse, "Microsoft does not accept the saved sign-in for the mailbox {address}.",
        "{rights}, then run: {connect}")),
    Rule(
      "5", "5.7.57", says: "not authenticated",
      like: (.mail, "530 5.7.57 Client not authenticated to send mail."),
      means: Assessment(
        .auth, .mailbox, .hold(probe: true), "{provider} wants a sign-in before it takes mail.",
        "Connect {address} with a password or OAuth: {connect}")),
  ]
}
