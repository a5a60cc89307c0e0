// A change of what is stored, to be written in one transaction.

/// A change of what is stored. Every one leaves an entry in the audit list.
package struct DirectoryChange: Sendable {
  package enum Effect: Sendable {
    case none
    /// Takes the place of what is connected to the record's entity, sign-in, secrets, condition and all.
    case connects(MailboxRecord)
    /// What is connected to the entity is forgotten, and its secrets are overwritten on disk.
    case disconnects(entity: String)
    /// Takes the place of the app's password; what that was is overwritten on disk, but for what the record keeps of it.
    case setsCredential(AppCredentialRecord)
    /// The app's passwords are forgotten, the older one as well, and overwritten on disk.
    case revokesCredential(app: String)
    /// Takes the place of the approved app of that name.
    case approvesApp(ApprovedApp)
    case withdrawsApproval(app: String)
    case deniesSender(DeniedSender)
    case allowsSender(key: String)
    /// Takes the place of the entity's hold.
    case holds(EntityHold)
    case releases(entity: String)

    /// Secrets are no longer stored that were.
    package var forgetsSecrets: Bool {
      switch self {
      case .disconnects, .setsCredential, .revokesCredential: true
      case .none, .connects, .approvesApp, .withdrawsApproval, .deniesSender, .allowsSender, .holds, .releases: false
      }
    }
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
