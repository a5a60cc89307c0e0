// What is to be written after a decision, in one transaction.

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

/// What to write, and what to tell whoever asked. Without a change nothing is written.
package struct DirectoryDecision<Answer: Sendable>: Sendable {
  package var change: DirectoryChange?
  package var answer: Answer

  package init(_ change: DirectoryChange?, answer: Answer) {
    self.change = change
    self.answer = answer
  }
}
