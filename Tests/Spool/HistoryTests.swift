// What stays of messages when they are gone.

import FoundationEssentials
import Message
import SMTP
import StorageConformance
import StorageSQLite
import Support
import Testing

@testable import Spool

@Suite struct `The history` {
  private static let start = Date(timeIntervalSince1970: 1_800_000_000)
  private static let office = Address(localPart: "office", domain: "acme.example")

  private func withHistory(
    _ settings: HistorySettings = HistorySettings(), _ body: (Spool, ManualTime) async throws -> Void
  ) async throws {
    let clock = ManualTime(Self.start)
    try await withSpool(time: clock) { spool in
      spool.setHistory(settings)
      spool.open("acme")
      try await body(spool, clock)
    }
  }

  private func letter(to recipients: [Address] = [ada]) -> NewMessage {
    var new = message("one", to: recipients)
    new.source = MessageSource(client: "::1 (erp)", app: "erp", uid: 1004, identity: "uid 1004, erp.service")
    new.messageID = InternetMessageID("<a.1@erp.example>".utf8)
    return new
  }

  private func entry(_ id: MessageID, in spool: Spool) async throws -> HistoryEntry? {
    try await spool.flush()
    return try await spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry
  }

  private func claim(in spool: Spool) async throws -> SpooledMessage {
    try #require(await spool.claim("acme", atMost: 1).first)
  }

  @Test func `has all of a message that was delivered at its first attempt`() async throws {
    try await withHistory { spool, clock in
      let new = letter(to: [ada, bob])
      let id = try await spool.accept(new, now: clock.now)
      let claimed = try await claim(in: spool)
      clock.advance(by: .seconds(2))
      var settlement = Settlement.all(claimed, .delivered("250 2.0.0 Ok: queued as 4XyZ12"))
      settlement.receipt = Receipt(sentAs: Self.office, providerIDs: ["4XyZ12"])
      spool.settle(id, settlement, now: clock.now)
      var expected = HistoryEntry(
        id: id, entity: "acme", receivedAt: Timestamp(Self.start), octetCount: new.content.octetCount,
        source: new.source,
        messageID: new.messageID, sender: "erp@localhost", endedAt: Timestamp(clock.now))
      expected.recipients = ["ada@example.org", "bob@example.org"].map { .init(address: $0, fate: .delivered) }
      expected.attempts = 1
      expected.firstAttemptAt = Timestamp(Self.start)
      expected.ending = .delivered
      expected.words = "250 2.0.0 Ok: queued as 4XyZ12"
      expected.sentAs = "office@acme.example"
      expected.providerIDs = ["4XyZ12"]
      #expect(try await entry(id, in: spool) == expected)
      #expect(try await spool.list().isEmpty)
    }
  }

  @Test func `knows the first attempt of several, and the Message-ID that Letterhead has added`() async throws {
    try await withHistory { spool, clock in
      var new = letter()
      new.messageID = nil
      let id = try await spool.accept(new, now: clock.now)
      clock.advance(by: .seconds(1))
      let first = clock.now
      spool.settle(id, .all(try await claim(in: spool), .deferred("451 later"), due: first + 60), now: first)
      try await spool.flush()
      let waiting = try #require(try await spool.trace(TraceQuery("\(id)"), of: nil).messages.first)
      #expect(waiting.queued?.state == .deferred && waiting.entry.words == "451 later" && waiting.entry.attempts == 1)
      clock.advance(by: .seconds(3600))
      spool.wakeWriter()
      var settlement = Settlement.all(try await claim(in: spool), .delivered("250 OK"))
      let added = InternetMessageID("<20270115080000.1.relay@acme.example>".utf8)
      settlement.receipt = Receipt(sentAs: Self.office, messageID: added)
      spool.settle(id, settlement, now: clock.now)
      let ended = try #require(try await entry(id, in: spool))
      #expect(ended.attempts == 2 && ended.firstAttemptAt == Timestamp(first) && ended.ending == .delivered)
      #expect(ended.messageID == added && ended.endedAt == Timestamp(clock.now))
    }
  }

  @Test func `keeps recipients that had the message while others were waiting, and why the others failed`() async throws
  {
    try await withHistory { spool, clock in
      let id = try await spool.accept(letter(to: [ada, bob]), now: clock.now)
      _ = try await claim(in: spool)
      var half = Settlement(recipients: [(ada, .delivered("250 OK")), (bob, .deferred("451 later"))], due: clock.now)
      half.receipt = Receipt(sentAs: Self.office, providerIDs: ["first"])
      spool.settle(id, half, now: clock.now)
      let open = try #require(try await entry(id, in: spool))
      #expect(open.ending == .open && open.recipients.map(\.fate) == [.delivered, .waiting])
      clock.advance(by: .seconds(60))
      spool.wakeWriter()
      spool.settle(id, .all(try await claim(in: spool), .failed("550 5.1.1 No such user")), now: clock.now)
      let failed = try #require(try await entry(id, in: spool))
      #expect(failed.ending == .failed && failed.providerIDs == ["first"] && failed.sentAs == "office@acme.example")
      #expect(
        failed.recipients == [
          .init(address: "ada@example.org", fate: .delivered),
          .init(address: "bob@example.org", fate: .failed("550 5.1.1 No such user")),
        ])
      // A person has it tried again, and it goes.
      #expect(try await spool.retry(.ids([id]), now: clock.now).count == 1)
      spool.settle(id, .all(try await claim(in: spool), .delivered("250 OK")), now: clock.now)
      let ended = try #require(try await entry(id, in: spool))
      #expect(ended.ending == .delivered && ended.recipients.map(\.fate) == [.delivered, .delivered])
      #expect(ended.attempts == 3)
    }
  }

  @Test func `a recipient that is struck out within an attempt is there once`() async throws {
    try await withHistory { spool, clock in
      let id = try await spool.accept(letter(to: [ada, bob]), now: clock.now)
      _ = try await claim(in: spool)
      try await spool.markDelivered([ada], of: id)
      #expect(try await entry(id, in: spool)?.recipients.map(\.fate) == [.delivered, .waiting])
      spool.settle(
        id, Settlement(recipients: [(ada, .delivered("250 OK")), (bob, .delivered("250 OK"))]), now: clock.now)
      #expect(
        try await entry(id, in: spool)?.recipients.compactMap(\.address) == ["ada@example.org", "bob@example.org"])
    }
  }

  @Test func `knows who deleted a message, and what has waited for too long`() async throws {
    try await withHistory { spool, clock in
      let ids = [
        try await spool.accept(letter(), now: clock.now), try await spool.accept(letter(), now: clock.now),
        try await spool.accept(letter(), now: clock.now),
      ]
      for claimed in await spool.take(3) where claimed.id != ids[0] {
        let outcome: RecipientOutcome = claimed.id == ids[1] ? .failed("550 no") : .deferred("451 later")
        spool.settle(claimed.id, .all(claimed, outcome), now: clock.now)
      }
      try await spool.flush()
      try await spool.delete(.ids(Array(ids[..<2])), by: "mara", now: clock.now)
      // Else the third would be claimed ahead when it is due again, and what is claimed does not grow too old.
      spool.close("acme")
      clock.advance(by: .seconds(6 * 86_400))
      #expect(
        try await spool.expire("acme", olderThan: .seconds(5 * 86_400), now: clock.now) { _, _ in nil } == 1)
      let entries = [
        try await entry(ids[0], in: spool), try await entry(ids[1], in: spool), try await entry(ids[2], in: spool),
      ]
      #expect(entries.map(\.?.ending) == [.deleted(by: "mara"), .deleted(by: "mara"), .expired])
      #expect(entries.map(\.?.words) == ["", "550 no", "451 later"])
      #expect(entries[1]?.recipients.map(\.fate) == [.failed("550 no")])
    }
  }

  @Test func `of a message that was deleted in flight, and went all the same, says that it went`() async throws {
    try await withHistory { spool, clock in
      let id = try await spool.accept(letter(), now: clock.now)
      let claimed = try await claim(in: spool)
      try await spool.delete(.ids([id]), by: "mara", now: clock.now)
      spool.settle(id, .all(claimed, .delivered("250 OK")), now: clock.now)
      #expect(try await entry(id, in: spool)?.ending == .delivered)
    }
  }

  @Test(arguments: [
    "a.1@erp.example", "<a.1@erp.example>", " <A.1@ERP.example>", "4XYz12", "ADA@example.org", "erp@localhost",
  ])
  func `finds a message by whatever names it, while it waits and when it has gone`(text: String) async throws {
    try await withHistory { spool, clock in
      let id = try await spool.accept(letter(), now: clock.now)
      try await spool.accept(message("another", to: [bob]), now: clock.now)
      for claimed in await spool.take(2) {
        let waiting = try await spool.trace(TraceQuery(text), of: nil).messages.filter { $0.queued != nil }
        #expect(waiting.contains { $0.entry.id == id } == (text != "4XYz12") || claimed.id != id)
        var settlement = Settlement.all(claimed, .delivered("250 OK"))
        settlement.receipt = Receipt(providerIDs: claimed.id == id ? ["4XyZ12"] : ["5AbC34"])
        spool.settle(claimed.id, settlement, now: clock.now)
      }
      try await spool.flush()
      let found = try await spool.trace(TraceQuery(text), of: nil)
      #expect(found.messages.contains { $0.entry.id == id && $0.queued == nil } && !found.isByDomain)
      #expect(found.messages.count == (text == "erp@localhost" ? 2 : 1))
      #expect(try await spool.trace(TraceQuery(text), of: 1004).messages.map(\.entry.id) == [id], "his own")
      #expect(try await spool.trace(TraceQuery(text), of: 33).messages.isEmpty, "another user's")
      #expect(try await spool.trace(TraceQuery("\(id)"), of: 33).messages.isEmpty)
      #expect(try await spool.trace(TraceQuery(text), of: nil, since: clock.now + 1).messages.isEmpty)
    }
  }

  @Test func `lists the newest first, and says when there are more`() async throws {
    try await withHistory { spool, clock in
      for _ in 0..<5 { try await spool.accept(letter(), now: clock.now) }
      for claimed in await spool.take(4) { spool.settle(claimed.id, .all(claimed, .delivered("250")), now: clock.now) }
      try await spool.flush()
      let found = try await spool.trace(TraceQuery("ada@example.org"), of: nil, limit: 3)
      #expect(found.messages.map(\.entry.id.rawValue) == [5, 4, 3] && found.isCut)
      #expect(found.historyBegins == clock.now)
    }
  }

  @Test(arguments: ["ada@example.org", "@example.org", ""])
  func `of many that wait the newest are listed, and not those that were looked at first`(text: String) async throws {
    try await withHistory { spool, clock in
      for _ in 0..<1010 { try await spool.accept(letter(), now: clock.now) }
      for uid in [nil, 1004] as [UInt32?] {
        let found = try await spool.trace(TraceQuery(text), of: uid, limit: 2)
        #expect(found.messages.map(\.entry.id.rawValue) == [1010, 1009] && found.isCut && found.isWhole)
      }
    }
  }

  @Test func `finds whatever went to or came from a domain, and nothing that only has it in a Message-ID`() async throws
  {
    try await withHistory { spool, clock in
      let id = try await spool.accept(letter(), now: clock.now)
      try await spool.accept(letter(), now: clock.now)
      spool.settle(id, .all(try await claim(in: spool), .delivered("250 OK")), now: clock.now)
      try await spool.flush()
      for domain in ["@example.org", "@EXAMPLE.org", "@localhost"] {
        #expect(
          try await spool.trace(TraceQuery(domain), of: nil).messages.map(\.entry.id.rawValue) == [2, 1], "\(domain)")
        #expect(try await spool.trace(TraceQuery(domain), of: 33).messages.isEmpty, "another user's")
      }
      for domain in ["@erp.example", "@ple.org", "@org", "@"] {
        #expect(try await spool.trace(TraceQuery(domain), of: nil).messages.isEmpty, "\(domain)")
      }
      #expect(try await spool.trace(TraceQuery(""), of: nil, since: clock.now + 1).messages.isEmpty)
    }
  }

  @Test(arguments: [HistoryAddresses.domain, .none])
  func `keeps of addresses only what it may`(addresses: HistoryAddresses) async throws {
    try await withHistory(HistorySettings(addresses: addresses)) { spool, clock in
      let id = try await spool.accept(letter(to: [ada, bob]), now: clock.now)
      let claimed = try await claim(in: spool)
      var settlement = Settlement(recipients: [(ada, .delivered("250 OK")), (bob, .failed("550 <bob@example.org> no"))])
      settlement.receipt = Receipt(sentAs: Self.office, providerIDs: ["4XyZ12"])
      settlement.words = "550 <bob@example.org> no"
      spool.settle(claimed.id, settlement, now: clock.now)
      try await spool.flush()
      try await spool.delete(.ids([id]), by: "mara", now: clock.now)
      let kept = try #require(try await entry(id, in: spool))
      let domain = addresses == .domain ? "@example.org" : nil
      #expect(kept.recipients.map(\.address) == [domain, domain] && kept.recipients.first?.fate == .delivered)
      #expect(kept.sender == (addresses == .domain ? "@localhost" : nil))
      #expect(kept.words == (addresses == .domain ? "550 <@example.org> no" : "550 <@> no"))
      #expect(kept.messageID != nil && kept.providerIDs == ["4XyZ12"])
      let found = try await spool.trace(TraceQuery("bob@example.org"), of: nil)
      #expect(found.messages.map(\.entry.id) == (addresses == .domain ? [id] : []))
      #expect(found.isByDomain == (addresses == .domain))
      #expect(try await spool.trace(TraceQuery("<bob@example.org>"), of: nil).messages.isEmpty, "a Message-ID")
      #expect(try await spool.trace(TraceQuery("4XyZ12"), of: nil).messages.map(\.entry.id) == [id])
    }
  }

  @Test func `is empty where none is wanted`() async throws {
    try await withHistory(.off) { spool, clock in
      let id = try await spool.accept(letter(), now: clock.now)
      spool.settle(id, .all(try await claim(in: spool), .delivered("250 OK")), now: clock.now)
      try await spool.flush()
      let found = try await spool.trace(TraceQuery("\(id)"), of: nil)
      #expect(found.messages.isEmpty && found.historyBegins == nil)
    }
  }

  @Test func `survives a restart, and forgets what is too old`() async throws {
    let directory = try TemporaryDirectory()
    let clock = ManualTime(Self.start)
    for isFirst in [true, false] {
      let spool = try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: quiet, time: clock)
      spool.setHistory(HistorySettings(age: .seconds(86_400)))
      spool.open("acme")
      if isFirst {
        spool.settle(
          try await spool.accept(letter(), now: clock.now), .all(try await claim(in: spool), .delivered("250")),
          now: clock.now)
      } else {
        #expect(try await spool.trace(TraceQuery("a.1@erp.example"), of: nil).messages.count == 1)
        clock.advance(by: .seconds(86_401))
        spool.pruneHistory()
        try await spool.flush()
        #expect(try await spool.trace(TraceQuery("a.1@erp.example"), of: nil).messages.isEmpty)
      }
      await spool.close()
    }
  }

  // MARK: Values

  @Test func `an attempt is told by the recipient who still waits`() {
    let attempt = AttemptRecord(
      number: 1, at: Self.start, words: "",
      recipients: [(ada, .failed("550 No such user")), (bob, .deferred("451 later"))])
    #expect(attempt.lastWords == "451 later")
    let both = Settlement(recipients: [(ada, .failed("550 No such user")), (bob, .delivered("250 OK"))])
    #expect(both.lastWords == "550 No such user")
  }

  @Test(arguments: [
    ("550 5.1.1 <ada@example.org>: no", "550 5.1.1 <@example.org>: no", "550 5.1.1 <@>: no"),
    ("ada@example.org unknown", "@example.org unknown", "@ unknown"),
    ("(\"a b\"@x.org, c@y.org)", "(\"a @x.org, @y.org)", "(\"a @, @)"),
    ("no address", "no address", "no address"), ("@", "@", "@"), ("", "", ""),
  ])
  func `takes addresses out of what a provider said`(words: String, domains: String, nothing: String) {
    var entry = HistoryEntry(
      id: MessageID(rawValue: 1), entity: "acme", receivedAt: Timestamp(Self.start), octetCount: 1,
      source: MessageSource(client: ""), messageID: nil, sender: "<>", endedAt: Timestamp(Self.start))
    entry.words = words
    #expect(entry.keeping(.full) == entry)
    #expect(entry.keeping(.domain).words == domains && entry.keeping(.none).words == nothing)
    #expect(entry.keeping(.none).sender == "<>", "nobody's address")
  }

  @Test func `is looked through once a minute, and sooner while there is more to delete`() {
    let start = ContinuousClock.now
    var pruning = HistoryPruning(at: start)
    #expect(pruning.isDue(at: start))
    pruning.note(pruned: Batch.mostPruned, at: start)
    #expect(pruning.isDue(at: start))
    pruning.note(pruned: 0, at: start)
    #expect(!pruning.isDue(at: start + .seconds(59)) && pruning.isDue(at: start + .seconds(60)))
  }

  @Test func `is deleted at once where the disk is short of room, also when nothing of it was too old a moment ago`() {
    var pruning = HistoryPruning(at: .now)
    func isWanted(hasRoom: Bool) -> Bool {
      pruning.note(hasRoom: hasRoom)
      return pruning.isWanted
    }
    let wantedWithRoom = isWanted(hasRoom: true)
    pruning.note(pruned: 0, at: .now)
    let wantedWithoutRoom = isWanted(hasRoom: false)
    #expect(!wantedWithRoom && wantedWithoutRoom)
    pruning.note(pruned: 17, at: .now)
    let stillWanted = isWanted(hasRoom: false)
    #expect(stillWanted, "there may be more")
    pruning.note(pruned: 0, at: .now)
    let wantedWithoutRows = isWanted(hasRoom: false)
    #expect(!wantedWithoutRows, "there is none, and none is written")
    // Between two looks some may come.
    let looks = (isWanted(hasRoom: true), isWanted(hasRoom: false))
    #expect(!looks.0 && looks.1)
  }

  @Test func `goes first where the disk is short of room`() {
    let now = Timestamp(Self.start)
    let settings = HistorySettings(age: .seconds(60), most: 10)
    #expect(settings.limit(at: now, isPressed: false) == HistoryLimit(endedBefore: now - .seconds(60), most: 10))
    #expect(settings.limit(at: now, isPressed: true) == HistoryLimit(endedBefore: now, most: 0))
    #expect(HistorySettings.off.limit(at: now, isPressed: false).most == 0, "what was kept before goes")
  }
}
