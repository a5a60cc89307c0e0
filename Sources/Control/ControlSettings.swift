// What of the configuration a call is judged and answered by.

package import Access
package import Mailboxes

/// What the configuration says that a call depends on.
package struct ControlSettings: Sendable {
  package var hostname: String
  /// The entities' keys.
  package var entities: [String]
  package var providers: Providers
  package var approval: ApprovalRule

  package init(hostname: String, entities: [String], providers: Providers, approval: ApprovalRule) {
    self.hostname = hostname
    self.entities = entities
    self.providers = providers
    self.approval = approval
  }

  func requireEntity(_ key: String) throws(ControlRefusal) {
    if !entities.contains(key) { throw .noEntity(String(key.prefix(64))) }
  }
}
