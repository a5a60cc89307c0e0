// What an app writes for its user name when it signs in.

/// `erp`, or `erp+brandb` to name the entity of its messages. Forms that insist on a mail address get `erp@anything`, of
/// which what is behind the sign says nothing.
package struct AppUser: Sendable, Equatable {
  /// As the configuration names it, perhaps.
  package let app: String
  /// The entity that it chooses. Whether it may is for ``App/choose`` to say.
  package let entity: String?

  /// - Returns: `nil` for what names no app, or names an entity without naming it.
  package init?(_ username: String) {
    let name = username.prefix { $0 != "@" }
    let parts = name.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let app = parts.first, !app.isEmpty, parts.last?.isEmpty == false else { return nil }
    self.app = String(app)
    self.entity = parts.count == 2 ? String(parts[1]) : nil
  }
}
