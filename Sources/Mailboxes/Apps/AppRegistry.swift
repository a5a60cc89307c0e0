// What is kept of apps, as one value: their passwords, those approved here, and who was denied.

package import Foundation

/// Cheap to copy. ``MailboxStore/apps`` has the newest, and ``MailboxStore/appChanges()`` yields each.
package struct AppRegistry: Sendable, Equatable {
  /// By the app's name, also of apps that the configuration does not name any more.
  package var credentials: [String: AppCredential] = [:]
  /// Those approved first come first.
  package var approved: [ApprovedApp] = []
  package var denied: [DeniedSender] = []

  package init() {}
}

/// An app that `letterhead app approve` made.
package struct ApprovedApp: Sendable, Equatable {
  package var name: String
  /// By what it is recognised, as the configuration would write it: `user:erp`.
  package var pattern: String
  /// The key of the entity that it sends as.
  package var entity: String
  package var at: Date
  package var by: Requester

  package init(name: String, pattern: String, entity: String, at: Date, by: Requester) {
    self.name = name
    self.pattern = pattern
    self.entity = entity
    self.at = at
    self.by = by
  }
}

/// A client that `letterhead app deny` keeps from sending.
package struct DeniedSender: Sendable, Equatable {
  /// As `letterhead app pending` shows it.
  package var key: String
  package var at: Date
  package var by: Requester

  package init(key: String, at: Date, by: Requester) {
    self.key = key
    self.at = at
    self.by = by
  }
}
