// The name under which the mail of an unknown client is kept until an administrator decides.

/// `unit:erp.service`, `user:1004`, `container:4f1c2ab09d7e`, `net:192.0.2.7`: one for all that one decision is about.
package struct PendingKey: Hashable, Sendable {
  package let text: String

  /// - Returns: `nil` where nothing is known by which the client could be told from others.
  package init?(_ client: ClientIdentity) {
    guard let pattern = client.likeliestPattern else { return nil }
    text = pattern.text
  }

  /// What the spool knows its mail by. No entity can be called so.
  package var spoolKey: String { "?\(text)" }
}
