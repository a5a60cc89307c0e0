// arriving → waiting, or straight → claimed or held.

import Message

extension Batch {
  mutating func accept(_ message: NewMessage, at now: Timestamp) throws(EngineFailure) -> MessageID {
    let body = try storedBody(of: message)
    let isClaimed =
      message.hold == nil && hasNothingOlder(of: message.entity, at: now)
      && reserve(message.content.octetsInMemory, for: message.entity)
    let (id, lease) = try engine.insert(
      message, bodyName: body?.name, receivedAt: now, leasedUntil: isClaimed ? nextAttempt(after: 1, at: now) : nil)
    if let body { result.keptBodies.append(body) }
    self[message.entity].accept(id, at: now, isHeld: message.hold != nil, isClaimed: lease != nil)
    if let lease { handOver(message, id, lease, bodyName: body?.name, at: now) }
    return id
  }

  private func storedBody(of message: NewMessage) throws(EngineFailure) -> (any SpoolBody)? {
    guard case .stored(let body) = message.content else { return nil }
    guard let body = body as? any SpoolBody else { throw .rejected(reason: "the body is not the spool's") }
    return body
  }

  /// Nothing that waits in the storage may be overtaken by what just came.
  private func hasNothingOlder(of entity: String, at now: Timestamp) -> Bool {
    if let due = result.deltas[entity]?.due, due <= now { return false }
    return !ledger.hasDue(entity, at: now)
  }

  private mutating func handOver(
    _ message: NewMessage, _ id: MessageID, _ lease: Lease, bodyName: String?, at now: Timestamp
  ) {
    let claim = ClaimedMessage(
      entity: message.entity, lease: lease, recipients: message.envelope.recipients, attempts: 1, bodyName: bodyName,
      hasAttempts: false, hasPast: false, standing: .waiting(isDeferred: false))
    let spooled = SpooledMessage(
      id: id, entity: message.entity, envelope: message.envelope, content: message.content, receivedAt: now.date,
      isReport: message.origin == .report)
    result.claimed.append((spooled, claim))
  }
}
