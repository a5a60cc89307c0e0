// One message's way through its states, by what callers see.

import StorageConformance
import FoundationEssentials
import Message
import SMTP
import StorageSQLite
import Support
import Testing

@testable import Spool

@Suite struct LifeTests {
  @Test func `what is accepted comes out as it went in`() async throws {
    try await withSpool { spool in
      var new = message("one", to: [ada, bob])
      new.envelope.sender = nil
      new.envelope.isSMTPUTF8 = true
      new.envelope.is8BitMIME = true
      let id = try await spool.accept(new, now: Date())
      spool.open("acme")
      let claimed = try #require(await spool.claim("acme", atMost: 10).first)
      #expect(claimed.id == id && claimed.entity == "acme" && claimed.attempts == 1)
      #expect(claimed.envelope == new.envelope && !claimed.isReport && !claimed.perhapsSent)
      guard case .octets(let octets) = claimed.content, case .octets(let sent) = new.content else {
        Issue.record("not in the row")
        return
      }
      #expect(octets == sent)
    }
  }

  @Test func `a fresh message of an open entity is handed over in one commit`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      try await spool.flush()
      let commits = spool.commitCount
      async let claimed = spool.claim("acme", atMost: 1)
      let id = try await spool.accept(message(), now: Date())
      #expect(await claimed.map(\.id) == [id])
      #expect(spool.commitCount == commits + 1)
      let listed = try #require(await spool.list().first)
      #expect(listed.attempts == 1 && listed.due > Date().addingTimeInterval(10), "claimed on disk")
    }
  }

  @Test func `a recipient that is struck out has the message, and the others are still in flight`() async throws {
    try await withSpool { spool in
      let id = try await spool.accept(message("one", to: [ada, bob]), now: Date())
      spool.open("acme")
      #expect(await spool.claim("acme", atMost: 1).map(\.id) == [id])
      try await spool.markDelivered([ada], of: id)
      let left = try #require(try await spool.show(id))
      #expect(left.recipients.map(\.0) == [bob] && left.message.attempts == 1)
      #expect(left.message.due > Date().addingTimeInterval(10), "claimed as before")
      spool.settle(id, Settlement(recipients: [(ada, .delivered("")), (bob, .delivered("250 OK"))]), now: Date())
      try await spool.flush()
      #expect(try await spool.show(id) == nil)
      #expect(spool.counts["acme"]?.totals.delivered == 1)
    }
  }

  enum End: Equatable {
    case gone, failed, deferred, waiting

    init(_ state: ListedMessage.State?) {
      self =
        switch state {
        case nil, .filing: .gone
        case .failed: .failed
        case .deferred: .deferred
        case .waiting, .held, .unknown, .damaged: .waiting
        }
    }
  }

  @Test(arguments: [
    ([RecipientOutcome.delivered("250 OK"), .delivered("250 OK")], End.gone, [String](), 1, 0),
    ([.delivered("250 OK"), .deferred("450 later")], .deferred, ["bob@example.org"], 0, 0),
    ([.delivered("250 OK"), .failed("550 no")], .failed, ["bob@example.org"], 0, 1),
    ([.failed("550 no"), .failed("550 no")], .failed, ["ada@example.org", "bob@example.org"], 0, 1),
    ([.failed("550 no"), .deferred("450 later")], .deferred, ["ada@example.org", "bob@example.org"], 0, 0),
    ([.deferred("450 later")], .deferred, ["ada@example.org", "bob@example.org"], 0, 0),  // the other was not named
  ])
  func `the outcomes decide what becomes of the message`(
    outcomes: [RecipientOutcome], end: End, left: [String], delivered: Int, failed: Int
  ) async throws {
    try await withSpool { spool in
      try await spool.accept(message(to: [ada, bob]), now: Date())
      spool.open("acme")
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(claimed.id, Settlement(recipients: Array(zip([ada, bob], outcomes))), now: Date())
      try await spool.flush()
      let listed = try await spool.list().first
      #expect(End(listed?.state) == end)
      #expect(listed?.envelope.recipients.map(\.text) ?? [] == left)
      #expect(spool.acme.totals.delivered == delivered && spool.acme.totals.failed == failed)
      #expect(spool.acme.queued == (end == .deferred ? 1 : 0) && spool.acme.failed == failed)
      #expect(spool.acme.deferred == (end == .deferred ? 1 : 0))
    }
  }

  @Test func `one recipient's early failure makes a failed message of it in the end`() async throws {
    try await withSpool { spool in
      let id = try await spool.accept(message(to: [ada, bob]), now: Date())
      spool.open("acme")
      for first in await spool.take(1) {
        let ends: [RecipientOutcome] = [.failed("550 5.1.1 No such user"), .deferred("450 x")]
        spool.settle(first.id, Settlement(recipients: Array(zip([ada, bob], ends)), due: Date()), now: Date())
      }
      let second = try #require(await spool.claim("acme", atMost: 1).first)
      #expect(second.envelope.recipients == [bob] && second.attempts == 2)
      spool.settle(id, .all(second, .delivered("250 OK")), now: Date())
      try await spool.flush()
      let shown = try #require(await spool.show(id))
      #expect(shown.message.state == .failed)
      #expect(shown.recipients.map(\.failure) == ["550 5.1.1 No such user"])
      #expect(shown.attempts.count == 2)
    }
  }

  @Test func `a returned message burns no attempt and is due at once`() async throws {
    try await withSpool { spool in
      try await spool.accept(message(), now: Date())
      spool.open("acme")
      for _ in 0..<3 {
        let claimed = try #require(await spool.claim("acme", atMost: 1).first)
        #expect(claimed.attempts == 1)
        spool.settle(claimed.id, .unstarted(), now: Date())
      }
      try await spool.flush()
      #expect(spool.acme.deferred == 0)
    }
  }

  @Test func `what was perhaps sent says so at the next attempt`() async throws {
    try await withSpool { spool in
      try await spool.accept(message(), now: Date())
      spool.open("acme")
      let first = try #require(await spool.claim("acme", atMost: 1).first)
      var settlement = Settlement.all(first, .deferred("lost"), due: Date())
      settlement.perhapsSent = true
      spool.settle(first.id, settlement, now: Date())
      #expect(try #require(await spool.claim("acme", atMost: 1).first).perhapsSent)
    }
  }

  @Test func `a report is accepted in the same transaction`() async throws {
    try await withSpool { spool in
      try await spool.accept(message(), now: Date())
      spool.open("acme")
      let first = try #require(await spool.claim("acme", atMost: 1).first)
      var settlement = Settlement.all(first, .failed("550 no"))
      settlement.report = message("report")
      settlement.report?.origin = .report
      let commits = spool.commitCount
      spool.settle(first.id, settlement, now: Date())
      let report = try #require(await spool.claim("acme", atMost: 1).first)
      #expect(report.isReport && spool.commitCount == commits + 1)
    }
  }

  @Test func `settling what a person deleted meanwhile harms nothing`() async throws {
    try await withSpool { spool in
      let ids = try await [spool.accept(message("a"), now: Date()), spool.accept(message("b"), now: Date())]
      spool.open("acme")
      let claimed = await spool.take(2)
      #expect(try await spool.delete(.ids(ids), now: Date()).count == 2)
      spool.settle(claimed[0].id, .all(claimed[0], .delivered("250 OK")), now: Date())
      spool.settle(claimed[1].id, .all(claimed[1], .deferred("450 later")), now: Date())
      try await spool.flush()
      #expect(spool.acme.queued == 0 && spool.acme.deferred == 0)
      #expect(try await spool.list().isEmpty)
    }
  }

  @Test func `totals and the time of the last delivery survive a restart, and ids are never used twice`() async throws {
    let directory = try TemporaryDirectory()
    var spool = try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: quiet)
    let id = try await spool.accept(message(), now: Date())
    spool.open("acme")
    let at = Date(timeIntervalSince1970: 1_800_000_000)
    for claimed in await spool.take(1) { spool.settle(claimed.id, .all(claimed, .delivered("250 OK")), now: at) }
    await spool.close()
    spool = try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: quiet)
    #expect(spool.acme.totals.accepted == 1 && spool.acme.totals.delivered == 1 && spool.acme.queued == 0)
    #expect(spool.acme.lastDeliveredAt == at)
    #expect(try await spool.accept(message(), now: Date()) > id)
    await spool.close()
  }

  @Test func `the oldest is known again when the oldest has gone`() async throws {
    try await withSpool { spool in
      let start = Date(timeIntervalSince1970: 1_800_000_000)
      for second in 0..<3 { try await spool.accept(message(), now: start + Double(second)) }
      #expect(spool.acme.oldestReceivedAt == start)
      spool.open("acme")
      for claimed in await spool.take(2) { spool.settle(claimed.id, .all(claimed, .delivered("250 OK")), now: Date()) }
      #expect(try await eventually { spool.acme.oldestReceivedAt == start + 2 })
      for claimed in await spool.take(1) { spool.settle(claimed.id, .all(claimed, .delivered("250 OK")), now: Date()) }
      #expect(try await eventually { spool.acme.oldestReceivedAt == nil })
    }
  }

  @Test func `a closed spool refuses`() async throws {
    try await withSpool { spool in
      await spool.close()
      await #expect(throws: SpoolError.closed) { try await spool.accept(message(), now: Date()) }
      #expect(await spool.claim("acme", atMost: 1).isEmpty)
    }
  }
}
