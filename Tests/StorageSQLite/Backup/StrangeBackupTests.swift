// A backup is a file that somebody gives us: what a queue in it says is not acted on before it was looked at.

import FoundationEssentials
import GRDB
import Message
import Platform
import Spool
import StorageConformance
import Testing

@testable import StorageSQLite

@Suite struct StrangeBackupTests {
  /// The copy of a queue with three messages (1, 2 and 3) of acme, changed by `sql`.
  private func withCopy(
    _ sql: String, in file: String = "spool.sqlite", _ body: (RestoredState) throws -> Void
  ) async throws {
    try await withDirectory { path in
      let spool = try SQLiteStorage.openSpool(directory: path, minimumFree: 0, log: quiet)
      _ = try SQLiteStorage.openMailboxes(in: path, entities: [], credentials: nil)
      for _ in 0..<3 { try await spool.accept(message(), now: Date()) }
      let copy = try SQLiteStorage.copyState(of: StateDirectory(existing: path), into: "copy", keepingFree: 0)
      await spool.close()
      try within("\(copy.folder)/\(file)", .writing) { try $0.execute(sql: sql) }
      try body(RestoredState(in: copy.folder))
    }
  }

  private func words(of sql: String, in file: String = "spool.sqlite") async throws -> String {
    var words = ""
    try await withCopy(sql, in: file) { state in
      do {
        _ = try state.prepare(.held, reason: "a backup", log: quiet)
      } catch let error as StateCopyError { words = error.description }
    }
    return words
  }

  @Test(arguments: [
    "../../../outside.txt", "../key", "..", "a/b", "", "A", "line\nfeed", String(repeating: "a", count: 33),
  ])
  func `a message in a file that is no body's is refused`(name: String) async throws {
    let words = try await words(of: "UPDATE message SET file = '\(name)' WHERE id = 2")
    #expect(words.contains("message 2 in the file") && words.contains("Nothing was restored"), "\(words)")
    #expect(!words.contains("\n"))
  }

  @Test(arguments: [
    ("UPDATE message SET id = 9223372036854775807 WHERE id = 3", "a message with the number 9223372036854775807"),
    ("UPDATE message SET id = -1 WHERE id = 3", "a message with the number -1"),
    ("UPDATE entity SET number = 9223372036854775807", "an entity with the number"),
    ("UPDATE entity SET last_id = 9223372036854775807", "for a message's number"),
    ("UPDATE message SET state = 7 WHERE id = 3", "message 3 in a state"),
    ("CREATE TRIGGER t AFTER DELETE ON message BEGIN DELETE FROM body; END", "a trigger \"t\" of its own"),
    ("CREATE VIEW v AS SELECT 1", "a view \"v\" of its own"),
    ("ALTER TABLE message ADD COLUMN more TEXT", "a table \"message\" of its own"),
    ("DROP TABLE history", "no table \"history\""),
  ])
  func `what no relay writes is refused, and named`(sql: String, named: String) async throws {
    let words = try await words(of: sql)
    #expect(words.contains(named) && words.hasPrefix("The spool.sqlite in this backup has"), "\(words)")
  }

  @Test func `in the saved connections, too`() async throws {
    let trigger = "CREATE TRIGGER t AFTER INSERT ON told BEGIN DELETE FROM told; END"
    #expect(
      try await words(of: trigger, in: "mailboxes.sqlite").contains("The mailboxes.sqlite in this backup has a trigger")
    )
    let changed =
      "DROP TRIGGER audit_never_changes; CREATE TRIGGER audit_never_changes AFTER UPDATE ON audit BEGIN SELECT 1; END"
    #expect(try await words(of: changed, in: "mailboxes.sqlite").contains("\"audit_never_changes\""))
  }

  @Test func `what is damaged is told and left alone, and messages of no entity get one`() async throws {
    let sql = """
      UPDATE message SET envelope = x'ff' WHERE id = 1; DELETE FROM body WHERE id = 2;
      UPDATE message SET entity = 999 WHERE id = 3
      """
    for queue in [RestoredQueue.held, .due] {
      try await withCopy(sql) { state in
        let mail = try state.prepare(queue, reason: "a backup", log: quiet)
        #expect(mail.queued == 3 && mail.count == 1 && mail.damaged == IDRuns([1, 2].map(MessageID.init(rawValue:))))
        #expect(mail.entitiesNamed == ["unknown-999"])
      }
    }
  }

  @Test func `every schema that there was is taken for one of a relay`() async throws {
    try await withCopy("") { state in
      for (file, steps) in [("spool.sqlite", SpoolSchema.versions), ("mailboxes.sqlite", MailboxSchema.migrations)] {
        let strange = try within("\(state.folder)/\(file)", .reading) { database in
          try SchemaForm(of: database).strangeBeside(SchemaForm(after: steps, asIn: database))
        }
        #expect(strange == nil, "\(file)")
      }
    }
  }
}

/// A queue that came there by another way than a restore.
@Suite struct StrangeQueueTests {
  private func withQueue(changedBy sql: String, _ body: (Spool) async throws -> Void) async throws {
    try await withDirectory { path in
      let first = try SQLiteStorage.openSpool(directory: path, minimumFree: 0, log: quiet)
      for _ in 0..<2 { try await first.accept(message(), now: Date()) }
      await first.close()
      try SQLiteStorage.run(sql, onSpoolIn: path)
      let spool = try SQLiteStorage.openSpool(directory: path, minimumFree: 0, log: quiet)
      try await body(spool)
      await spool.close()
    }
  }

  @Test(arguments: [
    "UPDATE message SET id = 9223372036854775807 WHERE id = 2", "UPDATE entity SET last_id = 9223372036854775807",
    "UPDATE entity SET number = 9223372036854775807; UPDATE message SET entity = 9223372036854775807",
    "UPDATE message SET term = 9223372036854775807, attempts = 9223372036854775807",
    "UPDATE message SET octets = -9223372036854775808, received = 9223372036854775807",
  ])
  func `numbers at the end of all numbers end nothing`(sql: String) async throws {
    try await withQueue(changedBy: sql) { spool in
      var other = message()
      other.entity = "other"
      try await spool.accept(other, now: Date())
      try await spool.accept(message(), now: Date())
      let ids = try await spool.list().map(\.id)
      #expect(ids.count == 4 && Set(ids).count == 4)
      spool.open("acme")
      _ = await spool.claim("acme", atMost: 2)
    }
  }

  @Test func `a file outside of the bodies is not read, and not deleted with its message`() async throws {
    try await withDirectory { path in
      let outside = path + "/outside.txt"
      try Data("secret".utf8).write(to: URL(fileURLWithPath: outside))
      let state = path + "/state"
      let first = try SQLiteStorage.openSpool(directory: state, minimumFree: 0, log: quiet)
      try await first.accept(message(), now: Date())
      await first.close()
      try SQLiteStorage.run(
        "UPDATE message SET file = '../../outside.txt', octets = 6; DELETE FROM body", onSpoolIn: state)
      let spool = try SQLiteStorage.openSpool(directory: state, minimumFree: 0, log: quiet)
      spool.open("acme")
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      guard case .stored(let body) = claimed.content else {
        Issue.record("not a file")
        return
      }
      await #expect(throws: SpoolError.self) { _ = try await body.reader().next() }
      spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date())
      try await spool.flush()
      await spool.close()
      #expect(try String(contentsOfFile: outside, encoding: .utf8) == "secret")
    }
  }
}
