// Requests for a change of a connection, what was decided of them, and the list of all that was done.

package import Foundation

extension MailboxStore {
  /// Files a request and notes it.
  ///
  /// - Parameter change: for a disconnect the address is the connected one's, whatever stands here.
  /// - Returns: the request; the one that waits already, or is approved and unused, when it is the same.
  /// - Throws: `.request(.tooManyWaiting)`; `.notConnected` when there is nothing to disconnect.
  package func file(
    _ change: ConnectionChange, by requester: Requester, justification: PlainText, at now: Date = Date()
  ) async throws(StoreError) -> Request {
    try await storage.change(change.entity, for: requester.key) { facts throws(StoreError) in
      try facts.filing(change, by: requester, justification: justification, at: now)
    }
  }

  /// The newest thousand, oldest first.
  ///
  /// - Parameter requester: a key; only this requester's.
  package func requests(of requester: String? = nil, at now: Date = Date()) async throws(StoreError) -> [Request] {
    try await storage.requests(of: requester, limit: 1000).map { $0.asOf(now) }
  }

  /// - Throws: `.request` for one that is not there or is decided already.
  package func approve(
    _ number: Int64, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) -> Request {
    try await decide(number, by: requester, denying: nil, at: now)
  }

  /// - Throws: `.request` for one that is not there or is decided already.
  package func deny(
    _ number: Int64, by requester: Requester, reason: PlainText, at now: Date = Date()
  ) async throws(StoreError) -> Request {
    try await decide(number, by: requester, denying: reason, at: now)
  }

  private func decide(
    _ number: Int64, by requester: Requester, denying reason: PlainText?, at now: Date
  ) async throws(StoreError) -> Request {
    try await storage.change(request: number) { request throws(StoreError) in
      guard let request else { throw .request(.noSuch(number)) }
      return try request.deciding(by: requester, denying: reason, at: now)
    }
  }

  /// Whether the requester with this key has an approved, unused request for this change. The change itself asks again
  /// when it uses it.
  package func isApproved(
    _ change: ConnectionChange, for requester: String, at now: Date = Date()
  ) async throws(StoreError) -> Bool {
    try await storage.facts(of: change.entity, for: requester).isApproved(change, at: now)
  }

  /// Why an approval that the requester has is none for this change: what is other about it. `nil` without any approval
  /// for the entity.
  package func approvedOtherwise(
    _ change: ConnectionChange, for requester: String, at now: Date = Date()
  ) async throws(StoreError) -> RequestRefusal? {
    try await storage.facts(of: change.entity, for: requester).approvedOtherwise(change, at: now)
  }

  /// Notes what changes nothing here: what somebody did to the queue, or a test.
  ///
  /// - Parameter entity: empty where it is about several.
  package func note(
    _ verb: AuditEntry.Verb, _ detail: String, of entity: String, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) {
    let entry = AuditEntry(verb, detail, of: entity, by: requester, at: now)
    try await storage.change(entity, for: requester.key) { _ in
      DirectoryDecision(DirectoryChange(audit: entry), answer: ())
    }
  }

  /// Every request, decision and change of a connection, act on the queue and test, the newest first; at most 1000.
  ///
  /// - Parameter entity: about this one only.
  package func audit(of entity: String? = nil) async throws(StoreError) -> [AuditEntry] {
    try await storage.audit(of: entity, limit: 1000)
  }

  /// Requests that wait and that no administrator has been told of.
  package func untoldRequests(at now: Date = Date()) async throws(StoreError) -> [Request] {
    try await storage.untoldRequests(limit: 100).map { $0.asOf(now) }
  }

  package func setTold(request number: Int64) async throws(StoreError) {
    try await storage.setTold(request: number)
  }
}
