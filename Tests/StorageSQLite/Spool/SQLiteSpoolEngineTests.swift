import StorageConformance
import FoundationEssentials
import Logging
import Message
import Spool
import Platform
import Testing

@testable import StorageSQLite

@Suite struct SQLiteSpoolEngineTests {
  @Test(arguments: SpoolEnginePromise.all)
  func `the engine does what every engine must do`(_ promise: SpoolEnginePromise) async throws {
    try await withDirectory { directory in
      let settings = SQLiteSpoolEngine.Settings(
        path: directory + "/spool.sqlite", lock: nil, freeOctets: { nil }, log: quiet)
      let storage = EngineUnderTest(reader: SQLiteSpoolReader(path: settings.path)) { () throws(EngineFailure) in
        try SQLiteSpoolEngine(settings, wake: {})
      }
      try promise.check(storage)
    }
  }

  @Test func `a message whose body or envelope has gone from the database is set aside and named`() async throws {
    try await withDirectory { directory in
      var spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      for text in ["bodiless", "without an envelope"] { try await spool.accept(message(text), now: .now) }
      await spool.close()
      try SQLiteStorage.run("DELETE FROM body WHERE id = 1", onSpoolIn: directory)
      try SQLiteStorage.run("UPDATE message SET envelope = x'FF' WHERE id = 2", onSpoolIn: directory)
      spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      spool.open("acme")
      #expect(try await eventually { spool.acme.damaged == 2 })
      let damaged = try await spool.list(state: .damaged)
      #expect(damaged.map(\.words) == ["damaged in the spool", "damaged in the spool"])
      #expect(spool.acme.queued == 0 && spool.acme.failed == 0 && spool.acme.totals.failed == 2)
      #expect(try await spool.retry(.all(entity: nil), now: .now).count == 0)
      #expect(try await spool.delete(.ids(damaged.map(\.id)), now: .now).count == 2 && spool.acme.damaged == 0)
      await spool.close()
    }
  }

  @Test func `the index alone answers how much is queued, however much that is`() async throws {
    try await withDirectory { directory in
      await (try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)).close()
      let connection = try SpoolConnection(path: directory + "/spool.sqlite")
      let plan = try connection.prepare("EXPLAIN QUERY PLAN " + SQL.census).all { $0.text(3) ?? "" }
      #expect(plan == ["SCAN message USING COVERING INDEX message_due"])
      try connection.close()
    }
  }

  @Test func `half a million queued messages are counted as the spool opens`() async throws {
    try await withDirectory { directory in
      var spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      try await spool.accept(message(), now: .now)
      await spool.close()
      try SQLiteStorage.run(
        """
        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
        INSERT INTO message SELECT i, 1, 0, received + i, i % 2, received + i, since + i, 0, 0, 100, NULL, envelope,
          NULL, 0 FROM n, message WHERE id = 1
        """, onSpoolIn: directory)
      spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      #expect(spool.acme.queued == 500_000 && spool.acme.deferred == 250_000 - 1)
      await spool.close()
    }
  }
}

extension SQLiteSpoolEngineTests {
  @Test func `a message is found by each of its names behind a hundred thousand later ones, after a restart`()
    async throws
  {
    try await withDirectory { directory in
      func entry(_ id: Int64, _ name: String) -> HistoryEntry {
        var entry = HistoryEntry(
          id: MessageID(rawValue: id), entity: "acme", receivedAt: Timestamp(Date()), octetCount: 4096,
          source: MessageSource(client: "127.0.0.1 (erp)", app: "erp", uid: 1004, identity: "uid 1004, erp.service"),
          messageID: InternetMessageID("<\(name)@erp.example>".utf8), sender: "erp@localhost",
          endedAt: Timestamp(Date()))
        entry.recipients = [.init(address: "\(name)@example.org", fate: .delivered)]
        (entry.ending, entry.words) = (.delivered, "250 2.0.0 OK <\(name)@eurprd05.prod.outlook.com>")
        entry.providerIDs = ["\(name)@eurprd05.prod.outlook.com"]
        return entry
      }
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      try await spool.accept(message(), now: Date())
      await spool.close()
      let connection = try SpoolConnection(path: directory + "/spool.sqlite")
      let insert = connection.statements.insertHistory
      try connection.begin()
      for id in 1...100_001 as ClosedRange<Int64> {
        let entry = entry(id, id == 1 ? "tuesday" : "n\(id)")
        insert.bind(id, entry.endedAt.milliseconds, 1)
        insert.bind(entry.marks, at: 4)
        try insert.run(binding: entry.packed, at: 5)
      }
      try connection.commit()
      try connection.close()
      let reading = try SQLiteStorage.openSpoolReadOnly(directory: directory, log: quiet)
      for name in ["tuesday@erp.example", "tuesday@eurprd05.prod.outlook.com", "tuesday@example.org"] {
        #expect(try await reading.trace(TraceQuery(name), of: nil).messages.map(\.entry.id.rawValue) == [1], "\(name)")
      }
      await reading.close()
    }
  }
}
