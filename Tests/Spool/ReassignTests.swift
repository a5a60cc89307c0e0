// Mail of unknown clients: held under a key of its own, then an entity's, or failed.

import FoundationEssentials
import Message
import SMTP
import StorageConformance
import Support
import Synchronization
import Testing

@testable import Spool

private let key = "?uid:33/php8.2-fpm.service"
private let why = "No app matches uid 33 (php8.2-fpm.service): letterhead app pending"

private func pending(_ text: String = "x", under entity: String = key) -> NewMessage {
  var new = message(text, entity: entity)
  new.hold = why
  new.source = MessageSource(
    client: "127.0.0.1 (erp)", app: nil, uid: 33, identity: "uid 33, php8.2-fpm.service")
  return new
}

@Suite struct ReassignTests {
  @Test func `a message that is accepted as held is never claimed, and keeps its reason until it is released`()
    async throws
  {
    try await withSpool { spool in
      spool.open("acme")
      var new = message()
      new.hold = "erp has sent its 60 messages this minute"
      let held = try await spool.accept(new, now: Date())
      let next = try await spool.accept(message(), now: Date())
      #expect(await spool.claim("acme", atMost: 5).map(\.id) == [next], "it waits for nothing that is held")
      #expect(spool.acme.heldByHand == 1 && spool.acme.queued == 2 && spool.acme.totals.accepted == 2)
      try await spool.retry(.ids([held]), now: Date())
      let listed = try #require(await spool.show(held)).message
      #expect(listed.state == .held && listed.heldBecause == new.hold)
      #expect(try await spool.release(.ids([held]), now: Date()).count == 1)
      #expect(try #require(await spool.show(held)).message.heldBecause == nil)
      #expect(await spool.claim("acme", atMost: 5).map(\.id) == [held])
      try await spool.hold(.ids([held]), now: Date())
      #expect(try #require(await spool.show(held)).message.heldBecause == nil)
    }
  }

  @Test func `of a message it is kept who handed it in, over attempts and restarts`() async throws {
    try await withSpool { spool in
      var new = message()
      new.source = MessageSource(client: "::1 (a)", app: "erp", uid: 1004, identity: "uid 1004, erp.service")
      let id = try await spool.accept(new, now: Date())
      spool.open("acme")
      for message in await spool.take(1) { spool.settle(message.id, .all(message, .deferred("450")), now: Date()) }
      try await spool.flush()
      let source = try #require(await spool.show(id)).message.source
      #expect(source == new.source && source.words == "app erp (uid 1004, erp.service)")
    }
  }

  @Test func `approved mail goes out in the order in which it came, before what comes later`() async throws {
    try await withSpool { spool in
      var ids: [MessageID] = []
      for number in 0..<620 { ids.append(try await spool.accept(pending("\(number)"), now: Date())) }
      #expect(spool.pendingCount == 620 && spool.counts[key]?.heldByHand == 620)
      #expect(try await spool.release(.all(entity: nil), now: Date()).count == 0, "a decision is due, and no release")
      spool.open("acme")
      let later = Mutex<[MessageID]>([])
      async let came = spool.take(625)
      async let moved = spool.reassign(from: key, to: "acme", now: Date())
      for _ in 0..<5 {
        let id = try await spool.accept(message(), now: Date())
        later.withLock { $0.append(id) }
      }
      #expect(try await moved == 620)
      let order = await came.map(\.id)
      #expect(order.filter { ids.contains($0) } == ids && Set(order).count == 625)
      #expect(spool.acme.totals.accepted == 625 && spool.acme.queued == 625 && spool.acme.heldByHand == 0)
      #expect(spool.pendingCount == 0 && spool.counts[key]?.totals.accepted ?? 0 == 0)
      #expect(try await spool.list(limit: 1).first?.heldBecause == nil)
    }
  }

  @Test func `whatever its state, a message is moved, and stays as it was`() async throws {
    try await withSpool { spool in
      let ids = try await [
        spool.accept(message("failed", entity: "old"), now: Date()),
        spool.accept(message("held", entity: "old"), now: Date()),
        spool.accept(message("waits", entity: "old"), now: Date()),
        spool.accept(pending("stopped", under: "old"), now: Date()),
      ]
      spool.open("old")
      let failed = try #require(await spool.claim("old", atMost: 1).first)
      spool.settle(failed.id, .all(failed, .failed("550")), now: Date())
      spool.close("old")
      try await spool.hold(.ids([ids[1]]), now: Date())
      #expect(try await spool.reassign(from: "old", to: "acme", now: Date()) == 4)
      #expect(try await spool.list(entity: "acme").map(\.state) == [.failed, .held, .waiting, .waiting])
      #expect(spool.acme.queued == 3 && spool.acme.heldByHand == 1 && spool.acme.failed == 1)
      #expect(spool.acme.totals == Counts.Totals(accepted: 4, delivered: 0, failed: 1))
      #expect(spool.counts["old"].map { $0.queued + $0.failed + $0.totals.accepted + $0.totals.failed } ?? 0 == 0)
      #expect(try await spool.reassign(from: "old", to: "acme", now: Date()) == 0)
    }
  }

  @Test func `what is under way stays where it is, and settles there`() async throws {
    try await withSpool { spool in
      try await spool.accept(message(entity: "old"), now: Date())
      spool.open("old")
      let claimed = try #require(await spool.claim("old", atMost: 1).first)
      #expect(try await spool.reassign(from: "old", to: "acme", now: Date()) == 0)
      spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date())
      try await spool.flush()
      #expect(spool.counts["old"]?.totals.delivered == 1 && spool.acme == Counts())
    }
  }

  @Test func `the mail of a denied sender fails with a report, and nothing of it is sent`() async throws {
    try await withSpool { spool in
      let ids = try await [spool.accept(pending("a"), now: Date()), spool.accept(pending("b"), now: Date())]
      let failed = try await spool.fail(allOf: key, words: "uid 33 may not send here", now: Date()) { denied in
        var report = message("about \(denied.id)")
        report.origin = .report
        return denied.id == ids[0] ? report : nil
      }
      #expect(failed == 2 && spool.pendingCount == 0)
      #expect(spool.counts[key]?.failed == 2 && spool.counts[key]?.totals.failed == 2 && spool.acme.queued == 1)
      let shown = try #require(await spool.show(ids[1]))
      #expect(shown.message.state == .failed && shown.message.words == "uid 33 may not send here")
      #expect(shown.recipients.map(\.failure) == ["uid 33 may not send here"] && shown.message.heldBecause == nil)
      #expect(try await spool.list(entity: "acme").map(\.isReport) == [true])
      #expect(try await spool.fail(allOf: key, words: "", now: Date()) { _ in nil } == 0)
      #expect(try await spool.retry(.ids([ids[0]]), now: Date()).count == 1)
      #expect(try #require(await spool.show(ids[0])).message.state == .held, "nobody has approved the sender")
      try await spool.forgetFailed(of: key, now: Date().addingTimeInterval(31 * 24 * 3600))
      #expect(try await spool.show(ids[1]) == nil && spool.pendingCount == 1)
    }
  }
}
