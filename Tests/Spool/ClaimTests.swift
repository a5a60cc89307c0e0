// The blocking queue: order, due times, the window.

import StorageConformance
import FoundationEssentials
import Support
import Platform
import Testing

@testable import Spool

@Suite struct ClaimTests {
  @Test func `messages come oldest first`() async throws {
    try await withSpool { spool in
      var ids: [MessageID] = []
      for number in 0..<300 { ids.append(try await spool.accept(message("\(number)"), now: Date())) }
      spool.open("acme")
      #expect(await spool.take(300).map(\.id) == ids)
    }
  }

  @Test func `what was tried before and is handed back waits behind what never was`() async throws {
    let clock = ManualTime()
    try await withSpool(time: clock) { spool in
      spool.open("acme")
      let start = clock.now
      let old = try await spool.accept(message("old"), now: start)
      let tried = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(old, .all(tried, .deferred("450 later"), due: start + 30), now: start)
      try await spool.flush()
      clock.advance(by: .seconds(60))
      let fresh = try await spool.accept(message("fresh"), now: clock.now)
      #expect(await spool.take(2).map(\.id).sorted() == [old, fresh])
      clock.advance(by: .seconds(1))
      // In one batch, or the first of them would be claimed again before the second is back.
      _ = try await whileWriting(spool, requests: 2) {
        for id in [old, fresh] { spool.settle(id, .unstarted(), now: clock.now) }
        return 0
      }
      #expect(await spool.claim("acme", atMost: 1).map(\.id) == [fresh])
      #expect(await spool.claim("acme", atMost: 1).map(\.id) == [old])
    }
  }

  @Test func `nothing is claimed twice, whoever claims`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      let taken = try await withThrowingTaskGroup(of: [MessageID].self) { group in
        for _ in 0..<4 {
          group.addTask { await spool.take(100).map(\.id) }
          group.addTask {
            for _ in 0..<100 { try await spool.accept(message(), now: Date()) }
            return []
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(taken.count == 400 && Set(taken).count == 400)
    }
  }

  @Test func `what waited for its batch until its first lease was over is handed over once`() async throws {
    let clock = ManualTime()
    try await withSpool(time: clock) { spool in
      spool.open("acme")
      let start = clock.now
      let first = try await spool.accept(message(), now: start)
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(first, .all(claimed, .deferred("450 later"), due: start + 30), now: start)
      try await spool.flush()
      // The writer does not look at the clock before it is asked for something.
      clock.advance(by: .seconds(60))
      let second = try await spool.accept(message(), now: start)
      #expect(await spool.take(2).map(\.id).sorted() == [first, second])
      spool.close("acme")
      #expect(await spool.claim("acme", atMost: 10).isEmpty)
      #expect(try await spool.show(second)?.message.attempts == 1)
    }
  }

  @Test func `a claim waits until a deferred message is due`() async throws {
    let clock = ManualTime()
    try await withSpool(time: clock) { spool in
      try await spool.accept(message(), now: clock.now)
      spool.open("acme")
      let first = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(first.id, .all(first, .deferred("450 later"), due: clock.now + 60), now: clock.now)
      async let second = spool.claim("acme", atMost: 1)
      #expect(try await eventually { spool.claimers() == 1 })
      clock.advance(by: .seconds(59))
      for _ in 0..<3 {
        spool.wakeWriter()
        try await spool.flush()
      }
      #expect(spool.claimers() == 1 && spool.acme.deferred == 1)
      clock.advance(by: .seconds(1))
      spool.wakeWriter()
      let claimed = try #require(await second.first)
      #expect(claimed.id == first.id && claimed.attempts == 2)
    }
  }

  @Test func `a message whose due time is hours ahead counts as due, because the clock was set back`() async throws {
    let clock = ManualTime()
    try await withSpool(time: clock) { spool in
      try await spool.accept(message(), now: clock.now)
      spool.open("acme")
      let first = try #require(await spool.claim("acme", atMost: 1).first)
      clock.advance(by: .seconds(86_400))
      spool.settle(first.id, .all(first, .deferred("450 later")), now: clock.now)
      try await spool.flush()
      clock.set(clock.now - 86_400)
      spool.wakeWriter()
      #expect(await spool.claim("acme", atMost: 1).map(\.id) == [first.id])
    }
  }

  @Test func `no due time is so far ahead that it would be taken for a clock set back`() async throws {
    let clock = ManualTime()
    try await withSpool(time: clock) { spool in
      try await spool.accept(message(), now: clock.now)
      spool.open("acme")
      let first = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(first.id, .all(first, .deferred("450"), due: clock.now + 86_400), now: clock.now)
      try await spool.flush()
      #expect(try #require(await spool.list().first).due < clock.now + 7200)
    }
  }

  @Test func `after a release everything is due at once, oldest first`() async throws {
    try await withSpool { spool in
      var ids: [MessageID] = []
      for number in 0..<5 { ids.append(try await spool.accept(message("\(number)"), now: Date())) }
      spool.open("acme")
      for claimed in await spool.take(5) {
        let due = Date() + Double.random(in: 10...600)
        spool.settle(claimed.id, .all(claimed, .deferred("450"), due: due), now: Date())
      }
      spool.close("acme")
      for number in 5..<8 { ids.append(try await spool.accept(message("\(number)"), now: Date())) }
      try await spool.hold(.ids([ids[2]]), now: Date())
      spool.release("acme", now: Date())
      spool.open("acme")
      #expect(await spool.take(7).map(\.id) == ids.filter { $0 != ids[2] })
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `what is settled in the batch of a release is due at once as well`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      for number in 0..<50 {
        let id = try await spool.accept(message("\(number)"), now: Date())
        for claimed in await spool.take(1) {
          spool.settle(claimed.id, .all(claimed, .deferred("450"), due: Date() + 600), now: Date())
        }
        // In the same batch nearly always, since nobody waits in between.
        spool.release("acme", now: Date())
        let again = await spool.take(1)
        #expect(again.map(\.id) == [id])
        for claimed in again { spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date()) }
      }
    }
  }

  @Test func `the window is bounded by messages, and what does not fit waits in the database in order`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      var ids: [MessageID] = []
      for number in 0..<400 { ids.append(try await spool.accept(message("\(number)"), now: Date())) }
      let ready = spool.context.inbox.contents.withLock { $0.windows["acme"]?.ready.count ?? 0 }
      #expect(ready == HandoverWindow.mostMessages)
      #expect(try await spool.list(limit: 1000).filter { $0.attempts == 0 }.count == 400 - HandoverWindow.mostMessages)
      #expect(await spool.take(400).map(\.id) == ids)
    }
  }

  @Test func `the window is bounded by octets`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      for number in 0..<100 { try await spool.accept(message("\(number)", octets: 200 << 10), now: Date()) }
      let octets = spool.context.inbox.contents.withLock { $0.windows["acme"]?.octets ?? 0 }
      #expect(octets <= HandoverWindow.mostOctets && octets > HandoverWindow.mostOctets - (400 << 10))
      #expect(await spool.take(100).count == 100)
    }
  }

  @Test func `closing gives back what was not started, and ends waiting claims`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      for _ in 0..<10 { try await spool.accept(message(), now: Date()) }
      #expect(await spool.take(3).count == 3)
      spool.close("acme")
      #expect(await spool.claim("acme", atMost: 1).isEmpty)
      try await spool.flush()
      #expect(try await spool.list().map(\.attempts).sorted() == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
      spool.open("acme")
      #expect(await spool.take(7).allSatisfy { $0.attempts == 1 })
      async let waiting = spool.claim("acme", atMost: 1)
      #expect(try await eventually { spool.claimers() == 1 })
      spool.close("acme")
      #expect(await waiting.isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `what is given back in the very batch that claims is not forgotten`() async throws {
    try await withSpool { spool in
      let first = try await spool.accept(message("a"), now: Date(timeIntervalSinceNow: -1))
      spool.open("acme")
      #expect(await spool.take(1).map(\.id) == [first])
      spool.close("acme")
      let second = try await spool.accept(message("b"), now: Date())
      _ = try await whileWriting(spool, requests: 1) {
        spool.settle(first, .unstarted(), now: Date())
        spool.open("acme")
        return 0
      }
      #expect(await spool.take(2).map(\.id) == [first, second])
    }
  }

  @Test func `a cancelled claim returns at once and takes nothing with it`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      let waiting = Task { await spool.claim("acme", atMost: 1) }
      #expect(try await eventually { spool.claimers() == 1 })
      waiting.cancel()
      #expect(await waiting.value.isEmpty)
      try await spool.accept(message(), now: Date())
      #expect(await spool.claim("acme", atMost: 1).count == 1)
    }
  }

  @Test func `one entity's backlog does not hold up another's mail`() async throws {
    try await withSpool { spool in
      for _ in 0..<50 { try await spool.accept(message(entity: "other"), now: Date()) }
      spool.open("acme")
      let id = try await spool.accept(message(), now: Date())
      #expect(await spool.claim("acme", atMost: 10).map(\.id) == [id])
    }
  }
}
