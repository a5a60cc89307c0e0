// Reading the queue for people, on a connection and a thread beside the writer's.

import FoundationEssentials
import GRDB
import Glibc
import Message
import SMTP
import Synchronization
import System

/// Opened when somebody first asks.
final class ReadingConnection: Sendable {
  private let path: String
  private let queue = Mutex<DatabaseQueue?>(nil)

  init(path: String) { self.path = path }

  func read<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
    do {
      let open = try queue.withLock { queue in
        if let queue { return queue }
        let fresh = try DatabaseQueue(path: path, configuration: Store.configuration)
        queue = fresh
        return fresh
      }
      return try open.read(body)
    } catch {
      throw StoreFailure(error).spoolError
    }
  }

  /// Before the writer's connection closes, so that the log can go with it.
  func close() {
    queue.withLock { queue in
      try? queue?.close()
      queue = nil
    }
  }
}

extension Spool {
  /// One page of the queue by ascending id. Pass the last id to get the next page.
  package func list(
    entity: String? = nil, after: MessageID? = nil, limit: Int = 500
  ) async throws(SpoolError) -> [ListedMessage] {
    try await reading { db in
      try Row.fetchAll(
        db,
        sql: """
          \(Self.listed) WHERE m.id > ?1 AND (?2 IS NULL OR e.name = ?2) ORDER BY m.id LIMIT ?3
          """, arguments: [after?.rawValue ?? 0, entity, limit]
      ).map(ListedMessage.init)
    }
  }

  /// - Returns: `nil` where there is no such message any more.
  package func show(_ id: MessageID) async throws(SpoolError) -> MessageDetail? {
    let bodies = writer.directory.bodies
    return try await reading { db in
      guard let row = try Row.fetchOne(db, sql: "\(Self.listed) WHERE m.id = ?", arguments: [id.rawValue]) else {
        return nil
      }
      let attempts = try Row.fetchAll(
        db, sql: "SELECT number, at, words, recipients FROM attempt WHERE message = ? ORDER BY number",
        arguments: [id.rawValue])
      let file: String? = row["file"]
      let header =
        try file.map { Self.beginning(of: "\(bodies)/\($0)") }
        ?? [UInt8](
          Data.fetchOne(db, sql: "SELECT substr(octets, 1, 65536) FROM body WHERE id = ?", arguments: [id.rawValue])
            ?? Data())
      return MessageDetail(
        message: ListedMessage(row), attempts: attempts.map(AttemptRecord.init),
        recipients: (RowEnvelope(row.octets("envelope"))?.recipients ?? []).map { ($0.address, $0.failure) },
        header: Self.header(of: header))
    }
  }

  func reading<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(SpoolError) -> Value {
    try await writer.workers.run { [writer] () throws(SpoolError) in try writer.reading.read(body) }
  }

  private static let listed = """
    SELECT m.id, e.name, m.state, m.deferred, m.due, m.received, m.attempts, m.flags, m.octets, m.file, m.envelope,
      a.words, a.recipients
    FROM message m JOIN entity e ON e.number = m.entity
    LEFT JOIN attempt a ON a.message = m.id
      AND a.number = (SELECT max(number) FROM attempt WHERE message = m.id)
    """

  private static func beginning(of path: String) -> [UInt8] {
    guard let file = try? Descriptor.open(path, O_RDONLY) else { return [] }
    return (try? file.read(atMost: BodyFile.pieceOctets)) ?? []
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

extension Row {
  fileprivate func octets(_ column: String) -> [UInt8] { [UInt8]((self[column] as Data?) ?? Data()) }
}

extension ListedMessage {
  fileprivate init(_ row: Row) {
    let envelope = RowEnvelope(row.octets("envelope"))
    let flags = Store.Flags(rawValue: row["flags"])
    let isDeferred: Bool = row["deferred"]
    id = MessageID(rawValue: row["id"])
    entity = row["name"]
    state =
      switch row["state"] as Int64 {
      case Store.State.failed: .failed
      case Store.State.held: .held
      default: isDeferred ? .deferred : .waiting
      }
    self.envelope = Envelope(
      sender: envelope?.sender, recipients: envelope?.recipients.map(\.address) ?? [],
      isSMTPUTF8: flags.contains(.isSMTPUTF8), is8BitMIME: flags.contains(.is8BitMIME))
    octetCount = row["octets"]
    receivedAt = Date(milliseconds: row["received"])
    due = Date(milliseconds: row["due"])
    attempts = row["attempts"]
    isReport = flags.contains(.isReport)
    perhapsSent = flags.contains(.perhapsSent)
    client = envelope?.client ?? ""
    words = RowOutcomes.words(row["words"] ?? "", RowOutcomes.unpacked(row.octets("recipients")))
  }
}

extension AttemptRecord {
  fileprivate init(_ row: Row) {
    number = row["number"]
    at = Date(milliseconds: row["at"])
    words = row["words"]
    recipients = RowOutcomes.unpacked(row.octets("recipients"))
  }
}
