import Spool
import Testing

extension SpoolEnginePromise {
  static let people = [
    SpoolEnginePromise("messages are listed page by page with what was last said about each") { storage in
      let engine = try storage.open()
      let ids = try (0..<5).map { try engine.accept(message("\($0)", entity: $0 == 3 ? "b" : "acme")) }
      try engine.transact {
        try $0.addAttempt(attempt(1), to: ids[1])
        try $0.addAttempt(attempt(2, words: "421"), to: ids[1])
      }
      let start = MessageID(rawValue: 0)
      let page = try storage.reader.list(entity: nil, state: nil, after: start, limit: 3)
      #expect(page.map(\.record.id) == Array(ids[..<3]) && page.map { $0.lastAttempt?.words } == [nil, "421", nil])
      #expect(
        try storage.reader.list(entity: nil, state: nil, after: ids[2], limit: 3).map(\.record.entity) == ["b", "acme"])
      #expect(try storage.reader.list(entity: "b", state: nil, after: start, limit: 9).map(\.record.id) == [ids[3]])
      storage.reader.close()
      #expect(try storage.reader.list(entity: "c", state: nil, after: start, limit: 9).isEmpty)
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("one user's messages are found among many, a bounded number at a look") { storage in
      let engine = try storage.open()
      let users: [UInt32?] = [33, nil, 1004, 0, 33, 1004, 33, nil, 33]
      let ids = try users.map { uid in
        var new = message(entity: uid == 1004 ? "b" : "acme")
        new.source = MessageSource(client: "127.0.0.1 (erp)", uid: uid, identity: "uid \(uid ?? 33)")
        return try engine.accept(new)
      }
      try engine.change(ids[4]) { $0.state = .failed }
      func found(
        _ uid: UInt32, of entity: String? = nil, _ state: ListedMessage.State? = nil, limit: Int, lookingAt most: Int
      ) throws -> [[Int]] {
        var pages: [[Int]] = []
        var place: MessageID? = MessageID(rawValue: 0)
        while let after = place {
          let (page, next) = try storage.reader.list(
            of: uid, entity: entity, state: state, after: after, limit: limit, lookingAt: most)
          pages.append(page.compactMap { ids.firstIndex(of: $0.record.id) })
          place = next
        }
        return pages
      }
      #expect(try found(33, limit: 9, lookingAt: 99) == [[0, 4, 6, 8]])
      #expect(try found(33, limit: 9, lookingAt: 3).map { $0 } == [[0], [4], [6, 8], []])
      #expect(try found(33, limit: 2, lookingAt: 99) == [[0, 4], [6, 8], []])
      #expect(try found(1004, limit: 9, lookingAt: 4) == [[2], [5], []])
      #expect(try found(0, limit: 9, lookingAt: 99) == [[3]] && found(7, limit: 9, lookingAt: 99) == [[]])
      #expect(try found(33, of: "b", limit: 9, lookingAt: 99) == [[]])
      #expect(try found(33, of: "acme", .failed, limit: 9, lookingAt: 99) == [[4]])
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("a message is shown with all its attempts and the beginning of its body") { storage in
      let engine = try storage.open()
      let id = try engine.accept(message("long", octets: 100_000))
      try engine.transact {
        try $0.addAttempt(attempt(2), to: id)
        try $0.addAttempt(attempt(1), to: id)
      }
      let shown = try #require(try storage.reader.show(id))
      #expect(shown.record.id == id && shown.attempts.map(\.number) == [1, 2])
      #expect(shown.bodyStart == Array(try #require(try engine.body(of: id)).prefix(65_536)))
      #expect(try storage.reader.show(MessageID(rawValue: 99)) == nil)
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("ids are found by state and age") { storage in
      let engine = try storage.open()
      let ids = try (0..<4).map { try engine.accept(message("\($0)"), at: noon + .seconds($0)) }
      try engine.change(ids[1]) { $0.state = .held }
      try engine.change(ids[2]) { ($0.state, $0.due) = (.failed, noon + anHour) }
      let table: [(MessageFilter, [Int])] = [
        (.any, [0, 1, 2, 3]), (.unknown, []), (.waiting, [0, 3]), (.held, [1]), (.notHeld, [0, 2, 3]),
        (.waitingSince(before: noon + .seconds(3)), [0]), (.failed(before: noon + anHour), []),
        (.failed(before: noon + anHour + .milliseconds(1)), [2]),
      ]
      for (filter, places) in table {
        let found = try storage.reader.ids(filter, entity: "acme", after: MessageID(rawValue: 0), limit: 9)
        #expect(found == places.map { ids[$0] }, "\(filter)")
      }
      #expect(try storage.reader.ids(.any, entity: nil, after: ids[0], limit: 2) == Array(ids[1...2]))
      #expect(try storage.reader.ids(.any, entity: "b", after: ids[0], limit: 2).isEmpty)
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("a message moves to another entity, new or known, with all that hangs on it") { storage in
      var engine = try storage.open()
      let id = try engine.accept(message("one", entity: "?uid:33"), at: noon)
      for entity in ["acme", "b", "acme"] {
        try engine.transact {
          try $0.addAttempt(attempt(1, words: "421"), to: id)
          try $0.move(id, to: entity)
        }
      }
      try engine.close()
      engine = try storage.open()
      #expect(try engine.record(id)?.entity == "acme" && engine.lastAttempt(of: id)?.words == "421")
      #expect(try engine.lease(of: "?uid:33").ids.isEmpty && engine.lease(of: "b").ids.isEmpty)
      #expect(try engine.lease().leased.map(\.body?.isEmpty) == [false])
      #expect(try engine.census().filter { $0.counts.queued > 0 }.map(\.entity) == ["acme"])
      try engine.close()
    },
    SpoolEnginePromise("a message is deleted whoever has leased it") { storage in
      let engine = try storage.open()
      let id = try engine.accept()
      _ = try engine.lease()
      try engine.transact {
        try $0.addAttempt(attempt(1), to: id)
        try $0.delete(id)
      }
      #expect(try engine.record(id) == nil && engine.body(of: id) == nil && engine.lastAttempt(of: id) == nil)
      try engine.close()
    },
  ]
}
