import Message
import SMTP
import Spool
import Testing

extension SpoolEnginePromise {
  static let accepting = [
    SpoolEnginePromise("what was inserted is waiting, due at its arrival, with its body") { storage in
      let engine = try storage.open()
      var new = message("one", to: [ada, bob])
      new.envelope.sender = nil
      new.envelope.isSMTPUTF8 = true
      new.envelope.is8BitMIME = true
      new.origin = .report
      let record = try #require(try engine.record(try engine.accept(new)))
      #expect(record.entity == "acme" && record.state == .waiting && record.isReport && record.lease == nil)
      #expect(record.due == noon && record.since == noon && record.receivedAt == noon)
      #expect(record.attempts == 0 && record.term == 0 && !record.isDeferred && !record.perhapsSent)
      #expect(
        record.envelope
          == RecordedEnvelope(
            sender: nil, recipients: [RecordedRecipient(address: ada), RecordedRecipient(address: bob)],
            source: MessageSource(client: "127.0.0.1 (erp)"), isSMTPUTF8: true, is8BitMIME: true))
      let body = try #require(try engine.body(of: record.id))
      #expect(String(decoding: body, as: UTF8.self) == "Subject: one\r\n\r\nbody of one\r\n")
      #expect(record.octetCount == body.count && record.bodyName == nil)
      try engine.close()
    },
    SpoolEnginePromise("what was inserted as leased has its first attempt counted") { storage in
      let engine = try storage.open()
      let (id, lease) = try engine.transact {
        try $0.insert(message(), bodyName: nil, receivedAt: noon, leasedUntil: noon + anHour)
      }
      #expect(lease == Lease(owner: engine.owner, until: noon + anHour, term: 1))
      let record = try #require(try engine.record(id))
      #expect(record.lease == lease && record.attempts == 1 && record.due == noon + anHour && record.since == noon)
      try engine.close()
    },
    SpoolEnginePromise("who handed a message in is kept, and its Message-ID; with a reason to be held it is held") {
      storage in
      let engine = try storage.open()
      for source in [
        MessageSource(client: "::1 (a)", app: "erp", uid: 0, identity: "uid 0, erp.service"),
        MessageSource(client: "192.0.2.7 (a)", app: "device"), MessageSource(client: "", uid: .max),
        MessageSource(client: "", uid: 33, listener: "127.0.0.1:2525"),
        MessageSource(client: "", identity: "container 4f1c2ab09d7e"),
      ] {
        var new = message()
        new.source = source
        new.messageID = source.uid == 0 ? nil : InternetMessageID("<1.\(source.client.utf8.count)@erp.example>".utf8)
        new.hold = source.app.map { "\($0) is in mode hold" }
        let id = try engine.accept(new)
        try engine.change(id) { $0.envelope?.recipients[0].failure = "550 5.1.1 No" }
        let record = try #require(try engine.record(id))
        #expect(record.envelope?.source == source && record.envelope?.heldBecause == new.hold)
        #expect(record.envelope?.messageID == new.messageID)
        #expect(record.state == (new.hold == nil ? .waiting : .held) && record.lease == nil && record.due == noon)
        try engine.change(id) { $0.envelope?.heldBecause = nil }
        #expect(try engine.record(id)?.envelope?.heldBecause == nil)
        #expect(try storage.reader.show(id)?.record.envelope?.source == source)
      }
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("an empty body is not a missing one") { storage in
      let engine = try storage.open()
      var empty = message()
      empty.content = .octets([])
      #expect(try engine.body(of: try engine.accept(empty)) == [])
      #expect(try engine.lease().leased.first?.body == [])
      #expect(try engine.body(of: MessageID(rawValue: 99)) == nil && engine.record(MessageID(rawValue: 99)) == nil)
      try engine.close()
    },
    SpoolEnginePromise("ids grow, and are not given again when the last message has gone and the storage was closed") {
      storage in
      var engine = try storage.open()
      let first = try engine.accept()
      let second = try engine.accept(message(entity: "b"))
      #expect(second > first)
      try engine.transact {
        try $0.addTotals(Counts.Totals(accepted: 1), lastDeliveredAt: nil, to: "b")
        try $0.delete(second)
      }
      try engine.close()
      engine = try storage.open()
      #expect(try engine.accept() > second)
      try engine.close()
    },
    SpoolEnginePromise("what was rolled back has never been, and can be done again") { storage in
      let engine = try storage.open()
      try engine.begin(isDurable: true)
      let id = try engine.insert(message(entity: "new"), bodyName: nil, receivedAt: noon, leasedUntil: nil).id
      #expect(try engine.record(id) != nil, "within the transaction it is there")
      engine.rollback()
      #expect(try engine.record(id) == nil && engine.census().isEmpty)
      let again = try engine.accept(message(entity: "new"))
      #expect(try engine.record(again)?.entity == "new")
      try engine.close()
    },
    SpoolEnginePromise("a body of the body store is known by its name until its record has gone") { storage in
      let engine = try storage.open()
      let id = try engine.transact {
        var new = message()
        new.content = .stored(NamedBody())
        return try $0.insert(new, bodyName: "b1", receivedAt: noon, leasedUntil: nil).id
      }
      #expect(try engine.names(body: "b1") && !engine.names(body: "b2"))
      let leased = try #require(try engine.lease().leased.first)
      #expect(leased.record.bodyName == "b1" && leased.body == nil && leased.record.octetCount == 1_000_000)
      try engine.transact { try $0.delete(id) }
      #expect(try !engine.names(body: "b1"))
      try engine.close()
    },
    SpoolEnginePromise("the census counts each entity by state, and keeps its totals") { storage in
      var engine = try storage.open()
      let ids = try (0..<4).map { try engine.accept(message("\($0)"), at: noon + .seconds($0)) }
      try engine.accept(message(entity: "b"))
      try engine.change(ids[0]) { $0.state = .held }
      try engine.change(ids[1]) { $0.state = .failed }
      try engine.change(ids[2]) { ($0.isDeferred, $0.due) = (true, noon + anHour) }
      for time in [noon + .seconds(5), noon] {
        let totals = Counts.Totals(accepted: 2, delivered: 1, failed: 1)
        try engine.transact { try $0.addTotals(totals, lastDeliveredAt: time, to: "acme") }
      }
      try engine.close()
      engine = try storage.open()
      let census = try engine.census()
      #expect(census.map(\.entity).sorted() == ["acme", "b"])
      let acme = try #require(census.first { $0.entity == "acme" })
      #expect(acme.counts.queued == 3 && acme.counts.heldByHand == 1 && acme.counts.deferred == 1)
      #expect(acme.counts.failed == 1 && acme.earliestDue == noon + .seconds(3))
      #expect(acme.counts.totals == Counts.Totals(accepted: 4, delivered: 2, failed: 2))
      #expect(acme.counts.lastDeliveredAt == (noon + .seconds(5)).date)
      try engine.close()
    },
    SpoolEnginePromise("the oldest message is the first that is not failed") { storage in
      let engine = try storage.open()
      let ids = try (0..<3).map { try engine.accept(message("\($0)"), at: noon + .seconds($0)) }
      try engine.change(ids[0]) { $0.state = .failed }
      let found = try #require(try engine.oldest(of: "acme", from: MessageID(rawValue: 0)))
      #expect(found.id == ids[1] && found.receivedAt == noon + .seconds(1))
      #expect(try engine.oldest(of: "acme", from: ids[2])?.id == ids[2])
      #expect(try engine.oldest(of: "b", from: ids[0]) == nil)
      try engine.close()
    },
  ]
}

private struct NamedBody: StoredBody {
  let octetCount = 1_000_000
  func reader() -> any StoredBodyReader { Reader() }

  private struct Reader: StoredBodyReader {
    func next() async throws -> [UInt8]? { nil }
  }
}
