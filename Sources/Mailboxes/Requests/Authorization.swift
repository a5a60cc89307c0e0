// On whose word a connection is changed.

/// Who changes a connection, and whether that takes an approval.
package struct Authorization: Sendable, Equatable {
  package let requester: Requester
  /// The change uses up an approved request of the requester's for just this change, or does not happen.
  package let needsApproval: Bool

  package init(_ requester: Requester, needsApproval: Bool = false) {
    self.requester = requester
    self.needsApproval = needsApproval
  }

  /// Of a command that works on the state directory itself.
  package static var ofThisProcess: Authorization { Authorization(.ofThisProcess) }
}
