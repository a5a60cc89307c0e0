// A message of which nobody knows whether its provider has it: how it becomes so, and how that ends.

import FoundationEssentials
import Message
import SMTP
import StorageConformance
import StorageSQLite
import Support
import Testing

@testable import Spool

@Suite struct `An unknown outcome` {
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

  /// - Parameter others: what came of those who are not unknown.
  private func makeUnknown(
    _ recipients: [Address] = [ada], of all: [Address] = [ada], _ others: [(Address, RecipientOutcome)] = [],
    in spool: Spool, _ clock: ManualTime
  ) async throws -> MessageID {
    let id = try await spool.accept(message("one", to: all), now: clock.now)
    #expect(await spool.claim("acme", atMost: 1).map(\.id) == [id])
    let unknown = UnknownOutcome(
      writtenAt: clock.now, recipients: recipients, messageID: messageID, sentAs: Self.office)
    spool.settle(
      id, Settlement(recipients: others, words: "No answer.", due: clock.now + 10, perhapsSent: true, unknown: unknown),
      now: clock.now)
    try await spool.flush()
    return id
  }

  @Test func `is kept as it was, counted, and nobody claims its message`() async throws {
    try await with { spool, clock in
      let id = try await makeUnknown(in: spool, clock)
      let listed = try #require(try await spool.unknown(of: "acme").first)
      #expect(listed.id == id && listed.state == .unknown && listed.perhapsSent && !listed.isPartlyDelivered)
      #expect(listed.due == clock.now + 10 && listed.words == "No answer.")
      #expect(
        listed.unknown
          == UnknownOutcome(writtenAt: clock.now, recipients: [ada], messageID: messageID, sentAs: Self.office))
      #expect(spool.acme.queued == 1 && spool.acme.unknown == 1 && spool.acme.deferred == 0)
      clock.advance(by: .seconds(86_400))
      let next = try await spool.accept(message("two"), now: clock.now)
      #expect(await spool.claim("acme", atMost: 9).map(\.id) == [next], "others go on")
    }
  }

  @Test func `ends with the message delivered, and the history says how that is known`() async throws {
    try await with { spool, clock in
      let id = try await makeUnknown(in: spool, clock)
      clock.advance(by: .seconds(10))
      #expect(try await spool.resolve(.ids([id]), as: .delivered("found in Sent"), now: clock.now).count == 1)
      #expect(try await spool.show(id) == nil)
      #expect(spool.acme.queued == 0 && spool.acme.unknown == 0 && spool.acme.totals.delivered == 1)
      let entry = try #require(try await spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry)
      #expect(entry.ending == .delivered && entry.words == "found in Sent" && entry.attempts == 1)
      #expect(entry.recipients == [.init(address: ada.text, fate: .delivered)])
      #expect(entry.messageID == messageID && entry.sentAs == Self.office.text)
      #expect(try await spool.resolve(.ids([id]), as: .again(""), now: clock.now).unfit == [id])
    }
  }

  @Test func `ends with the message sent again, which tells that it may arrive twice`() async throws {
    try await with { spool, clock in
      let id = try await makeUnknown(in: spool, clock)
      clock.advance(by: .seconds(300))
      #expect(try await spool.resolve(.ids([id]), as: .again("not in Sent"), now: clock.now).count == 1)
      let again = try #require(await spool.claim("acme", atMost: 1).first)
      #expect(again.id == id && again.attempts == 2 && again.perhapsSent)
      #expect(spool.acme.queued == 1 && spool.acme.unknown == 0)
      let detail = try #require(try await spool.show(id))
      #expect(detail.message.unknown == nil && detail.attempts.map(\.words) == ["No answer. [not in Sent]"])
    }
  }

  @Test func `goes on after a look that has decided nothing`() async throws {
    try await with { spool, clock in
      let id = try await makeUnknown(in: spool, clock)
      try await spool.keepUnknown([id, MessageID(rawValue: 99)], lookingAt: clock.now + 60, finding: "not in Sent yet")
      let listed = try #require(try await spool.unknown(of: "acme").first)
      #expect(listed.due == clock.now + 60 && listed.unknown?.finding == "not in Sent yet")
    }
  }

  @Test func `is of one transaction's recipients; the others go on when it ends`() async throws {
    try await with { spool, clock in
      let eve = Address(localPart: "eve", domain: "example.org")
      let id = try await makeUnknown([bob], of: [ada, bob, eve], [(ada, .delivered("250 OK"))], in: spool, clock)
      #expect(try await spool.unknown(of: "acme").first?.isPartlyDelivered == true)
      #expect(try await spool.resolve(.ids([id]), as: .delivered("found"), now: clock.now).count == 1)
      #expect(try #require(await spool.claim("acme", atMost: 1).first).envelope.recipients == [eve])
      let entry = try #require(try await spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry)
      #expect(entry.recipients.filter { $0.fate == .delivered }.compactMap(\.address) == [ada.text, bob.text])
    }
  }

  @Test func `ends in failure where a recipient was refused and the unknown one has it`() async throws {
    try await with { spool, clock in
      let id = try await makeUnknown([bob], of: [ada, bob], [(ada, .failed("550 no"))], in: spool, clock)
      #expect(spool.acme.unknown == 1 && spool.acme.failed == 0)
      try await spool.resolve(.ids([id]), as: .delivered("found"), now: clock.now)
      let shown = try #require(try await spool.show(id))
      #expect(shown.message.state == .failed && shown.recipients.map(\.failure) == ["550 no"])
      #expect(spool.acme.unknown == 0 && spool.acme.failed == 1 && spool.acme.queued == 0)
    }
  }

  @Test func `waits behind a hold that a person has put on its message meanwhile`() async throws {
    try await with { spool, clock in
      let id = try await spool.accept(message(), now: clock.now)
      #expect(await spool.claim("acme", atMost: 1).count == 1)
      try await spool.hold(.ids([id]), now: clock.now)
      let unknown = UnknownOutcome(writtenAt: clock.now, recipients: [ada], messageID: messageID, sentAs: nil)
      spool.settle(
        id, Settlement(recipients: [], words: "No answer.", perhapsSent: true, unknown: unknown), now: clock.now)
      try await spool.flush()
      #expect(try await spool.show(id)?.message.state == .held)
      #expect(try await spool.resolve(.ids([id]), as: .delivered(""), now: clock.now).unfit == [id])
      #expect(try await spool.release(.ids([id]), now: clock.now).count == 1)
      #expect(try await spool.show(id)?.message.state == .unknown && spool.acme.unknown == 1)
    }
  }

  @Test func `is no state in which a message is held, released, tried again or too old`() async throws {
    try await with { spool, clock in
      let id = try await makeUnknown(in: spool, clock)
      #expect(try await spool.retry(.ids([id]), now: clock.now).unfit == [id])
      #expect(try await spool.hold(.ids([id]), now: clock.now).unfit == [id])
      #expect(try await spool.release(.ids([id]), now: clock.now).unfit == [id])
      #expect(try await spool.retry(.all(entity: "acme"), now: clock.now).count == 0)
      #expect(try await spool.expire("acme", olderThan: .seconds(0), now: clock.now + 9) { _, _ in nil } == 0)
      #expect(try await spool.delete(.ids([id]), now: clock.now).count == 1)
      #expect(spool.acme.unknown == 0 && spool.acme.queued == 0)
    }
  }

  @Test func `is not taken for found by the copy of another message with the same Message-ID`() async throws {
    try await with { spool, clock in
      var new = message()
      new.messageID = messageID
      let id = try await spool.accept(new, now: clock.now)
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      spool.settle(id, .all(claimed, .delivered("250 OK")), now: clock.now)
      let unknown = try await makeUnknown(in: spool, clock)
      func alike(_ id: MessageID, since: Date) async throws -> Int {
        try await spool.takenAlike(try #require(messageID), of: "acme", besides: id, since: since)
      }
      #expect(try await alike(unknown, since: clock.now - 600) == 1)
      #expect(try await alike(id, since: clock.now - 600) == 0, "itself")
      #expect(try await alike(unknown, since: clock.now + 1) == 0, "long ago")
    }
  }
}
