// What every engine of the spool must keep, as tests that any engine's test target can run.

import FoundationEssentials
package import Spool
import Testing

/// A storage on which engines can be opened, one after the other or several at a time, each another owner.
package struct EngineUnderTest {
  package let reader: any SpoolReader
  package let open: () throws(EngineFailure) -> any SpoolEngine

  package init(reader: any SpoolReader, open: @escaping () throws(EngineFailure) -> any SpoolEngine) {
    self.reader = reader
    self.open = open
  }
}

/// One sentence of the contract of ``SpoolEngine``, and a test of it on an empty storage.
package struct SpoolEnginePromise: Sendable, CustomStringConvertible {
  package let description: String
  package let check: @Sendable (EngineUnderTest) throws -> Void

  init(_ sentence: String, _ check: @escaping @Sendable (EngineUnderTest) throws -> Void) {
    description = sentence
    self.check = check
  }

  package static let all = accepting + leasing + settling + owners + people + history + crashes
}

extension SpoolEnginePromise {
  /// A time that is none of this machine's.
  static let noon = Timestamp(milliseconds: 1_800_000_000_000)
  static let anHour = Duration.seconds(3600)
  static let nobody: @Sendable (MessageID) -> Bool = { _ in false }
}

extension SpoolEngine {
  /// Does `work` in one durable transaction.
  func transact<Value>(_ work: (Self) throws -> Value) throws -> Value {
    try begin(isDurable: true)
    do {
      let value = try work(self)
      try commit()
      return value
    } catch {
      rollback()
      throw error
    }
  }

  /// Inserts a message in a transaction of its own.
  @discardableResult
  func accept(
    _ message: NewMessage = message(), at time: Timestamp = SpoolEnginePromise.noon, leasedUntil: Timestamp? = nil
  ) throws -> MessageID {
    try transact { try $0.insert(message, bodyName: nil, receivedAt: time, leasedUntil: leasedUntil).id }
  }

  /// Leases in a transaction of its own. A lease lasts for an hour.
  func lease(
    of entity: String = "acme", at now: Timestamp = SpoolEnginePromise.noon, atMost: Int = 100, octets: Int = .max,
    except isUnderWay: (MessageID) -> Bool = SpoolEnginePromise.nobody
  ) throws -> LeasedMessages {
    let request = LeaseRequest(entity: entity, now: now, mostMessages: atMost, mostOctets: octets)
    return try transact {
      try $0.leaseDue(request, until: { _ in now + SpoolEnginePromise.anHour }, except: isUnderWay)
    }
  }

  /// Changes a record in a transaction of its own.
  func change(_ id: MessageID, _ change: (inout MessageRecord) -> Void) throws {
    try transact { engine in
      var record = try #require(try engine.record(id))
      change(&record)
      try engine.update(record)
    }
  }
}

extension LeasedMessages {
  var ids: [MessageID] { leased.map(\.record.id) }
}
