// Looking at the queue for people, on a thread beside the writer's.

import FoundationEssentials
import Message
import SMTP
import Platform

extension Spool {
  /// One page of the queue by ascending id. Pass the last id to get the next page.
  package func list(
    entity: String? = nil, state: ListedMessage.State? = nil, after: MessageID? = nil, limit: Int = 500
  ) async throws(SpoolError) -> [ListedMessage] {
    try await read { (reader) throws(SpoolError) in
      try reader.list(entity: entity, state: state, after: after ?? MessageID(rawValue: 0), limit: limit)
    }.map { ListedMessage($0.record, lastAttempt: $0.lastAttempt) }
  }

  /// One page of what one user has handed in. However much others have in the queue, it is looked through in portions, so
  /// that whoever else reads comes in between.
  package func list(
    of uid: UInt32, entity: String? = nil, state: ListedMessage.State? = nil, after: MessageID? = nil, limit: Int = 500
  ) async throws(SpoolError) -> [ListedMessage] {
    var found: [ListedMessage] = []
    var place: MessageID? = after ?? MessageID(rawValue: 0)
    while let after = place, found.count < limit {
      let left = limit - found.count
      let (page, next) = try await read { (reader) throws(SpoolError) in
        try reader.list(
          of: uid, entity: entity, state: state, after: after, limit: left, lookingAt: Self.portionLookedAt)
      }
      found += page.map { ListedMessage($0.record, lastAttempt: $0.lastAttempt) }
      place = next
    }
    return found
  }

  private static let portionLookedAt = 20_000

  /// - Returns: `nil` where there is no such message any more.
  package func show(_ id: MessageID) async throws(SpoolError) -> MessageDetail? {
    let bodies = context.storage.bodies
    return try await read { (reader) throws(SpoolError) in
      guard let stored = try reader.show(id) else { return nil }
      let start = stored.record.bodyName.map { bodies.beginning(of: $0) } ?? stored.bodyStart
      return MessageDetail(
        message: ListedMessage(stored.record, lastAttempt: stored.attempts.last), attempts: stored.attempts,
        recipients: (stored.record.envelope?.recipients ?? []).map { ($0.address, $0.failure) },
        header: Self.header(of: start))
    }
  }

  /// One message with all its octets, as it was received.
  ///
  /// - Returns: `nil` where there is no such message any more, or nothing of it can be read. Of a large one, what is read
  ///   later may be gone by then.
  package func content(of id: MessageID) async throws(SpoolError) -> SpooledMessage? {
    let bodies = context.storage.bodies
    return try await read { (reader) throws(SpoolError) in
      guard let record = try reader.show(id)?.record, let envelope = record.envelope else { return nil }
      let content: MessageContent? =
        if let name = record.bodyName { .stored(bodies.body(named: name, octetCount: record.octetCount)) } else {
          try reader.inlineBody(of: id).map { .octets($0) }
        }
      return content.map { SpooledMessage(record, to: envelope, content: $0) }
    }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any SpoolReader) throws(SpoolError) -> Value
  ) async throws(SpoolError) -> Value {
    do throws(SpoolError) { return try await readOnce(body) } catch {
      guard case .corrupt(let reason) = error, !context.isReadOnly else { throw error }
      context.inbox.report(damage: reason)
      // Done when the writer has set aside what cannot be read.
      try await change { (_) throws(EngineFailure) in }
      return try await readOnce(body)
    }
  }

  private func readOnce<Value: Sendable>(
    _ body: @escaping @Sendable (any SpoolReader) throws(SpoolError) -> Value
  ) async throws(SpoolError) -> Value {
    let reader = context.storage.reader
    return try await context.storage.workers.run { () throws(SpoolError) in try body(reader) }
  }

  /// With the empty line that ends it.
  private static func header(of octets: [UInt8]) -> [UInt8] {
    let end: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]
    if octets.starts(with: end[2...]) { return Array(end[2...]) }
    guard octets.count >= end.count else { return octets }
    for place in 0...(octets.count - end.count) where octets[place..<place + end.count].elementsEqual(end) {
      return Array(octets[..<(place + end.count)])
    }
    return octets
  }
}

extension ListedMessage {
  init(_ record: MessageRecord, lastAttempt: AttemptRecord?) {
    let envelope = record.envelope
    id = record.id
    entity = record.entity
    state =
      switch record.state {
      case .failed: .failed
      case .damaged: .damaged
      case .held: .held
      case .unknown: .unknown
      case .filing: .filing
      case .waiting: record.isDeferred ? .deferred : .waiting
      }
    self.envelope = Envelope(
      sender: envelope?.sender, recipients: envelope?.recipients.map(\.address) ?? [],
      isSMTPUTF8: envelope?.isSMTPUTF8 ?? false, is8BitMIME: envelope?.is8BitMIME ?? false)
    octetCount = record.octetCount
    receivedAt = record.receivedAt.date
    due = record.due.date
    attempts = record.attempts
    isLeased = record.state == .waiting && record.owner != nil
    isReport = record.isReport
    perhapsSent = record.perhapsSent
    unknown = envelope?.unknown
    copy = envelope?.copy
    isPartlyDelivered = envelope?.isPartlyDelivered ?? false
    source = envelope?.source ?? MessageSource(client: "")
    messageID = envelope?.messageID
    heldBecause = record.state == .held ? envelope?.heldBecause : nil
    words = lastAttempt?.lastWords ?? ""
  }
}
