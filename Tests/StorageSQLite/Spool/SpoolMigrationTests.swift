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
      try Self.make(Self.versionOne, in: directory)
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
      #expect(try SQLiteStorage.run("PRAGMA user_version", onSpoolIn: directory) == "6")
    }
  }

  @Test func `a spool of version 3 opens with all its mail, and who handed it in`() async throws {
    try await withDirectory { directory in
      try Self.make(Self.versionThree, in: directory)
      let clock = ManualTime(Timestamp(milliseconds: 1_795_942_650_000).date)
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet, time: clock)
      let listed = try await spool.list()
      #expect(listed.map(\.state) == [.waiting, .waiting, .held, .waiting])
      #expect(listed.map(\.source.uid) == [nil, 1004, nil, 0] && listed.allSatisfy { $0.messageID == nil })
      #expect(listed[1].source.words == "app erp (uid 1004, erp.service)")
      #expect(listed[2].source.listener == "127.0.0.1:2525" && listed[2].heldBecause?.hasPrefix("No app") == true)
      #expect(try await spool.list(of: 1004).map(\.id.rawValue) == [2])
      spool.open("acme")
      #expect(await deliver(3, from: spool, at: clock.now) == [1, 2, 4])
      try await spool.flush()
      #expect(try await spool.list().map(\.id.rawValue) == [3])
      await spool.close()
    }
  }

  @Test func `a spool of version 4 opens with all its mail, its Message-IDs and its history, and drains`() async throws
  {
    try await withDirectory { directory in
      try Self.make(Self.versionFour, in: directory)
      let clock = ManualTime(Timestamp(milliseconds: 1_795_942_650_000).date)
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet, time: clock)
      let listed = try await spool.list()
      #expect(listed.map(\.state) == [.waiting, .deferred, .held])
      #expect(listed.map { $0.messageID?.description } == ["<1@erp.example>", nil, "<3@erp.example>"])
      #expect(listed.map(\.perhapsSent) == [false, true, false])
      #expect(listed.allSatisfy { $0.unknown == nil && !$0.isPartlyDelivered } && spool.acme.unknown == 0)
      let traced = try await spool.trace(TraceQuery("<1@erp.example>"), of: nil)
      #expect(traced.messages.map(\.entry.id.rawValue) == [1])

      spool.open("acme")
      #expect(await deliver(1, from: spool, at: clock.now) == [1])
      clock.advance(by: .seconds(20))
      #expect(await deliver(1, from: spool, at: clock.now) == [2])
      #expect(try await spool.release(.all(entity: nil), now: clock.now).count == 1)
      #expect(await deliver(1, from: spool, at: clock.now) == [3])
      try await spool.flush()
      #expect(try await spool.list().isEmpty && spool.acme.queued == 0 && spool.acme.totals.delivered == 3)
      await spool.close()
      #expect(try SQLiteStorage.run("PRAGMA user_version", onSpoolIn: directory) == "6")
    }
  }

  @Test func `a spool of version 5 opens with what is unknown, and keeps copies from then on`() async throws {
    try await withDirectory { directory in
      try Self.make(Self.versionFive, in: directory)
      let clock = ManualTime(Timestamp(milliseconds: 1_795_942_650_000).date)
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet, time: clock)
      let listed = try await spool.list()
      #expect(listed.map(\.state) == [.waiting, .unknown, .failed] && listed.allSatisfy { $0.copy == nil })
      #expect(listed[1].unknown?.finding == "not in Sent yet" && listed[1].source.uid == 1004)
      #expect(listed[2].isPartlyDelivered && spool.acme.unknown == 1 && spool.acme.filing == 0)

      spool.open("acme")
      let message = try #require(await spool.take(1).first)
      let copy = SentCopy(sentAt: clock.now, sentAs: nil, messageID: nil)
      var settlement = Settlement.all(message, .delivered("250 OK"))
      settlement.copy = copy
      spool.settle(message.id, settlement, now: clock.now)
      try await spool.flush()
      #expect(try await spool.list(state: .filing).map(\.copy) == [copy])
      await spool.close()
      let again = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet, time: clock)
      #expect(try await again.sentCopies(of: "acme").map(\.id) == [message.id] && again.acme.filing == 1)
      await again.close()
      #expect(try SQLiteStorage.run("PRAGMA user_version", onSpoolIn: directory) == "6")
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

  private static func make(_ database: String, in directory: String) throws {
    let queue = try DatabaseQueue(path: directory + "/spool.sqlite")
    try queue.writeWithoutTransaction { try $0.execute(sql: database) }
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

  /// As version 3 wrote it: of nobody that is known; of an app and a user; held, of an unknown client; of root.
  private static let versionThree = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE entity (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
      accepted INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0, last_delivered_at INTEGER NOT NULL DEFAULT 0,
      last_id INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE message (
      id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL,
      deferred INTEGER NOT NULL, received INTEGER NOT NULL, since INTEGER NOT NULL, attempts INTEGER NOT NULL,
      flags INTEGER NOT NULL, octets INTEGER NOT NULL, file TEXT, envelope BLOB NOT NULL, owner INTEGER,
      term INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX message_due ON message (entity, state, due, deferred);
    CREATE INDEX message_file ON message (file) WHERE file IS NOT NULL;
    CREATE TABLE body (id INTEGER PRIMARY KEY, octets BLOB NOT NULL);
    CREATE TABLE attempt (
      message INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL,
      recipients BLOB NOT NULL, PRIMARY KEY (message, number)) WITHOUT ROWID;
    PRAGMA user_version = 3;
    INSERT INTO entity VALUES (1, 'acme', 4, 0, 0, 0, 4);
    INSERT INTO message VALUES
      (1, 1, 0, 1795942646210, 0, 1795942646210, 1795942646210, 0, 0, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267',
        NULL, 0),
      (2, 1, 0, 1795942646210, 0, 1795942646210, 1795942646210, 0, 32, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267036572701575696420313030342c206572702e736572766963650000000003ec',
        NULL, 0),
      (3, 1, 1, 1795942646210, 0, 1795942646210, 1795942646210, 0, 0, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f726700067569642033332d4e6f20617070206d617463686573207569642033333a206c657474657268656164206170702070656e64696e670e3132372e302e302e313a32353235',
        NULL, 0),
      (4, 1, 0, 1795942646210, 0, 1795942646210, 1795942646210, 0, 32, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f72670000000000000000',
        NULL, 0);
    INSERT INTO body VALUES
      (1, CAST('Subject: 1' || x'0d0a0d0a' AS BLOB)), (2, CAST('Subject: 2' || x'0d0a0d0a' AS BLOB)),
      (3, CAST('Subject: 3' || x'0d0a0d0a' AS BLOB)), (4, CAST('Subject: 4' || x'0d0a0d0a' AS BLOB));
    """

  /// As version 4 wrote it: of an app and a user; deferred, and perhaps sent; held, of an unknown client.
  private static let versionFour = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE entity (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
      accepted INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0, last_delivered_at INTEGER NOT NULL DEFAULT 0,
      last_id INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE message (
      id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL,
      deferred INTEGER NOT NULL, received INTEGER NOT NULL, since INTEGER NOT NULL, attempts INTEGER NOT NULL,
      flags INTEGER NOT NULL, octets INTEGER NOT NULL, file TEXT, envelope BLOB NOT NULL, owner INTEGER,
      term INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX message_due ON message (entity, state, due, deferred);
    CREATE INDEX message_file ON message (file) WHERE file IS NOT NULL;
    CREATE TABLE body (id INTEGER PRIMARY KEY, octets BLOB NOT NULL);
    CREATE TABLE attempt (
      message INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL,
      recipients BLOB NOT NULL, PRIMARY KEY (message, number)) WITHOUT ROWID;
    CREATE TABLE history (
      id INTEGER PRIMARY KEY, ended INTEGER NOT NULL, entity INTEGER NOT NULL, marks BLOB NOT NULL, entry BLOB NOT NULL);
    PRAGMA user_version = 4;
    INSERT INTO entity VALUES (1, 'acme', 3, 0, 0, 0, 3);
    INSERT INTO message VALUES
      (1, 1, 0, 1795942646210, 0, 1795942646210, 1795942646210, 0, 32, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267036572701575696420313030342c206572702e7365727669636500000f3c31406572702e6578616d706c653e000003ec',
        NULL, 0),
      (2, 1, 0, 1795942668959, 1, 1795942645970, 1795942645970, 1, 18, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267',
        NULL, 1),
      (3, 1, 1, 1795942646210, 0, 1795942646210, 1795942646210, 0, 0, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f72670006756964203333164e6f20617070206d617463686573207569642033332e0e3132372e302e302e313a323532350f3c33406572702e6578616d706c653e',
        NULL, 0);
    INSERT INTO body VALUES
      (1, CAST('Subject: 1' || x'0d0a0d0a' AS BLOB)), (2, CAST('Subject: 2' || x'0d0a0d0a' AS BLOB)),
      (3, CAST('Subject: 3' || x'0d0a0d0a' AS BLOB));
    INSERT INTO attempt VALUES
      (2, 1, 1795942645977, 'The line broke.', x'0101036164610b6578616d706c652e6f7267011334353020342e322e3020547279206c61746572');
    """

  /// As version 5 wrote it: waiting; unknown, of an app and a user; failed for one recipient while another has it.
  private static let versionFive = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE entity (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
      accepted INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0, last_delivered_at INTEGER NOT NULL DEFAULT 0,
      last_id INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE message (
      id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL,
      deferred INTEGER NOT NULL, received INTEGER NOT NULL, since INTEGER NOT NULL, attempts INTEGER NOT NULL,
      flags INTEGER NOT NULL, octets INTEGER NOT NULL, file TEXT, envelope BLOB NOT NULL, owner INTEGER,
      term INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX message_due ON message (entity, state, due, deferred);
    CREATE INDEX message_file ON message (file) WHERE file IS NOT NULL;
    CREATE TABLE body (id INTEGER PRIMARY KEY, octets BLOB NOT NULL);
    CREATE TABLE attempt (
      message INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL,
      recipients BLOB NOT NULL, PRIMARY KEY (message, number)) WITHOUT ROWID;
    CREATE TABLE history (
      id INTEGER PRIMARY KEY, ended INTEGER NOT NULL, entity INTEGER NOT NULL, marks BLOB NOT NULL, entry BLOB NOT NULL);
    PRAGMA user_version = 5;
    INSERT INTO entity VALUES (1, 'acme', 3, 0, 1, 0, 3);
    INSERT INTO message VALUES
      (1, 1, 0, 1795942646210, 0, 1795942646210, 1795942646210, 0, 0, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267',
        NULL, 0),
      (2, 1, 4, 1795942668959, 1, 1795942645970, 1795942645970, 1, 178, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010001036164610b6578616d706c652e6f7267036572701575696420313030342c206572702e7365727669636500000f3c32406572702e6578616d706c653ed98198b4a2340101036164610b6578616d706c652e6f72670f3c32406572702e6578616d706c653e01066f66666963650c61636d652e6578616d706c650f6e6f7420696e2053656e7420796574000003ec',
        NULL, 1),
      (3, 1, 2, 1795942646210, 0, 1795942646210, 1795942646210, 1, 80, 14, NULL,
        x'0103657270096c6f63616c686f7374113132372e302e302e31202870726f626529010101036576650b6578616d706c652e6f72671635353020352e312e31204e6f20737563682075736572',
        NULL, 1);
    INSERT INTO body VALUES
      (1, CAST('Subject: 1' || x'0d0a0d0a' AS BLOB)), (2, CAST('Subject: 2' || x'0d0a0d0a' AS BLOB)),
      (3, CAST('Subject: 3' || x'0d0a0d0a' AS BLOB));
    INSERT INTO attempt VALUES
      (2, 1, 1795942645977, 'The message was handed over whole.', x'00'),
      (3, 1, 1795942645977, '', x'0101036576650b6578616d706c652e6f7267021635353020352e312e31204e6f20737563682075736572');
    """
}
