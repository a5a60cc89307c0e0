// Sign-in everywhere. Sentences about policy come before any that means "wrong password": else every policy is reported
// as one.

import Mailboxes

extension ReplyTable {
  package static let signInRules: [Rule] = sentenceRules + signInCodeRules

  private static let sentenceRules: [Rule] = [
    Rule(
      "534", says: "log in via your web browser", "log in with your web browser",
      like: (.signIn, "534 5.7.14 Please log in via your web browser and then try again."),
      means: Meaning.browser),
    Rule(
      says: "does not have access rights to this service",
      like: (
        .signIn, "535 5.7.8 Error: authentication failed: This user does not have access rights to this service"
      ),
      means: Assessment(
        .policy, .mailbox, .refuse, "Mail programs are not allowed for {address} at {provider}.",
        "Turn mail programs on in the mailbox's settings and make an app password, then run: {connect}")),
    Rule(
      "525", says: "unauthorized ip",
      like: (.signIn, "525 5.7.1 Unauthorized IP address"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} does not know this machine's public address.",
        "Add the address in the provider's security settings (Security › Authorized IPs), then run: {test}")),
  ]

  private static let signInCodeRules: [Rule] = [
    Rule(
      says: "client host rejected: access denied", in: .transaction,
      like: (.recipient, "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied"),
      means: Meaning.notSignedIn),
    Rule(
      "504", in: [.signIn],
      like: (.signIn, "504 5.7.4 Unrecognized authentication type"),
      means: Meaning.mechanism),
    Rule(
      "534 538", in: .anywhere,
      like: (.signIn, "538 5.7.11 Encryption required for requested authentication mechanism"),
      means: Assessment(
        .auth, .mailbox, .refuse, "{provider} wants another way to sign in.",
        "Use the one that it names, or OAuth: {connect-oauth}")),
    Rule(
      "432", "4.7.12",
      like: (.signIn, "432 4.7.12 A password transition is needed"),
      means: Assessment(
        .auth, .mailbox, .hold(probe: false), "{provider} wants the password of {address} to be changed first.",
        "Change the password at the provider, then run: {connect}")),
    Rule(
      "530 535", in: .anywhere,
      like: (.signIn, "535 Authentication Failed"), (.signIn, "535 5.7.8 Error: authentication failed:"),
      means: Meaning.signInRefused),
    Rule(
      "454", in: [.signIn],
      like: (.signIn, "454 4.7.0 Cannot authenticate due to a temporary system problem."),
      means: Meaning.busySignIn),
    Rule(
      "500 502", in: [.hello, .signIn],
      like: (.hello, "502 5.5.1 Command not implemented"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} is no submission server: it knows no sign-in.",
        "Check host and port (465 or 587 as a rule), then run: {connect}")),
  ]
}
