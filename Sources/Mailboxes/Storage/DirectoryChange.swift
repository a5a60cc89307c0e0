// A change of what is stored, to be written in one transaction.

/// A change of what is stored. Every one leaves an entry in the audit list.
package struct DirectoryChange: Sendable {
  package enum Effect: Sendable {
    case none
    /// Takes the place of what is connected to the record's entity, sign-in, secrets, condition and all.
    case connects(MailboxRecord)
    /// What is connected to the entity is forgotten, and its secrets are overwritten on disk.
    case disconnects(entity: String)
  }

  package var effect: Effect
  /// Takes the place of the request with its number, or is added.
  package var request: Request?
  /// Its number is the engine's to give.
  package var audit: AuditEntry

  package init(_ effect: Effect = .none, request: Request? = nil, audit: AuditEntry) {
    self.effect = effect
    self.request = request
    self.audit = audit
  }
}
