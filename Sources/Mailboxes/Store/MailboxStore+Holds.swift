// Keeping all mail of an entity back, and letting it go again.

package import Foundation

extension MailboxStore {
  /// Nothing of the entity's mail is begun from now on. On disk when it returns.
  ///
  /// - Returns: what stands from then on: the earlier one, unchanged, where it was on hold already.
  package func hold(
    _ entity: String, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) -> EntityHold {
    let hold = try await storage.change(entity, for: requester.key) { facts throws(StoreError) in
      facts.holding(entity, by: requester, at: now)
    }
    await tellFollowers()
    return hold
  }

  /// - Returns: `false` where it was not on hold.
  package func release(
    _ entity: String, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) -> Bool {
    let wasOnHold = try await storage.change(entity, for: requester.key) { facts throws(StoreError) in
      facts.releasing(entity, by: requester, at: now)
    }
    await tellFollowers()
    return wasOnHold
  }
}

extension ConnectionFacts {
  func holding(_ entity: String, by requester: Requester, at now: Date) -> DirectoryDecision<EntityHold> {
    if let hold { return DirectoryDecision(nil, answer: hold) }
    let hold = EntityHold(entity: entity, since: now, by: requester)
    let entry = AuditEntry(.hold, "all mail", of: entity, by: requester, at: now)
    return DirectoryDecision(DirectoryChange(.holds(hold), audit: entry), answer: hold)
  }

  func releasing(_ entity: String, by requester: Requester, at now: Date) -> DirectoryDecision<Bool> {
    guard let hold else { return DirectoryDecision(nil, answer: false) }
    let entry = AuditEntry(
      .release, "all mail, held since \(hold.since.formatted(.iso8601))", of: entity, by: requester, at: now)
    return DirectoryDecision(DirectoryChange(.releases(entity: entity), audit: entry), answer: true)
  }
}
