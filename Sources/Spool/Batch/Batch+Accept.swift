// arriving → waiting, or straight → claimed or held.

import Logs
import Message
import SMTP

extension Batch {
  mutating func accept(_ message: NewMessage, at now: Timestamp) throws(EngineFailure) -> MessageID {
    let body = try storedBody(of: message)
    let isClaimed =
      message.hold == nil && hasNothingOlder(of: message.entity, at: now)
      && reserve(message.content.octetsInMemory, for: message.entity)
    let (id, lease) = try engine.insert(
      message, bodyName: body?.name, receivedAt: now,
      leasedUntil: isClaimed ? now + schedule.leaseDuration(step: 1) : nil)
    if let body { result.keptBodies.append(body) }
    if message.origin == .report { result.ownMail.append(message.logged(as: id)) }
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
      hasAttempts: false, hasPast: false, origin: MessageOrigin(message, acceptedAt: now),
      standing: .waiting(isDeferred: false))
    let spooled = SpooledMessage(
      id: id, entity: message.entity, envelope: message.envelope, content: message.content, receivedAt: now.date,
      isReport: message.origin == .report, messageID: message.messageID)
    result.claimed.append((spooled, claim))
  }
}

extension NewMessage {
  fileprivate func logged(as id: MessageID) -> LoggedFields {
    [
      .id: "\(id)", .entity: entity, .client: source.client, .sender: envelope.sender?.text ?? "<>",
      .recipients: LoggedFields.few(envelope.recipients.lazy.map(\.text)), .messageID: messageID.map { "\($0)" },
      .octets: "\(content.octetCount)", .held: hold,
    ]
  }
}
