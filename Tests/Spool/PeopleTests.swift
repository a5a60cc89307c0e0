// What people see and steer, from inside the owner and as visitors.

import StorageConformance
import FoundationEssentials
import Message
import SMTP
import StorageSQLite
import Support
import Testing

@testable import Spool

@Suite struct PeopleTests {
  @Test func `show tells the envelope, each attempt with the provider's words, and the header`() async throws {
    try await withSpool { spool in
      let id = try await spool.accept(message("hello", to: [ada, bob]), now: Date())
      spool.open("acme")
      for words in ["421 4.7.0 Try again later", "451 4.3.0 Über voll"] {
        let claimed = try #require(await spool.claim("acme", atMost: 1).first)
        spool.settle(claimed.id, .all(claimed, .deferred(words), due: Date()), now: Date())
      }
      _ = await spool.take(1)
      let shown = try #require(await spool.show(id))
      #expect(shown.message.source.client == "127.0.0.1 (erp)" && shown.message.envelope.recipients == [ada, bob])
      #expect(shown.message.state == .deferred && shown.message.words == "451 4.3.0 Über voll")
      #expect(shown.attempts.map(\.number) == [1, 2])
      #expect(shown.attempts.first?.recipients.first?.1 == .deferred("421 4.7.0 Try again later"))
      #expect(String(decoding: shown.header, as: UTF8.self) == "Subject: hello\r\n\r\n")
      #expect(try await spool.show(MessageID(rawValue: 999)) == nil)
    }
  }

  @Test func `of very many attempts the first and the latest thirty are kept`() async throws {
    try await withSpool { spool in
      let id = try await spool.accept(message(), now: Date())
      spool.open("acme")
      for number in 1...40 {
        let claimed = try #require(await spool.claim("acme", atMost: 1).first)
        spool.settle(claimed.id, .all(claimed, .deferred("450 \(number)"), due: Date()), now: Date())
      }
      try await spool.flush()
      #expect(try #require(await spool.show(id)).attempts.map(\.number) == [1] + Array(11...40))
    }
  }

  @Test func `the queue is listed in pages`() async throws {
    try await withSpool { spool in
      for number in 0..<25 {
        try await spool.accept(message("\(number)", entity: number % 5 == 0 ? "b" : "acme"), now: Date())
      }
      var listed: [ListedMessage] = []
      while true {
        let page = try await spool.list(after: listed.last?.id, limit: 10)
        if page.isEmpty { break }
        listed += page
      }
      #expect(listed.count == 25 && listed.map(\.id) == listed.map(\.id).sorted())
      #expect(try await spool.list(entity: "b").count == 5)
    }
  }

  @Test func `held messages stay until released, even over a retry of all`() async throws {
    try await withSpool { spool in
      let ids = try await [spool.accept(message("a"), now: Date()), spool.accept(message("b"), now: Date())]
      #expect(try await spool.hold(.ids([ids[0]]), now: Date()).count == 1)
      let gone = MessageID(rawValue: 99)
      #expect(
        try await spool.hold(.ids([gone, ids[0]]), now: Date()) == SelectionUpdate(unfit: [gone, ids[0]]))
      #expect(spool.acme.heldByHand == 1 && spool.acme.queued == 2)
      try await spool.retry(.all(entity: "acme"), now: Date())
      spool.open("acme")
      #expect(await spool.claim("acme", atMost: 10).map(\.id) == [ids[1]])
      #expect(try await spool.release(.all(entity: nil), now: Date()).count == 1)
      #expect(await spool.claim("acme", atMost: 10).map(\.id) == [ids[0]])
      #expect(spool.acme.heldByHand == 0)
    }
  }

  @Test func `what is claimed but not started can still be held`() async throws {
    try await withSpool { spool in
      spool.open("acme")
      let ids = try await [spool.accept(message("a"), now: Date()), spool.accept(message("b"), now: Date())]
      try await spool.hold(.ids([ids[0]]), now: Date())
      #expect(await spool.claim("acme", atMost: 10).map(\.id) == [ids[1]])
    }
  }

  @Test func `a deferral of what was held meanwhile leaves it held`() async throws {
    try await withSpool { spool in
      let id = try await spool.accept(message(), now: Date())
      spool.open("acme")
      let claimed = await spool.take(1)
      try await spool.hold(.ids([id]), now: Date())
      spool.settle(id, .all(claimed[0], .deferred("450"), due: Date()), now: Date())
      try await spool.flush()
      #expect(try #require(await spool.list().first).state == .held)
    }
  }

  @Test func `retrying a failed message sends it to those who were refused`() async throws {
    try await withSpool { spool in
      let id = try await spool.accept(message(to: [ada, bob]), now: Date())
      spool.open("acme")
      let first = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(
        id, Settlement(recipients: [(ada, .delivered("250")), (bob, .failed("550 no"))]), now: Date())
      try await spool.flush()
      #expect(spool.acme.failed == 1 && first.envelope.recipients.count == 2)
      #expect(try await spool.retry(.ids([id]), now: Date()).count == 1)
      let second = try #require(await spool.claim("acme", atMost: 1).first)
      #expect(second.envelope.recipients == [bob])
      #expect(spool.acme.failed == 0 && spool.acme.queued == 1)
    }
  }

  @Test func `what waits too long fails with the last words and a report; what failed long ago goes`() async throws {
    let clock = ManualTime()
    try await withSpool(time: clock) { spool in
      let id = try await spool.accept(message(), now: clock.now)
      let held = try await spool.accept(message(), now: clock.now)
      try await spool.hold(.ids([held]), now: clock.now)
      spool.open("acme")
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(id, .all(claimed, .deferred("450 4.2.1 mailbox busy")), now: clock.now)
      spool.close("acme")
      let days = 86_400.0
      let report: @Sendable (SpooledMessage, String) -> NewMessage? = { old, words in
        var report = message("\(old.id): \(words)")
        report.origin = .report
        return report
      }
      clock.advance(by: .seconds(4.9 * days))
      #expect(try await spool.expire("acme", olderThan: .seconds(5 * days), now: clock.now, report: report) == 0)
      clock.advance(by: .seconds(0.2 * days))
      #expect(try await spool.expire("acme", olderThan: .seconds(5 * days), now: clock.now, report: report) == 1)
      let shown = try #require(await spool.show(id))
      #expect(shown.message.state == .failed && shown.recipients.first?.failure == "450 4.2.1 mailbox busy")
      let new = try #require(await spool.list().last)
      #expect(new.isReport && new.state == .waiting)
      #expect(spool.acme.failed == 1 && spool.acme.queued == 2)
      clock.advance(by: .seconds(30.1 * days))
      try await spool.expire("acme", olderThan: .seconds(365 * days), now: clock.now, report: report)
      #expect(try await spool.show(id) == nil && spool.acme.failed == 0)
    }
  }

  @Test func `a command reads the queue beside the relay, and changes nothing`() async throws {
    let directory = try TemporaryDirectory()
    let spool = try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: quiet)
    let id = try await spool.accept(message("a"), now: Date())
    let reading = try SQLiteStorage.openSpoolReadOnly(directory: directory.path, log: quiet)
    #expect(try await reading.list().map(\.id) == [id])
    #expect(try await reading.show(id) != nil)
    await #expect(throws: SpoolError.readOnly) { try await reading.accept(message(), now: Date()) }
    await #expect(throws: SpoolError.readOnly) { _ = try await reading.startBody() }
    await #expect(throws: SpoolError.readOnly) { try await reading.hold(.ids([id]), now: Date()) }
    await #expect(throws: SpoolError.readOnly) { try await reading.delete(.all(entity: nil), now: Date()) }
    reading.open("acme")
    #expect(await reading.claim("acme", atMost: 1).isEmpty)
    reading.settle(id, .unstarted(), now: Date())
    await reading.close()
    #expect(try await spool.list().map(\.id) == [id] && spool.acme.queued == 1)
    await spool.close()
  }
}
