// A spool that an earlier version of Letterhead has left behind.

import StorageConformance
import FoundationEssentials
import GRDB
import Message
import Spool
import Support
import Testing

@testable import StorageSQLite

@Suite struct SpoolMigrationTests {
  @Test func `a spool of version 1 opens with all its mail and drains`() async throws {
    try await withDirectory { directory in
      try Self.makeVersionOne(in: directory)
      // Between the due times of the fixture.
      let clock = ManualTime(Timestamp(milliseconds: 1_795_942_650_000).date)
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet, time: clock)
      let states = try await spool.list().map(\.state)
      #expect(states == [.waiting, .waiting, .deferred, .failed, .held, .waiting])
      #expect(spool.acme.queued == 5 && spool.acme.failed == 1 && spool.acme.heldByHand == 1)
      #expect(spool.acme.totals == Counts.Totals(accepted: 6, delivered: 0, failed: 1))
      let failed = try #require(try await spool.show(MessageID(rawValue: 4)))
      #expect(failed.message.source == MessageSource(client: "127.0.0.1 (probe)"))
      #expect(failed.recipients.map(\.failure) == ["550 5.1.1 No such user"] && failed.attempts.count == 1)

      spool.open("acme")
      #expect(await deliver(2, from: spool, at: clock.now) == [1, 6], "the second was claimed when its process died")
      clock.advance(by: .seconds(20))
      #expect(await deliver(2, from: spool, at: clock.now) == [2, 3])
      #expect(try await spool.release(.all(entity: nil), now: clock.now).count == 1)
      #expect(try await spool.retry(.ids([MessageID(rawValue: 4)]), now: clock.now).count == 1)
      #expect(await Set(deliver(2, from: spool, at: clock.now)) == [4, 5])
      try await spool.flush()
      #expect(try await spool.list().isEmpty && spool.acme.queued == 0 && spool.acme.totals.delivered == 6)
      #expect(try await spool.accept(message(), now: clock.now).rawValue == 8, "ids are not given again")
      await spool.close()
      #expect(try SQLiteStorage.run("PRAGMA user_version", onSpoolIn: directory) == "3")
    }
  }

  /// - Returns: the ids, in the order in which they were claimed; of each the body is complete.
  private func deliver(_ count: Int, from spool: Spool, at time: Date) async -> [Int64] {
    var ids: [Int64] = []
    for message in await spool.take(count) {
      ids.append(message.id.rawValue)
      if message.id.rawValue == 6 {
        guard case .stored(let body) = message.content else { return [] }
        #expect((try? await body.reader().next())?.count == 1000)
      } else {
        guard case .octets(let octets) = message.content else { return [] }
        #expect(String(decoding: octets, as: UTF8.self) == "Subject: \(message.id)\r\n\r\n")
      }
      spool.settle(message.id, .all(message, .delivered("250 2.0.0 OK")), now: time)
    }
    return ids
  }

  private static func makeVersionOne(in directory: String) throws {
    let queue = try DatabaseQueue(path: directory + "/spool.sqlite")
    try queue.writeWithoutTransaction { try $0.execute(sql: versionOne) }
    try queue.close()
    try FileManager.default.createDirectory(atPath: directory + "/bodies", withIntermediateDirectories: false)
    try Data(repeating: 0x61, count: 1000).write(to: URL(fileURLWithPath: directory + "/bodies/2g41tqhoqy6tv"))
  }

  /// As version 1 wrote it: waiting; claimed by a process that was killed; deferred; failed; held; with a large body. The
  /// last id given is that of a message that is gone.
  private static let versionOne = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE entity (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
      accepted INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0, last_delivered_at INTEGER NOT NULL DEFAULT 0,
      last_id INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE message (
      id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL,
      deferred INTEGER NOT NULL, received INTEGER NOT NULL, since INTEGER NOT NULL, attempts INTEGER NOT NULL,
      flags INTEGER NOT NULL, octets INTEGER NOT NULL, file TEXT, envelope BLOB NOT NULL);
    CREATE INDEX message_due ON message (entity, state, due, deferred);
    CREATE INDEX message_file ON message (file) WHERE file IS NOT NULL;
    CREATE TABLE body (id INTEGER PRIMARY KEY, octets BLOB NOT NULL);
    CREATE TABLE attempt (
      message INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL,
      recipients BLOB NOT NULL, PRIMARY KEY (message, number)) WITHOUT ROWID;
    PRAGMA user_version = 1;
    INSERT INTO entity VALUES (1, 'acme', 6, 0, 1, 0, 7);
    INSERT INTO message VALUES
      (1, 1, 0, 1795942646210, 0, 1795942646210, 1795942646210, 0, 0, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267'),
      (2, 1, 0, 1795942667293, 0, 1795942645924, 1795942645924, 1, 0, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267'),
      (3, 1, 0, 1795942668959, 1, 1795942645970, 1795942645970, 1, 16, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267'),
      (4, 1, 2, 1795942646044, 0, 1795942646027, 1795942646027, 1, 16, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010101036164610b6578616d706c652e6f72671635353020352e312e31204e6f20737563682075736572'),
      (5, 1, 1, 1795942646098, 0, 1795942646098, 1795942646098, 0, 0, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267'),
      (6, 1, 0, 1795942646256, 0, 1795942646256, 1795942646256, 0, 0, 1000, '2g41tqhoqy6tv',
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267');
    INSERT INTO body VALUES
      (1, CAST('Subject: 1' || x'0d0a0d0a' AS BLOB)), (2, CAST('Subject: 2' || x'0d0a0d0a' AS BLOB)),
      (3, CAST('Subject: 3' || x'0d0a0d0a' AS BLOB)), (4, CAST('Subject: 4' || x'0d0a0d0a' AS BLOB)),
      (5, CAST('Subject: 5' || x'0d0a0d0a' AS BLOB));
    INSERT INTO attempt VALUES
      (3, 1, 1795942645977, '', x'0101036164610b6578616d706c652e6f7267011334353020342e322e3020547279206c61746572'),
      (4, 1, 1795942646044, '',
        x'0101036164610b6578616d706c652e6f7267021635353020352e312e31204e6f20737563682075736572');
    """
}
