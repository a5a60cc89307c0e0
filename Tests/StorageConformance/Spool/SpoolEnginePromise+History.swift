import FoundationEssentials
import Message
import SMTP
import Spool
import Testing

extension SpoolEnginePromise {
  static let history = [
    SpoolEnginePromise("a row of the history reads as it was written, by engine and reader, and one replaces another") {
      storage in
      let engine = try storage.open()
      for ending in endings {
        var whole = entry(7, ending)
        whole.firstAttemptAt = noon + .seconds(1)
        whole.source = MessageSource(client: "::1 (a)", app: "erp", uid: .max, identity: "uid 0, erp.service")
        whole.recipients += [.init(address: nil, fate: .waiting), .init(address: "@x", fate: .failed("550 é"))]
        (whole.attempts, whole.words, whole.sentAs) = (2, "250 \u{0}OK", "office@acme.example")
        whole.providerIDs = ["<a@b>", "17"]
        whole.sentCopy = "filed in \"Gesendet\""
        try engine.accept()
        try engine.transact { try $0.addHistory([whole]) }
        #expect(try engine.history(of: whole.id) == whole && storage.reader.history(of: whole.id) == whole)
      }
      let bare = HistoryEntry(
        id: MessageID(rawValue: 8), entity: "acme", receivedAt: noon, octetCount: 0, source: MessageSource(client: ""),
        messageID: nil, sender: nil, endedAt: noon)
      try engine.transact { try $0.addHistory([bare]) }
      #expect(try engine.history(of: bare.id) == bare && engine.history(of: MessageID(rawValue: 9)) == nil)
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("the history of a transaction that is rolled back is as it was") { storage in
      let engine = try storage.open()
      try engine.accept()
      try engine.begin(isDurable: true)
      try engine.addHistory([entry(1, .delivered)])
      engine.rollback()
      #expect(try engine.history(of: MessageID(rawValue: 1)) == nil && storage.reader.historyBegins() == nil)
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("rows are found by each of their keys, of one user or of all, the newest first") { storage in
      let engine = try storage.open()
      try engine.accept()
      var others = entry(2, .failed)
      others.source.uid = 33
      others.recipients = [.init(address: "Bob@Example.org", fate: .delivered)]
      try engine.transact { try $0.addHistory([entry(1, .delivered), others, entry(3, .delivered, after: anHour)]) }
      func found(_ keys: [String], of uid: UInt32? = nil, since: Timestamp = noon, limit: Int = 9) throws -> [Int64] {
        try storage.reader.history(keyed: keys, of: uid, since: since, limit: limit).map(\.id.rawValue)
      }
      #expect(try found(["ada@example.org"]) == [3, 1] && found(["bob@example.org"]) == [2])
      #expect(
        try found(["a.2@erp.example"]) == [2] && found(["queue-2"]) == [2] && found(["erp@localhost"]) == [3, 2, 1])
      #expect(try found(["bob@example.org", "a.1@erp.example"]) == [2, 1])
      #expect(try found(["erp@localhost"], of: 33) == [2] && found(["ada@example.org"], of: 33).isEmpty)
      #expect(try found(["erp@localhost"], since: noon + .seconds(1)) == [3])
      #expect(try found(["erp@localhost"], limit: 2) == [3, 2] && found([]).isEmpty && found(["example.org"]).isEmpty)
      #expect(try storage.reader.historyBegins() == noon)
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("too many rows go by their numbers, too old ones by their age, in portions") { storage in
      let engine = try storage.open()
      try engine.accept()
      try engine.transact { engine in
        try engine.addHistory((1...30).map { entry($0, .delivered, after: .seconds($0)) })
        // Of a low number, and it ended late.
        try engine.addHistory([entry(3, .delivered, after: anHour)])
      }
      func prune(_ before: Duration, _ most: Int, _ portion: Int) throws -> Int {
        try engine.transact {
          try $0.pruneHistory(beyond: HistoryLimit(endedBefore: noon + before, most: most), atMost: portion)
        }
      }
      func left() throws -> [Int64] {
        try storage.reader.history(keyed: ["erp@localhost"], of: nil, since: noon, limit: 99).map(\.id.rawValue)
          .reversed()
      }
      #expect(try prune(.zero, 100, 10) == 0 && left().count == 30)
      #expect(try prune(.zero, 25, 4) == 4 && prune(.zero, 25, 4) == 1 && prune(.zero, 25, 4) == 0)
      #expect(try left() == (6...30).map { $0 })
      // The oldest by number is the youngest by age.
      try engine.transact { try $0.addHistory([entry(6, .delivered, after: anHour)]) }
      var rounds = 0
      while try left().count > 11, rounds < 50 { rounds += try prune(.seconds(21), 100, 2) == 0 ? 1 : 0 }
      #expect(try left() == [6] + (21...30).map { $0 })
      #expect(try prune(.seconds(22), 0, 100) > 0 && left().isEmpty)
      storage.reader.close()
      try engine.close()
    },
  ]

  private static let endings: [HistoryEntry.Ending] = [.open, .delivered, .failed, .expired, .deleted(by: "mara")]

  private static func entry(
    _ id: Int64, _ ending: HistoryEntry.Ending, after span: Duration = .zero
  ) -> HistoryEntry {
    var entry = HistoryEntry(
      id: MessageID(rawValue: id), entity: "acme", receivedAt: noon, octetCount: 99,
      source: MessageSource(client: "127.0.0.1 (erp)"), messageID: InternetMessageID("<a.\(id)@erp.example>".utf8),
      sender: "erp@localhost", endedAt: noon + span)
    entry.ending = ending
    entry.recipients = [.init(address: "ada@example.org", fate: .delivered)]
    entry.providerIDs = ["queue-\(id)"]
    return entry
  }
}
