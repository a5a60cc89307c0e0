// What the writer asks of its engine, over an engine in memory that takes it down.

import StorageConformance
import FoundationEssentials
import Message
import Support
import Synchronization
import Platform
import Testing

@testable import Spool

/// A spool over a storage in memory.
private func withSpool(
  over storage: MemoryStorage, time: any TimeSource = SystemTime(), _ body: (Spool) async throws -> Void
) async throws {
  let spool = try Spool.openExclusive(.memory(storage), minimumFree: 0, log: quiet, time: time)
  do {
    try await body(spool)
  } catch {
    await spool.close()
    throw error
  }
  await spool.close()
}

extension SpoolStorage {
  fileprivate static func memory(_ storage: MemoryStorage) -> SpoolStorage {
    SpoolStorage(
      reader: MemoryReader(storage), bodies: NoBodies(), workers: WorkerPool(name: "spool files", threads: 1)
    ) { _ throws(SpoolError) in
      MemoryEngine(storage)
    }
  }
}

/// A body store that is never written to.
private struct NoBodies: BodyStore {
  private struct Body: SpoolBody {
    let name: String
    let octetCount: Int
    func keep() {}
    func reader() -> any StoredBodyReader { Reader() }
    struct Reader: StoredBodyReader { func next() async throws -> [UInt8]? { nil } }
  }

  func create(keeping reserve: Int64) async throws(SpoolError) -> any BodyWriter { throw .full }
  func body(named name: String, octetCount: Int) -> any SpoolBody { Body(name: name, octetCount: octetCount) }
  func names() throws(SpoolError) -> [String] { [] }
  func delete(_ names: [String]) {}
  func beginning(of name: String) -> [UInt8] { [] }
}

@Suite struct SpoolPortionTests {
  @Test func `mail whose move to an entity is cut between two portions is under one of the two, and moved again`()
    async throws
  {
    let storage = MemoryStorage()
    let cut = Atomic(false)
    let spool = try Spool.openExclusive(.memory(storage), minimumFree: 0, log: quiet) { point in
      if point == .committed, cut.load(ordering: .relaxed) { storage.fail(with: .refused(.full)) }
    }
    for _ in 0..<520 {
      var new = message(entity: "?uid:33")
      new.hold = "No app matches uid 33"
      try await spool.accept(new, now: Date())
    }
    cut.store(true, ordering: .relaxed)
    await #expect(throws: SpoolError.full) { try await spool.reassign(from: "?uid:33", to: "acme", now: Date()) }
    #expect(spool.acme.queued == 500 && spool.pendingCount == 20)
    cut.store(false, ordering: .relaxed)
    storage.fail(with: nil)
    #expect(try await spool.reassign(from: "?uid:33", to: "acme", now: Date()) == 20)
    #expect(spool.acme.queued == 520 && spool.acme.totals.accepted == 520 && spool.pendingCount == 0)
    spool.open("acme")
    #expect(await spool.take(520).map(\.id.rawValue) == Array(1...520))
    await spool.close()
  }
}

@Suite struct SpoolStartTests {
  @Test func `the log is synced before bodies are swept, so that no record comes back without its body`() async throws {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      try await spool.flush()
      #expect(storage.calls.first == .sync)
    }
  }
}

@Suite struct SpoolHealthTests {
  private let denied = EngineFailure.broken(.unwritable("disk I/O error"))

  @Test func `a storage that breaks is told as long as it is broken`() async throws {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      try await spool.accept(message(), now: Date())
      #expect(spool.health == .working)
      storage.fail(with: denied)
      await #expect(throws: SpoolError.unwritable("disk I/O error")) { try await spool.accept(message(), now: Date()) }
      let failing = SpoolHealth.failing(denied.spoolError)
      #expect(try await eventually { spool.health == failing })
      storage.fail(with: nil)
      #expect(try await eventually { spool.health == .working })
    }
  }

  @Test func `a full disk is told until something was written again`() async throws {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      storage.fail(with: .refused(.full))
      await #expect(throws: SpoolError.full) { try await spool.accept(message(), now: Date()) }
      #expect(try await eventually { spool.health == .full })
      storage.fail(with: nil)
      try await spool.accept(message(), now: Date())
      #expect(try await eventually { spool.health == .working })
    }
  }

  @Test func `mail that nobody takes is told, and not when it is taken`() async throws {
    try await withSpool(over: MemoryStorage()) { spool in
      try await spool.accept(message(), now: Date())
      #expect(try await eventually { spool.acme.untakenSince != nil })
      spool.open("acme")
      _ = await spool.take(1)
      #expect(try await eventually { spool.acme.untakenSince == nil })
    }
  }
}

extension MemoryStorage {
  /// Of each transaction so far: whether it was durable.
  fileprivate var transactions: [Bool] {
    calls.compactMap { call in if case .begin(let isDurable) = call { isDurable } else { nil } }
  }
}

@Suite struct MemoryEngineTests {
  @Test(arguments: SpoolEnginePromise.all)
  func `the engine of the tests does what every engine must do`(_ promise: SpoolEnginePromise) throws {
    let storage = MemoryStorage()
    try promise.check(
      EngineUnderTest(reader: MemoryReader(storage)) { () throws(EngineFailure) in MemoryEngine(storage) })
  }
}

@Suite struct SpoolWriterTests {
  @Test func `what somebody waits for is durable, and a settlement is not; it is synced soon after`() async throws {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      spool.open("acme")
      try await spool.accept(message(), now: Date())
      for claimed in await spool.take(1) { spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date()) }
      #expect(try await eventually { spool.syncCount == 2 })
      #expect(storage.transactions == [true, false])
    }
  }

  @Test func `a settlement that deletes a body is durable by itself`() async throws {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      var large = message()
      large.content = .stored(NoBodies().body(named: "large", octetCount: 1_000_000))
      try await spool.accept(large, now: Date())
      spool.open("acme")
      for claimed in await spool.take(1) { spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date()) }
      #expect(try await eventually { spool.acme.queued == 0 })
      #expect(storage.transactions == [true, true, true])
    }
  }

  @Test func `what was claimed in vain is given back without waiting for the disk`() async throws {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      spool.open("acme")
      try await spool.accept(message(), now: Date())
      spool.close("acme")
      #expect(try await eventually { storage.transactions.count == 2 })
      #expect(storage.transactions == [true, false])
      #expect(try await eventually { try await spool.list().map(\.attempts) == [0] })
    }
  }

  @Test func `while the storage is broken nothing is promised, and a settlement is kept until it works again`()
    async throws
  {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      spool.open("acme")
      try await spool.accept(message("first"), now: Date())
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      storage.fail(with: .broken(.unwritable("I/O error")))
      await #expect(throws: SpoolError.unwritable("I/O error")) { try await spool.accept(message(), now: Date()) }
      spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date())
      #expect(try await eventually { storage.calls.contains(.reopen) }, "in vain")
      #expect(spool.acme.totals.delivered == 0 && spool.acme.queued == 1)
      storage.fail(with: nil)
      #expect(try await eventually { spool.acme.totals.delivered == 1 })
      #expect(storage.calls.filter { $0 == .abandon }.count >= 1 && spool.acme.queued == 0)
    }
  }

  @Test func `a settlement of another term changes nothing, is counted, and leaves the message to its new owner`()
    async throws
  {
    let (storage, clock) = (MemoryStorage(), ManualTime())
    try await withSpool(over: storage, time: clock) { spool in
      spool.open("acme")
      for text in ["delivered", "deferred", "failed", "given back"] {
        try await spool.accept(message(text), now: clock.now)
      }
      let claimed = await spool.take(3)
      clock.advance(by: .seconds(60))
      let thief = MemoryEngine(storage)
      try await spool.change { (batch) throws(EngineFailure) in
        // Within the writer's transaction, so that the two do not overlap.
        for id in 1...4 {
          guard var record = try batch.engine.record(MessageID(rawValue: Int64(id))) else { continue }
          record.lease(to: LeaseOwner(rawValue: 7), until: batch.now + .seconds(60))
          try batch.engine.update(record)
        }
      }
      let stolen = try (1...4).map { try thief.record(MessageID(rawValue: $0)) }
      for (message, outcome) in zip(
        claimed, [.delivered("250"), .deferred("450"), .failed("550")] as [RecipientOutcome])
      {
        spool.settle(message.id, .all(message, outcome), now: clock.now)
      }
      spool.close("acme")
      try await spool.flush()
      #expect(spool.lostLeaseCount == 3)
      #expect(spool.acme.queued == 4 && spool.acme.totals.delivered == 0 && spool.acme.totals.failed == 0)
      for record in stolen.compactMap({ $0 }) {
        let now = try #require(try thief.record(record.id))
        #expect(now.lease == record.lease && now.attempts == record.attempts && now.state == .waiting)
      }
    }
  }

  @Test func `what was claimed when the relay was killed is tried in the order of its acceptance, as a first attempt`()
    async throws
  {
    let (storage, clock) = (MemoryStorage(), ManualTime())
    try await withSpool(over: storage, time: clock) { killed in
      killed.open("acme")
      var ids: [MessageID] = []
      for number in 0..<60 {
        ids.append(try await killed.accept(message("\(number)"), now: clock.now))
        clock.advance(by: .milliseconds(7))
      }
      #expect(await killed.take(60).map(\.id) == ids)
      clock.advance(by: .seconds(21))
      try await withSpool(over: storage, time: clock) { next in
        next.open("acme")
        let again = await next.take(60)
        #expect(again.map(\.id) == ids && again.allSatisfy { $0.attempts == 1 })
      }
    }
  }

  @Test func `what another owner has changed is noticed`() async throws {
    let storage = MemoryStorage()
    try await withSpool(over: storage) { spool in
      let ids = try await [spool.accept(message("a"), now: Date()), spool.accept(message("b"), now: Date())]
      let other = MemoryEngine(storage)
      try other.begin(isDurable: true)
      var record = try #require(try other.record(ids[0]))
      record.state = .held
      try other.update(record)
      try other.delete(ids[1])
      try other.commit()
      #expect(try await eventually { spool.acme.heldByHand == 1 && spool.acme.queued == 1 })
    }
  }
}
