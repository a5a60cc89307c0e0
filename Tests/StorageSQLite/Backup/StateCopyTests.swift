// A copy of the state beside a relay that works, and what it becomes elsewhere.

import FoundationEssentials
import GRDB
import Glibc
import Mailboxes
import Message
import Platform
import Spool
import StorageConformance
import Testing

@testable import StorageSQLite

@Suite struct StateCopyTests {
  /// A state directory with saved connections and a queue that is open, as a relay has it.
  private func withState(_ body: (StateDirectory, Spool) async throws -> Void) async throws {
    try await withDirectory { path in
      let spool = try SQLiteStorage.openSpool(directory: path, minimumFree: 0, log: quiet)
      _ = try SQLiteStorage.openMailboxes(in: path, entities: [], credentials: nil)
      try await body(try StateDirectory(existing: path), spool)
      await spool.close()
    }
  }

  private func acceptLarge(into spool: Spool) async throws {
    let writer = try await spool.startBody()
    try await writer.append([UInt8](repeating: 0x61, count: 100_000))
    var large = message()
    large.content = .stored(try await writer.finish())
    try await spool.accept(large, now: Date())
  }

  /// What a relay finds that starts on the copy.
  private func restore(
    _ copy: StateCopy, _ queue: RestoredQueue, _ body: (Spool) async throws -> Void
  ) async throws {
    _ = try RestoredState(in: copy.folder).prepare(queue, reason: "a backup", log: quiet)
    let spool = try SQLiteStorage.openSpool(directory: copy.folder, minimumFree: 0, log: quiet)
    try await body(spool)
    await spool.close()
  }

  @Test func `the copy of a working queue has its messages, held until a person decides`() async throws {
    try await withState { directory, spool in
      try await acceptLarge(into: spool)
      for _ in 0..<3 { try await spool.accept(message(), now: Date()) }
      spool.open("acme")
      _ = await spool.claim("acme", atMost: 2)
      let copy = try SQLiteStorage.copyState(of: directory, into: "copy", keepingFree: 0)
      #expect(copy.queued == 4 && copy.failed == 0 && copy.bodies.count == 1)
      try await restore(copy, .held) { restored in
        let list = try await restored.list()
        #expect(list.map(\.state) == [.held, .held, .held, .held])
        #expect(list.allSatisfy { $0.heldBecause == "a backup" })
        restored.open("acme")
        #expect(try await restored.release(.all(entity: nil), now: Date()).count == 4)
        #expect(await restored.take(4).count == 4)
      }
    }
  }

  @Test func `or due at once, those too that the relay had claimed`() async throws {
    try await withState { directory, spool in
      for _ in 0..<3 { try await spool.accept(message(), now: Date()) }
      spool.open("acme")
      _ = await spool.claim("acme", atMost: 2)
      let copy = try SQLiteStorage.copyState(of: directory, into: "copy", keepingFree: 0)
      try await restore(copy, .due) { restored in
        restored.open("acme")
        #expect(await restored.take(3).count == 3)
      }
    }
  }

  @Test func `what a person had held stays held, and an entity that was on hold is named`() async throws {
    try await withDirectory { path in
      let spool = try SQLiteStorage.openSpool(directory: path, minimumFree: 0, log: quiet)
      let store = try SQLiteStorage.openMailboxes(in: path, entities: [], credentials: nil)
      let directory = try StateDirectory(existing: path)
      for _ in 0..<3 { try await spool.accept(message(), now: Date()) }
      let first = try #require(try await spool.list().first)
      #expect(try await spool.hold(.ids([first.id]), now: Date()).count == 1)
      _ = try await store.hold("acme", by: Requester(key: "uid:0", name: "root"), at: Date())
      for queue in [RestoredQueue.due, .held] {
        let copy = try SQLiteStorage.copyState(of: directory, into: "\(queue)", keepingFree: 0)
        let mail = try RestoredState(in: copy.folder).prepare(queue, reason: "a backup", log: quiet)
        #expect(mail.count == 2 && mail.heldBefore == 1 && mail.entitiesOnHold == ["acme"], "\(queue)")
      }
      let copy = try SQLiteStorage.copyState(of: directory, into: "discard", keepingFree: 0)
      let mail = try RestoredState(in: copy.folder).prepare(.discard, reason: "a backup", log: quiet)
      #expect(mail.count == 3 && mail.heldBefore == 0 && mail.entitiesOnHold == ["acme"])
      #expect(mail.queued == 3 && mail.failed == 0)
      await spool.close()
    }
  }

  @Test func `or left out, with their bodies`() async throws {
    try await withState { directory, spool in
      try await acceptLarge(into: spool)
      try await spool.accept(message(), now: Date())
      let copy = try SQLiteStorage.copyState(of: directory, into: "copy", keepingFree: 0)
      try await restore(copy, .discard) { restored in
        let list = try await restored.list()
        let bodies = try FileManager.default.contentsOfDirectory(atPath: copy.folder + "/bodies")
        #expect(list.isEmpty && bodies.isEmpty)
      }
    }
  }

  @Test func `what was delivered while the copy was made is not in it`() async throws {
    try await withState { directory, spool in
      for _ in 0..<2 { try await acceptLarge(into: spool) }
      try directory.makeDirectory("copy")
      try directory.makeDirectory("copy/bodies")
      _ = try SQLiteStorage.copyDatabase("spool.sqlite", of: directory, to: directory.file("copy"))
      // Between the copy of the database and the links of the bodies, one message is deleted with its body.
      let first = try #require(try await spool.list().first)
      #expect(try await spool.delete(.ids([first.id]), now: Date()).count == 1)
      try await spool.flush()
      let copy = SpoolCopy(path: directory.file("copy/spool.sqlite"), origin: directory.database)
      let linked = try copy.linkBodies(from: directory.file("bodies"), to: directory.file("copy/bodies"))
      #expect(linked.count == 1)
      #expect(try copy.counts().queued == 1)
      #expect(try copy.namedBodies().map(\.name) == linked)
    }
  }

  @Test func `a body that is lost does not take its message along`() async throws {
    try await withState { directory, spool in
      try await acceptLarge(into: spool)
      let name = try #require(try directory.names(in: "bodies").first)
      unlink(directory.file("bodies/\(name)"))
      let copy = try SQLiteStorage.copyState(of: directory, into: "copy", keepingFree: 0)
      #expect(copy.queued == 1 && copy.bodies.isEmpty)
      #expect(throws: StateCopyError.bodiesMissing(count: 1)) {
        try RestoredState(in: copy.folder).prepare(.held, reason: "", log: quiet)
      }
    }
  }

  @Test func `a disk without room is told before anything is written`() async throws {
    try await withState { directory, _ in
      #expect(throws: StateCopyError.self) {
        try SQLiteStorage.copyState(of: directory, into: "copy", keepingFree: .max / 2)
      }
      #expect(access(directory.file("copy"), F_OK) != 0)
    }
  }

  @Test func `a damaged copy is refused`() async throws {
    try await withState { directory, spool in
      for _ in 0..<500 { try await spool.accept(message(), now: Date()) }
      let copy = try SQLiteStorage.copyState(of: directory, into: "copy", keepingFree: 0)
      let path = copy.folder + "/spool.sqlite"
      let file = try Descriptor.open(path, O_RDWR)
      lseek(file.number, 3 * 4096, SEEK_SET)
      try file.write([UInt8](repeating: 0xff, count: 8 * 4096))
      #expect(throws: StateCopyError.self) {
        try RestoredState(in: copy.folder).prepare(.held, reason: "", log: quiet)
      }
    }
  }

  @Test func `the schema is told by the first octets of a file`() async throws {
    try await withState { directory, _ in
      let copy = try SQLiteStorage.copyState(of: directory, into: "copy", keepingFree: 0)
      #expect(copy.spoolSchema == SQLiteStorage.spoolSchema)
      #expect(copy.connectionsSchema == SQLiteStorage.connectionsSchema)
      #expect(DatabaseHeader([UInt8](repeating: 0, count: 100)) == nil && DatabaseHeader([]) == nil)
    }
  }
}
