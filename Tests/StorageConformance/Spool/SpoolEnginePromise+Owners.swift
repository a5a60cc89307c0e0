import Spool
import Testing

extension SpoolEnginePromise {
  static let owners = [
    SpoolEnginePromise("no message is leased to two owners at a time") { storage in
      let (one, other) = (try storage.open(), try storage.open())
      #expect(one.owner != other.owner)
      for number in 0..<4 { try one.accept(message("\(number)")) }
      let (first, second) = (try one.lease(atMost: 2).ids, try other.lease().ids)
      #expect(first.count == 2 && second.count == 2 && Set(first + second).count == 4)
      #expect(try one.lease().leased.isEmpty)
      try one.close()
      try other.close()
    },
    SpoolEnginePromise("a lease that ran out goes to whoever asks, and then its first owner has lost it") { storage in
      let (one, other) = (try storage.open(), try storage.open())
      let id = try one.accept()
      _ = try one.lease()
      let again = try #require(try other.lease(at: noon + anHour).leased.first)
      #expect(again.record.lease == Lease(owner: other.owner, until: noon + anHour + anHour, term: 2))
      #expect(again.record.attempts == 1, "the attempt that had no answer is made again")
      #expect(try one.transact { try $0.remove([delivered(id, term: 1)]) } == [id: .leasedByAnother])
      #expect(
        try #require(try one.record(id)).lease == again.record.lease, "so an owner sees it before it changes more")
      #expect(try other.transact { try $0.remove([delivered(id, term: 2)]) }.isEmpty)
      try one.close()
      try other.close()
    },
    SpoolEnginePromise("a lease that ran out and that nobody took can still be settled") { storage in
      let engine = try storage.open()
      let id = try engine.accept()
      _ = try engine.lease()
      #expect(try engine.transact { try $0.remove([delivered(id, term: 1)]) }.isEmpty)
      #expect(try engine.record(id) == nil)
      try engine.close()
    },
    SpoolEnginePromise("the leases of an owner that died run out like others") { storage in
      let dead = try storage.open()
      let id = try dead.accept()
      _ = try dead.lease()
      dead.abandon()
      let next = try storage.open()
      #expect(try next.lease(at: noon + anHour - .milliseconds(1)).leased.isEmpty)
      #expect(try next.lease(at: noon + anHour).ids == [id])
      try next.close()
    },
    SpoolEnginePromise("what an owner that died had leased is leased in its order, for the same attempts") { storage in
      let dead = try storage.open()
      let ids = try (0..<40).map { try dead.accept(message("\($0)")) }
      try dead.change(ids[0]) { $0.attempts = 2 }
      #expect(try dead.lease(atMost: 30).ids == Array(ids[..<30]))
      dead.abandon()
      let next = try storage.open()
      #expect(try next.lease().ids == Array(ids[30...]), "nobody had leased these")
      let again = try next.lease(at: noon + anHour) { $0 >= ids[30] }
      #expect(again.ids == Array(ids[..<30]))
      #expect(again.leased.map(\.record.attempts) == [3] + Array(repeating: 1, count: 29))
      #expect(again.leased.allSatisfy { $0.record.term == 2 })
      try next.close()
    },
    SpoolEnginePromise("a lease that ran out without an answer lengthens the next one, and a settled one does not") {
      storage in
      let engine = try storage.open()
      let id = try engine.accept()
      func step(at now: Timestamp) throws -> Int? {
        var steps: [Int] = []
        let request = LeaseRequest(entity: "acme", now: now, mostMessages: 9, mostOctets: .max)
        _ = try engine.transact {
          try $0.leaseDue(request) { step in
            steps.append(step)
            return now
          } except: { _ in
            false
          }
        }
        return steps.first
      }
      #expect(try step(at: noon) == 1)
      #expect(try step(at: noon) == 2)
      #expect(try step(at: noon) == 3)
      try engine.change(id) { $0.owner = nil }
      #expect(try step(at: noon) == 2, "the second attempt")
      #expect(try engine.record(id)?.attempts == 2)
      try engine.close()
    },
    SpoolEnginePromise("owners give different ids, and know each other's entities") { storage in
      let (one, other) = (try storage.open(), try storage.open())
      var ids: [MessageID] = []
      for number in 0..<6 { ids.append(try (number.isMultiple(of: 2) ? one : other).accept(message("\(number)"))) }
      ids.append(try other.accept(message(entity: "b")))
      ids.append(try one.accept(message(entity: "b")))
      #expect(ids == ids.sorted() && Set(ids).count == ids.count)
      #expect(try one.record(ids[6])?.entity == "b" && other.lease(of: "b").ids == Array(ids[6...]))
      try one.close()
      try other.close()
    },
    SpoolEnginePromise("others' commits are noticed, one's own are not") { storage in
      let (one, other) = (try storage.open(), try storage.open())
      _ = try one.census()
      try one.accept()
      #expect(try !one.changedByOthers())
      try other.accept()
      #expect(try one.changedByOthers())
      #expect(try one.census().first?.counts.queued == 2)
      #expect(try !one.changedByOthers())
      try one.close()
      try other.close()
    },
  ]
}
