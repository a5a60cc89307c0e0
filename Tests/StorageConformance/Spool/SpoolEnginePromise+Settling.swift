import FoundationEssentials
import Message
import SMTP
import Spool
import Testing

extension SpoolEnginePromise {
  static let settling = [
    SpoolEnginePromise("a delivered message is removed with its body and its attempts") { storage in
      let engine = try storage.open()
      let id = try engine.accept()
      _ = try engine.lease()
      try engine.transact { try $0.addAttempt(attempt(1), to: id) }
      #expect(try engine.transact { try $0.remove([delivered(id, term: 1)]) }.isEmpty)
      #expect(try engine.record(id) == nil && engine.body(of: id) == nil && engine.lastAttempt(of: id) == nil)
      try engine.close()
    },
    SpoolEnginePromise("a removal in an earlier term changes nothing, and says so; its neighbours are removed") {
      storage in
      let engine = try storage.open()
      let ids = try (0..<3).map { try engine.accept(message("\($0)")) }
      _ = try engine.lease()
      _ = try engine.lease(at: noon + anHour) { $0 != ids[1] }
      try engine.transact { try $0.delete(ids[2]) }
      let losses = try engine.transact { try $0.remove(ids.map { delivered($0, term: 1) }) }
      #expect(losses == [ids[1]: .leasedByAnother, ids[2]: .messageGone])
      #expect(try engine.record(ids[0]) == nil)
      let kept = try #require(try engine.record(ids[1]))
      #expect(try kept.term == 2 && kept.lease != nil && engine.body(of: ids[1]) != nil)
      try engine.close()
    },
    SpoolEnginePromise("an update stores all that can change") { storage in
      let engine = try storage.open()
      let id = try engine.accept(message(to: [ada, bob]))
      try engine.change(id) { record in
        record.lease(to: engine.owner, until: noon + anHour)
        record.state = .held
        record.since = noon + .seconds(1)
        record.isDeferred = true
        record.perhapsSent = true
        record.hasAttempts = true
        record.envelope?.recipients = [RecordedRecipient(address: bob, failure: "550 5.1.1 Unbekannter Empfänger")]
      }
      let record = try #require(try engine.record(id))
      #expect(record.state == .held && record.since == noon + .seconds(1) && record.due == noon + anHour)
      #expect(record.isDeferred && record.perhapsSent && record.hasAttempts && record.attempts == 1)
      #expect(record.owner == engine.owner && record.term == 1)
      #expect(
        record.envelope?.recipients == [RecordedRecipient(address: bob, failure: "550 5.1.1 Unbekannter Empfänger")])
      try engine.change(id) { ($0.owner, $0.isDeferred) = (nil, false) }
      let ended = try #require(try engine.record(id))
      #expect(ended.lease == nil && ended.term == 1 && !ended.isDeferred)
      try engine.close()
    },
    SpoolEnginePromise("what is known of an unknown outcome is kept, and nobody leases its message") { storage in
      var engine = try storage.open()
      var new = message(to: [ada, bob])
      new.source = MessageSource(client: "::1", uid: 1004)
      let ids = [try engine.accept(new), try engine.accept(message("plain"))]
      let unknown = UnknownOutcome(
        writtenAt: (noon + .seconds(3)).date, recipients: [bob],
        messageID: InternetMessageID("<1@relay.example>".utf8), sentAs: ada, finding: "not in Sent yet")
      for id in ids {
        try engine.change(id) { record in
          record.state = .unknown
          record.envelope?.unknown = unknown
          record.envelope?.isPartlyDelivered = true
        }
      }
      #expect(try engine.lease(at: noon + anHour).leased.isEmpty)
      try engine.close()
      engine = try storage.open()
      for id in ids {
        let record = try #require(try engine.record(id))
        #expect(record.state == .unknown && record.envelope?.unknown == unknown)
        #expect(record.envelope?.isPartlyDelivered == true)
      }
      let acme = try #require(try engine.census().first)
      #expect(acme.counts.queued == 2 && acme.counts.unknown == 2 && acme.earliestDue == nil)
      #expect(try engine.oldest(of: "acme", from: MessageID(rawValue: 0))?.id == ids[0])
      let found = (
        try storage.reader.ids(.unknown, entity: "acme", after: MessageID(rawValue: 0), limit: 9),
        try storage.reader.list(entity: "acme", state: .unknown, after: MessageID(rawValue: 0), limit: 9)
      )
      #expect(found.0 == ids && found.1.map(\.record.id) == ids)
      #expect(found.1.first?.record.envelope?.source.uid == 1004)
      try engine.change(ids[0]) { record in
        record.state = .waiting
        record.envelope?.unknown = nil
      }
      #expect(try engine.record(ids[0])?.envelope?.unknown == nil)
      #expect(try engine.lease(at: noon + anHour).ids == [ids[0]])
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("a copy that is to be filed is kept in any state and found, and nobody leases what is filing") {
      storage in
      var engine = try storage.open()
      var new = message(to: [ada, bob])
      new.source = MessageSource(client: "::1", uid: 1004)
      let ids = [try engine.accept(new)] + (try (1..<4).map { try engine.accept(message("\($0)")) })
      var copy = SentCopy(
        sentAt: noon.date, sentAs: ada, messageID: InternetMessageID("<1@relay.example>".utf8))
      (copy.stage, copy.due, copy.attempts, copy.finding) = (.begun, (noon + anHour).date, 3, "no answer")
      for id in ids.prefix(3) {
        try engine.change(id) { record in
          record.envelope?.copy = copy
          if id == ids[0] {
            record.state = .filing
            record.envelope?.recipients = []
          }
          if id == ids[2] { record.envelope?.copy?.stage = .ended }
        }
      }
      try engine.close()
      engine = try storage.open()
      let filing = try #require(try engine.record(ids[0]))
      #expect(filing.state == .filing && filing.envelope?.copy == copy && filing.envelope?.source.uid == 1004)
      #expect(try engine.record(ids[2])?.envelope?.copy?.stage == .ended)
      #expect(try storage.reader.openCopies(of: "acme", limit: 9).map(\.id) == Array(ids[..<2]))
      #expect(try storage.reader.openCopies(of: "acme", limit: 1).map(\.id) == [ids[0]])
      #expect(try storage.reader.openCopies(of: "b", limit: 9).isEmpty)
      let after = MessageID(rawValue: 0)
      #expect(try storage.reader.ids(.copyOpen, entity: "acme", after: after, limit: 9) == Array(ids[..<2]))
      #expect(try storage.reader.ids(.notFiling, entity: nil, after: after, limit: 9) == Array(ids[1...]))
      #expect(
        try storage.reader.list(entity: "acme", state: .filing, after: after, limit: 9).map(\.record.id) == [ids[0]])
      let acme = try #require(try engine.census().first)
      #expect(acme.counts.filing == 1 && acme.counts.queued == 3)
      #expect(try engine.oldest(of: "acme", from: after)?.id == ids[1])
      #expect(try engine.lease(at: noon + anHour).ids == Array(ids[1...]))
      storage.reader.close()
      try engine.close()
    },
    SpoolEnginePromise("the first attempt and the latest thirty are kept; one of the same number is replaced") {
      storage in
      let engine = try storage.open()
      let id = try engine.accept()
      for number in 1...40 { try engine.transact { try $0.addAttempt(attempt(number), to: id) } }
      #expect(try engine.lastAttempt(of: id)?.number == 40)
      try engine.transact { try $0.addAttempt(attempt(40, words: "again"), to: id) }
      let shown = try #require(try storage.reader.show(id))
      #expect(shown.attempts.map(\.number) == [1] + Array(11...40))
      #expect(shown.attempts.last?.words == "again" && shown.attempts.last?.at == noon.date)
      #expect(shown.attempts.first?.recipients.map(\.0) == [ada, bob])
      #expect(shown.attempts.first?.recipients.map(\.1) == [.deferred("450 4.2.1 voll"), .failed("")])
      #expect(try engine.lastAttempt(of: MessageID(rawValue: 99)) == nil)
      try engine.close()
    },
  ]

  static func delivered(_ id: MessageID, term: Int64) -> DeliveredMessage {
    DeliveredMessage(id: id, term: term, hasStoredOctets: true, hasAttempts: true)
  }

  static func attempt(_ number: Int, words: String = "") -> AttemptRecord {
    AttemptRecord(
      number: number, at: noon.date, words: words, recipients: [(ada, .deferred("450 4.2.1 voll")), (bob, .failed(""))])
  }
}
