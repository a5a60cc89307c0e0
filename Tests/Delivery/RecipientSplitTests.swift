// Which recipients go in which transaction.

import Diagnosis
import SMTP
import Testing
import Transport
import TransportSupport

@testable import Delivery

@Suite struct `A message split over transactions` {
  private let delivered = Outcome(.delivered, scope: .message, summary: "", words: "250 OK")

  private func outcome(_ wire: String, _ phase: ConversationPhase) throws -> Outcome {
    Outcome(of: try Reply(wire: wire), in: phase, for: .test(), now: noon)
  }

  private func part(_ outcomes: [Outcome], ending: TransportError? = nil) -> Transmission {
    var part = Transmission(outcomes: outcomes, ending: ending)
    part.wasAnswered = true
    return part
  }

  @Test func `goes to each recipient once, in the envelope's order`() {
    var split = RecipientSplit(recipients: 5)
    var sizes: [[Int]] = []
    while let places = split.next(atMost: 2) {
      sizes.append(Array(places))
      #expect(split.take(part(places.map { _ in delivered }), for: places) == nil)
    }
    #expect(sizes == [[0, 1], [2, 3], [4]])
    #expect(split.isOver && split.transmission.outcomes.allSatisfy { $0.kind == .delivered })
  }

  @Test func `learns how many are too many, and those go next`() throws {
    var split = RecipientSplit(recipients: 5)
    let tooMany = try outcome("452 4.5.3 Too many recipients", .recipient)
    let first = try #require(split.next(atMost: .max))
    #expect(split.take(part([delivered, delivered, tooMany, tooMany, tooMany]), for: first) == 2)
    #expect(split.delivered(first) == [0, 1])
    #expect(try #require(split.next(atMost: 2)) == [2, 3])
  }

  @Test func `ends where no recipient at all is taken`() throws {
    var split = RecipientSplit(recipients: 3)
    let tooMany = try outcome("452 4.5.3 Too many recipients", .recipient)
    let first = try #require(split.next(atMost: 2))
    #expect(split.take(part([tooMany, tooMany]), for: first) == nil)
    #expect(split.next(atMost: 2) == nil)
  }

  @Test func `goes on behind a refused recipient, and behind a refused transaction`() throws {
    var split = RecipientSplit(recipients: 4)
    var places = try #require(split.next(atMost: 2))
    _ = split.take(part([delivered, try outcome("550 5.1.1 No such user", .recipient)]), for: places)
    #expect(!split.isOver)
    places = try #require(split.next(atMost: 1))
    _ = split.take(part([try outcome("554 5.6.0 Bad message", .body)]), for: places)
    #expect(!split.isOver)
  }

  @Test(arguments: ["421 4.7.0 Try again later, closing connection", "451 4.3.0 Busy"])
  func `ends when the provider takes nothing more now, and the rest stays untouched`(wire: String) throws {
    var split = RecipientSplit(recipients: 4)
    let places = try #require(split.next(atMost: 2))
    let later = try outcome(wire, .body)
    _ = split.take(part([later, later]), for: places)
    #expect(split.isOver)
    #expect(split.transmission.outcomes.map(\.isUntouched) == [false, false, true, true])
  }

  @Test func `may go again as long as no transaction has reached the provider`() throws {
    var stale = part([delivered, delivered])
    (stale.wasAnswered, stale.isStale) = (false, true)
    var split = RecipientSplit(recipients: 2)
    _ = split.take(stale, for: try #require(split.next(atMost: 2)))
    #expect(split.mayGoAgain)
    #expect(split.transmission.isStale)
  }

  @Test(arguments: [Transmission.notBegun(recipients: 2), .stale(recipients: 2)])
  func `never goes again when some have it: the rest waits for another time`(second: Transmission) throws {
    var split = RecipientSplit(recipients: 4)
    _ = split.take(part([delivered, delivered]), for: try #require(split.next(atMost: 2)))
    _ = split.take(second, for: try #require(split.next(atMost: 2)))
    #expect(!split.mayGoAgain && split.isOver)
    #expect(split.transmission.outcomes.prefix(2).allSatisfy { $0.kind == .delivered })
  }
}

extension Transmission {
  fileprivate static func stale(recipients: Int) -> Transmission {
    let outcome = Outcome(.deferred(after: nil), scope: .message, summary: "The line broke.", words: "")
    var transmission = Transmission(
      outcomes: Array(repeating: outcome, count: recipients), ending: .lost(.mail, timedOut: false, bodySent: false))
    transmission.isStale = true
    return transmission
  }
}
