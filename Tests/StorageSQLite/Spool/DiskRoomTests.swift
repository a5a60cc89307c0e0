// A disk that the queue fills: what is accepted can always be taken out again, and then there is room again.

import StorageConformance
import FoundationEssentials
import Glibc
import SMTP
import Spool
import Synchronization
import Testing

@testable import StorageSQLite

private let kibi: Int64 = 1 << 10

@Suite struct DiskRoomTests {
  @Test(arguments: [
    (DiskRoom(), true, "nobody measured: there is plenty"),
    (DiskRoom(free: 75 * kibi), false, "the log and the database grow by it, and less than the minimum is left"),
    (DiskRoom(free: 84 * kibi), true, "just enough for both and the minimum"),
    (DiskRoom(free: 63 * kibi, inLog: 10 * kibi, inDatabase: 10 * kibi), false, "no room to take it out again"),
    (DiskRoom(free: 0, inLog: 74 * kibi, inDatabase: 74 * kibi), true, "what was sent left room for it, and more"),
    (DiskRoom(free: 0, inLog: 74 * kibi, inDatabase: 73 * kibi), false, "the database would have to grow"),
    (DiskRoom(free: -1, inLog: 1 << 30, inDatabase: 1 << 30), false, "the log does not even fit in as it is"),
  ])
  func `ten kibibytes, where 64 are to stay free`(room: DiskRoom, isTaken: Bool, why: String) {
    #expect((room.capacity(keeping: 64 * kibi) >= 10 * kibi) == isTaken, "\(why)")
  }

  @Test func `so many octets fit that one more would be too many`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<1000 {
      let (free, inLog, inDatabase, minimum) = (
        Int64.random(in: 0...100, using: &random), Int64.random(in: 0...100, using: &random),
        Int64.random(in: 0...100, using: &random), Int64.random(in: 0...100, using: &random)
      )
      func growth(_ octets: Int64) -> Int64 { max(0, octets - inLog) + max(0, octets - inDatabase) }
      func fits(_ octets: Int64) -> Bool { growth(octets) + minimum <= free || growth(octets + minimum) <= free }
      let capacity = DiskRoom(free: free, inLog: inLog, inDatabase: inDatabase).capacity(keeping: minimum)
      #expect(
        capacity < 0 ? !fits(0) : fits(capacity) && !fits(capacity + 1), "\(free) \(inLog) \(inDatabase) \(minimum)")
    }
  }

  @Test func `a minimum that no disk has can still be counted with`() {
    #expect(DiskRoom(free: 1 << 50).capacity(keeping: 1 << 60) < 0)
  }

  /// A disk of 3 MiB on which nothing but the spool stands.
  private func withSmallDisk(_ body: (Spool, _ mostUsed: () -> Int64) async throws -> Void) async throws {
    try await withDirectory { directory in
      let size: Int64 = 3 << 20
      let mostUsed = Mutex<Int64>(0)
      let spool = try SQLiteStorage.openSpool(
        directory: directory, minimumFree: 256 * kibi, log: quiet,
        freeOctets: {
          let used = octets(in: directory)
          mostUsed.withLock { $0 = max($0, used) }
          return size - used
        })
      try await body(spool) { mostUsed.withLock { $0 } }
      await spool.close()
    }
  }

  private func fill(_ spool: Spool, octets: Int) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for client in 0..<10 {
        group.addTask {
          for number in 0..<100_000 {
            do throws(SpoolError) {
              try await spool.accept(message("\(client) \(number)", octets: octets), now: Date())
            } catch .full {
              return number
            }
          }
          throw SpoolError.closed
        }
      }
      return try await group.reduce(0, +)
    }
  }

  @Test(arguments: [500, 4000, 100_000])
  func `a disk that the queue has filled has room again when the queue has left`(octets: Int) async throws {
    try await withSmallDisk { spool, mostUsed in
      for _ in 0..<2 {
        let filled = try await fill(spool, octets: octets)
        #expect(filled > 1_000_000 / (octets + 9000), "most of what half the disk has room for")
        #expect(spool.acme.queued == filled)
        spool.open("acme")
        for claimed in await spool.take(filled) {
          spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date())
        }
        #expect(try await eventually { spool.acme.queued == 0 })
        spool.close("acme")
        try await spool.flush()
        for number in 0..<20 { try await spool.accept(message("\(number)", octets: min(octets, 4000)), now: Date()) }
        spool.open("acme")
        for claimed in await spool.take(20) {
          spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date())
        }
        #expect(try await eventually { spool.acme.queued == 0 })
        spool.close("acme")
      }
      #expect(mostUsed() <= 3 << 20, "never more than there is")
    }
  }

  /// Of what the disk has, all but the room that mail may take.
  @Test func `on a full disk no history is written, and what there is makes room for mail`() async throws {
    try await withDirectory { directory in
      let free = Mutex<Int64>(1 << 30)
      let spool = try SQLiteStorage.openSpool(
        directory: directory, minimumFree: 1 << 20, log: quiet, freeOctets: { free.withLock { $0 } })
      spool.setHistory(HistorySettings())
      spool.open("acme")
      func deliver(_ count: Int) async throws {
        for number in 0..<count { try await spool.accept(message("\(number)"), now: Date()) }
        for claimed in await spool.take(count) {
          spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date())
        }
        try await spool.flush()
      }
      try await deliver(50)
      #expect(try await spool.trace(TraceQuery("17"), of: nil).messages.count == 1)
      // Mail is still taken.
      free.withLock { $0 = 8 << 20 }
      #expect(
        try await eventually {
          try await spool.flush(); return try await spool.trace(TraceQuery("17"), of: nil).messages.isEmpty
        })
      try await deliver(5)
      #expect(try await spool.trace(TraceQuery("55"), of: nil).messages.isEmpty, "not written")
      free.withLock { $0 = 1 << 30 }
      try await spool.flush()
      // The gauge asks once a second where there is plenty.
      #expect(
        try await eventually {
          let id = try await spool.accept(message(), now: Date())
          for claimed in await spool.take(1) { spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date()) }
          try await spool.flush()
          return try await spool.trace(TraceQuery("\(id)"), of: nil).messages.count == 1
        })
      await spool.close()
    }
  }

  @Test func `deferrals and reports fit as well on a full disk`() async throws {
    try await withSmallDisk { spool, mostUsed in
      let filled = try await fill(spool, octets: 2000)
      spool.open("acme")
      for claimed in await spool.take(filled) {
        spool.settle(claimed.id, .all(claimed, .deferred("452 4.2.2 full"), due: Date() + 3600), now: Date())
      }
      #expect(try await eventually { spool.acme.deferred == filled })
      #expect(mostUsed() <= 3 << 20)
    }
  }
}

/// As a file system counts them, but for what the log's index takes: that is not stored.
private func octets(in directory: String) -> Int64 {
  ["spool.sqlite", "spool.sqlite-wal"].reduce(0) { sum, name in
    var status = stat()
    return stat("\(directory)/\(name)", &status) == 0 ? sum + Int64(status.st_size) : sum
  }
}
