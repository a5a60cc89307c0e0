// Who may do what, as a table. Pure: roles and approvals are looked up before.

/// What a call needs.
package enum Permission: Sendable, CaseIterable {
  case readStatus
  /// What one has handed in oneself; an administrator sees all of it.
  case readQueue
  case changeQueue, testMailbox
  /// Connect or disconnect an entity's mailbox.
  case changeConnection
  /// What is connected, but for its secrets: for whoever may change it, or ask for that.
  case readConnection
  /// One's own; an administrator sees all of them.
  case readRequests
  case decideRequests, readAudit
  /// One's own; an administrator sees all of them.
  case readSessions
  /// What would become of a message.
  case explainRoute
  /// What apps may do, and their passwords.
  case readApps, changeApps
  /// Unknown senders whose mail is held.
  case readPending, decidePending
}

/// `[admin] approval`: what becomes of a change that is not an administrator's.
package enum ApprovalRule: String, Sendable, CaseIterable {
  /// It is refused.
  case off
  /// An administrator has to approve it first.
  case required
}

/// What becomes of one call.
package enum Decision: Sendable, Equatable {
  case allowed
  /// Allowed for an approved request, which the change uses up.
  case allowedByApproval
  /// A request has to be filed, and approved.
  case mustAsk
  case refused(AccessRefusal)

  /// - Parameter isApproved: the caller has an approved, unused request for just this change.
  package init(_ permission: Permission, for role: Role, approval: ApprovalRule, isApproved: Bool) {
    switch (role, permission) {
    case (.untrusted, _): self = .refused(.mayNotSpeakForOthers)
    case (.administrator, _), (_, .readStatus): self = .allowed
    case (.app, _): self = .refused(.notForApps)
    case (.member, .readRequests), (.member, .readQueue), (.member, .readSessions), (.member, .explainRoute):
      self = .allowed
    case (.member, .readConnection) where approval == .required: self = .allowed
    case (.member, .changeConnection) where approval == .required: self = isApproved ? .allowedByApproval : .mustAsk
    case (.member, _): self = .refused(.notAdministrator)
    }
  }
}

/// Why a principal may not have what it asked for.
package enum AccessRefusal: Sendable, Equatable {
  case notAdministrator
  case notForApps
  case mayNotSpeakForOthers

  /// - Parameter name: of the principal.
  package func sentence(for name: String) -> String {
    switch self {
    case .notAdministrator:
      "\(name) may not do that here. Ask root, or have \(name) added to users in [admin] of the configuration."
    case .notForApps: "\(name) is an app, which may send mail and nothing else. Run the command as an administrator."
    case .mayNotSpeakForOthers: "The console speaks for people who have signed in to it, and for nobody else."
    }
  }
}
