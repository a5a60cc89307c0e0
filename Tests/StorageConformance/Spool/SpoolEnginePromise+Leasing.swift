import Spool
import Testing

extension SpoolEnginePromise {
  static let leasing = [
    SpoolEnginePromise("messages are leased in the order in which they are due, then came") { storage in
      let engine = try storage.open()
      let late = try engine.accept(message("late"), at: noon - .seconds(1))
      let early = try engine.accept(message("early"), at: noon - .seconds(9))
      let same = try engine.accept(message("same"), at: noon - .seconds(1))
      let found = try engine.lease()
      #expect(found.ids == [early, late, same] && found.damaged.isEmpty)
      try engine.close()
    },
    SpoolEnginePromise("a lease counts the attempt, names owner and term, and moves the due time to its end") {
      storage in
      let engine = try storage.open()
      let id = try engine.accept()
      var attempts: [Int] = []
      let request = LeaseRequest(entity: "acme", now: noon, mostMessages: 9, mostOctets: .max)
      let leased = try engine.transact {
        try $0.leaseDue(request) { attempt in
          attempts.append(attempt)
          return noon + .seconds(20)
        } except: { _ in
          false
        }
      }
      let record = try #require(try engine.record(id))
      #expect(attempts == [1] && record.attempts == 1 && record.due == noon + .seconds(20))
      #expect(record.lease == Lease(owner: engine.owner, until: noon + .seconds(20), term: 1))
      #expect(leased.leased.first?.record.lease == record.lease && leased.nextDue == noon + .seconds(20))
      #expect(leased.leased.first?.body == (try engine.body(of: id)))
      try engine.close()
    },
    SpoolEnginePromise("no more are leased than asked for, and the rest is said to be due") { storage in
      let engine = try storage.open()
      let ids = try (0..<5).map { try engine.accept(message("\($0)")) }
      let first = try engine.lease(atMost: 2)
      #expect(first.ids == Array(ids[..<2]) && first.nextDue == noon)
      let second = try engine.lease(atMost: 3)
      #expect(second.ids == Array(ids[2...]) && second.nextDue == noon + anHour)
      try engine.close()
    },
    SpoolEnginePromise("bodies are leased up to the memory there is for them, and one always is") { storage in
      let engine = try storage.open()
      for _ in 0..<4 { try engine.accept(message(octets: 1000)) }
      #expect(try engine.lease(octets: 0).leased.count == 1)
      #expect(try engine.lease(octets: 1001).leased.count == 2)
      try engine.close()
    },
    SpoolEnginePromise("what is not due, held, failed, or another entity's is not leased") { storage in
      let engine = try storage.open()
      let ids = try (0..<4).map { try engine.accept(message("\($0)"), at: noon - .seconds(1)) }
      try engine.accept(message(entity: "b"))
      try engine.change(ids[0]) { $0.state = .held }
      try engine.change(ids[1]) { $0.state = .failed }
      try engine.change(ids[2]) { $0.due = noon + .seconds(7) }
      let found = try engine.lease()
      #expect(found.ids == [ids[3]] && found.nextDue == noon + .seconds(7))
      #expect(try engine.lease(of: "c").leased.isEmpty)
      try engine.close()
    },
    SpoolEnginePromise("what is due further ahead than anything is ever set was set before the clock was set back") {
      storage in
      let engine = try storage.open()
      let id = try engine.accept()
      let before = noon - Schedule.longestWait
      #expect(try engine.lease(at: before).leased.isEmpty)
      #expect(try engine.lease(at: before - .milliseconds(1)).ids == [id])
      try engine.close()
    },
    SpoolEnginePromise("what the owner still works on is left out, however long ago its lease ran out") { storage in
      let engine = try storage.open()
      let ids = try (0..<3).map { try engine.accept(message("\($0)")) }
      _ = try engine.lease(atMost: 2)
      let later = noon + anHour + anHour
      #expect(try engine.lease(at: later) { $0 == ids[0] }.ids == [ids[2], ids[1]])
      #expect(try #require(try engine.record(ids[1])).term == 2)
      #expect(try #require(try engine.record(ids[0])).term == 1)
      try engine.close()
    },
    SpoolEnginePromise("what waits for a time of its own is made due as of its arrival, portion by portion") {
      storage in
      let engine = try storage.open()
      let ids = try (0..<6).map { try engine.accept(message("\($0)"), at: noon - .seconds(60 - $0)) }
      for id in ids[1...] { try engine.change(id) { ($0.isDeferred, $0.due) = (true, noon + anHour) } }
      try engine.change(ids[4]) { $0.state = .held }
      var place: DuePlace?
      var portions = 0
      repeat {
        place = try engine.transact {
          try $0.makeDue(of: "acme", after: place, now: noon, limit: 2) { $0 == ids[5] }
        }
        portions += 1
      } while place != nil
      #expect(portions == 3, "four wait for a time of their own, two at a time, and then there is no more")
      #expect(
        try ids.map { try engine.record($0)?.due == engine.record($0)?.since } == [
          true, true, true, true, false, false,
        ])
      #expect(try engine.lease().ids == Array(ids[..<4]))
      try engine.close()
    },
  ]
}
