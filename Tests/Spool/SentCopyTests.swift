// A message whose copy belongs into Sent: how it is kept when everybody has it, and how that ends.

import FoundationEssentials
import Message
import SMTP
import StorageConformance
import StorageSQLite
import Support
import Testing

@testable import Spool

@Suite struct `A Sent copy` {
  private static let start = Date(timeIntervalSince1970: 1_800_000_000)
  private static let office = Address(localPart: "office", domain: "acme.example")
  private let messageID = InternetMessageID("<1@relay.example>".utf8)

  private func with(_ body: (Spool, ManualTime) async throws -> Void) async throws {
    let clock = ManualTime(Self.start)
    try await withSpool(time: clock) { spool in
      spool.setHistory(HistorySettings())
      spool.open("acme")
      try await body(spool, clock)
    }
  }

  private func copy(_ clock: ManualTime) -> SentCopy {
    SentCopy(sentAt: clock.now, sentAs: Self.office, messageID: messageID)
  }

  /// One message, claimed and settled so.
  private func settle(
    _ outcomes: [(Address, RecipientOutcome)], of all: [Address] = [ada], unknown: UnknownOutcome? = nil,
    in spool: Spool, _ clock: ManualTime
  ) async throws -> MessageID {
    let id = try await spool.accept(message("one", to: all), now: clock.now)
    #expect(await spool.claim("acme", atMost: 1).map(\.id) == [id])
    spool.settle(
      id, Settlement(recipients: outcomes, unknown: unknown, copy: copy(clock)), now: clock.now)
    try await spool.flush()
    return id
  }

  private func traced(_ id: MessageID, in spool: Spool) async throws -> HistoryEntry {
    try #require(try await spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry)
  }

  @Test func `keeps its message when everybody has it: delivered, counted apart, and nobody claims it`() async throws {
    try await with { spool, clock in
      let id = try await settle([(ada, .delivered("250 OK"))], in: spool, clock)
      let listed = try #require(try await spool.sentCopies(of: "acme").first)
      #expect(listed.id == id && listed.state == .filing && listed.copy == copy(clock))
      #expect(spool.acme.filing == 1 && spool.acme.queued == 0 && spool.acme.totals.delivered == 1)
      #expect(spool.acme.lastDeliveredAt == clock.now)
      let entry = try await traced(id, in: spool)
      #expect(entry.ending == .delivered && entry.words == "250 OK" && entry.sentCopy.isEmpty)
      #expect(entry.attempts == 1 && entry.firstAttemptAt == Timestamp(clock.now))
      #expect(entry.recipients == [.init(address: ada.text, fate: .delivered)])
      clock.advance(by: .seconds(86_400))
      let next = try await spool.accept(message("two"), now: clock.now)
      #expect(await spool.claim("acme", atMost: 9).map(\.id) == [next], "others go on")
      #expect(try await spool.content(of: id)?.content.octetCount == listed.octetCount)
    }
  }

  @Test func `ends, and nothing is left of its message but the row that says how`() async throws {
    try await with { spool, clock in
      let id = try await settle([(ada, .delivered("250 OK"))], in: spool, clock)
      #expect(try await spool.beginCopies([id, MessageID(rawValue: 99)], lookingAt: clock.now + 60) == [id])
      let begun = try #require(try await spool.sentCopies(of: "acme").first?.copy)
      #expect(begun.stage == .begun && begun.attempts == 1 && begun.due == clock.now + 60)
      try await spool.endCopy(of: id, "filed in \"Sent\"")
      #expect(try await spool.show(id) == nil && spool.acme.filing == 0 && spool.acme.totals.delivered == 1)
      let entry = try await traced(id, in: spool)
      #expect(entry.sentCopy == "filed in \"Sent\"" && entry.words == "250 OK" && entry.ending == .delivered)
      #expect(try await spool.beginCopies([id], lookingAt: clock.now).isEmpty)
    }
  }

  @Test func `that was not taken is tried later, and says why`() async throws {
    try await with { spool, clock in
      let id = try await settle([(ada, .delivered("250 OK"))], in: spool, clock)
      _ = try await spool.beginCopies([id], lookingAt: clock.now + 60)
      try await spool.postponeCopies([id], until: clock.now + 300, as: .due, finding: "NO [OVERQUOTA] full")
      let listed = try #require(try await spool.sentCopies(of: "acme").first)
      #expect(listed.copy?.stage == .due && listed.copy?.finding == "NO [OVERQUOTA] full")
      #expect(listed.due == clock.now + 300 && listed.copy?.attempts == 1)
      #expect(try await spool.retryCopies(.all(entity: "acme"), now: clock.now).count == 1)
      #expect(try await spool.sentCopies(of: "acme").first?.copy?.due == clock.now)
    }
  }

  @Test func `survives a restart, and so does the doubt whether it is there`() async throws {
    let directory = try TemporaryDirectory()
    let clock = ManualTime(Self.start)
    func open() throws -> Spool {
      try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: quiet, time: clock)
    }
    var spool = try open()
    spool.open("acme")
    let id = try await settle([(ada, .delivered("250 OK"))], in: spool, clock)
    _ = try await spool.beginCopies([id], lookingAt: clock.now + 60)
    await spool.close()
    spool = try open()
    #expect(spool.acme.filing == 1 && spool.acme.queued == 0)
    #expect(try await spool.sentCopies(of: "acme").map(\.copy?.stage) == [.begun])
    await spool.close()
  }

  @Test func `is filed though others are still to get the message, and only once`() async throws {
    try await with { spool, clock in
      let id = try await settle(
        [(ada, .delivered("250 OK")), (bob, .deferred("450 later"))], of: [ada, bob], in: spool, clock)
      #expect(try await spool.sentCopies(of: "acme").map(\.state) == [.deferred])
      #expect(spool.acme.filing == 0 && spool.acme.queued == 1)
      try await spool.endCopy(of: id, "filed")
      #expect(try await spool.show(id)?.message.copy?.stage == .ended, "the rest goes on")
      _ = try await spool.retry(.ids([id]), now: clock.now)
      let again = try #require(await spool.claim("acme", atMost: 1).first)
      var settlement = Settlement.all(again, .delivered("250 OK"))
      settlement.copy = copy(clock)
      spool.settle(id, settlement, now: clock.now)
      try await spool.flush()
      #expect(try await spool.show(id) == nil && spool.acme.filing == 0 && spool.acme.totals.delivered == 1)
      let sentCopy = try await traced(id, in: spool).sentCopy
      #expect(sentCopy == "filed")
    }
  }

  @Test func `is kept with a message that has failed for some, until both are over`() async throws {
    try await with { spool, clock in
      let id = try await settle(
        [(ada, .delivered("250 OK")), (bob, .failed("550 no"))], of: [ada, bob], in: spool, clock)
      #expect(try await spool.sentCopies(of: "acme").map(\.state) == [.failed])
      #expect(spool.acme.failed == 1 && spool.acme.filing == 0)
      try await spool.endCopy(of: id, "filed")
      #expect(try await spool.show(id)?.message.state == .failed)
      #expect(try await spool.sentCopies(of: "acme").isEmpty)
    }
  }

  @Test func `is of no message that nobody has`() async throws {
    try await with { spool, clock in
      let id = try await settle([(ada, .deferred("450 later"))], in: spool, clock)
      #expect(try await spool.sentCopies(of: "acme").isEmpty)
      #expect(try await spool.show(id)?.message.copy == nil)
    }
  }

  @Test func `stays due when the doubt about the rest of its message ends`() async throws {
    try await with { spool, clock in
      let unknown = UnknownOutcome(
        writtenAt: clock.now, recipients: [bob], messageID: messageID, sentAs: Self.office)
      let id = try await settle(
        [(ada, .delivered("250 OK"))], of: [ada, bob], unknown: unknown, in: spool, clock)
      #expect(try await spool.sentCopies(of: "acme").map(\.state) == [.unknown])
      #expect(try await spool.resolve(.ids([id]), as: .delivered("said so"), now: clock.now).count == 1)
      #expect(try await spool.sentCopies(of: "acme").map(\.state) == [.filing])
      #expect(spool.acme.unknown == 0 && spool.acme.filing == 1 && spool.acme.totals.delivered == 1)
      let delivered = try await traced(id, in: spool).recipients.filter { $0.fate == .delivered }
      #expect(delivered.compactMap(\.address) == [ada.text, bob.text])
    }
  }

  @Test func `is no reason to send a message again, and a person may drop it`() async throws {
    try await with { spool, clock in
      let id = try await settle([(ada, .delivered("250 OK"))], in: spool, clock)
      #expect(try await spool.retry(.ids([id]), now: clock.now).unfit == [id])
      #expect(try await spool.hold(.ids([id]), now: clock.now).unfit == [id])
      #expect(try await spool.release(.ids([id]), now: clock.now).unfit == [id])
      #expect(try await spool.delete(.all(entity: "acme"), now: clock.now).count == 0)
      #expect(try await spool.expire("acme", olderThan: .seconds(0), now: clock.now + 9) { _, _ in nil } == 0)
      #expect(try await spool.delete(.ids([id]), by: "root", now: clock.now).count == 1)
      let entry = try await traced(id, in: spool)
      #expect(entry.ending == .delivered && entry.sentCopy == "not filed: dropped by root")
      let other = try await settle([(ada, .delivered("250 OK"))], in: spool, clock)
      #expect(try await spool.dropCopies(.all(entity: nil), by: "root").count == 1)
      #expect(try await spool.show(other) == nil && spool.acme.filing == 0)
    }
  }

  @Test func `is deleted with a large body, and that with it`() async throws {
    try await with { spool, clock in
      let writer = try await spool.startBody()
      try await writer.append(Array(repeating: 0x61, count: 300_000))
      var new = message("large")
      new.content = .stored(try await writer.finish())
      let id = try await spool.accept(new, now: clock.now)
      #expect(await spool.claim("acme", atMost: 1).map(\.id) == [id])
      spool.settle(
        id, Settlement(recipients: [(ada, .delivered("250"))], copy: copy(clock)), now: clock.now)
      try await spool.flush()
      guard case .stored(let body) = try await spool.content(of: id)?.content else {
        Issue.record("the body is gone")
        return
      }
      #expect((try? await body.reader().next())?.isEmpty == false)
      try await spool.endCopy(of: id, "filed")
      #expect(try await spool.content(of: id) == nil)
      #expect(try await eventually { try spool.context.storage.bodies.names().isEmpty })
    }
  }
}
