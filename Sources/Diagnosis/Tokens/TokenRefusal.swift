// What it means that a mail server refused an access token. There is no user name and no password that could be wrong.

import Mailboxes
package import SMTP

/// A mail server's answers to an access token: its challenge, where it gave one, and its reply.
package struct TokenRefusal: Equatable, Sendable {
  package let reply: Reply
  package let challenge: TokenChallenge?

  package init(_ reply: Reply, after challenge: TokenChallenge?) {
    self.reply = reply
    self.challenge = challenge
  }

  func assessment(for mailbox: Mailbox) -> Assessment {
    if let challenge, challenge.isAboutPermission, reply.code / 100 == 5 { return Self.permissionMissing }
    let said = Interpretation(Answer(reply, in: .signIn, from: mailbox)).assessment
    // The words for "wrong user name or password" mean the token here; whatever else is said has its own meaning.
    return said.class == .auth && said.action == .refuse ? Self.tokenRefused : said
  }

  func redacted(_ secrets: HiddenSecrets) -> TokenRefusal {
    TokenRefusal(Redaction.redacted(reply, secrets), after: challenge?.redacted(secrets))
  }

  private static let permissionMissing = Assessment(
    .consent, .mailbox, .hold(probe: true),
    "The token of {address} lacks the permission (scope) to send mail at {provider}: an administrator must approve it.",
    "Have it approved at {consent}, or sign in again and grant every permission that is asked for: {connect}")
  private static let tokenRefused = Assessment(
    .auth, .mailbox, .refuse, "{provider} does not accept the access token for the mailbox {address}.",
    "{rights}, or sign in again: {connect}")
}
