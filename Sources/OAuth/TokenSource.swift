// Access tokens for one mailbox, from its refresh token: one request at a time, whoever asks.

package import Foundation
package import Mailboxes

package actor TokenSource {
  /// For a saved mailbox: rotated refresh tokens go to the store before the access token is handed out.
  package init(grant: OAuthGrant, of mailbox: Mailbox, store: MailboxStore) { fatalError("unfinished") }

  /// For a grant that is being connected and is not saved yet: see ``grant()``.
  package init(unsaved grant: OAuthGrant) { fatalError("unfinished") }

  /// A token that is good for now, from memory where possible.
  package func accessToken(now: Date) async throws(TokenError) -> AccessToken { fatalError("unfinished") }

  /// The mail server refused this token: the next call asks for another. Does nothing for a token already replaced.
  package func reject(_ token: AccessToken) { fatalError("unfinished") }

  /// The grant with the newest refresh token: what `connect` has to save after its test.
  package func grant() -> OAuthGrant { fatalError("unfinished") }
}
