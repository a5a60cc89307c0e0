// Who is meant by a refusal that nothing explains, by values alone.

import Diagnosis
import Foundation
import SMTP
import Spool
import Testing
import TransportSupport

@testable import Delivery

@Suite struct `Open questions` {
  private static let odd = "550 Requested action not taken"
  private static let other = "554 Transaction failed"

  private static func outcome(_ wire: String, _ phase: ConversationPhase) throws -> Outcome {
    Outcome(of: try Reply(wire: wire), in: phase, for: .test(), now: noon)
  }

  private static func refusal(
    _ id: Int64, to domain: String = "example.org", _ wire: String = odd, _ phase: ConversationPhase = .recipient
  ) throws -> MessageRefusal {
    MessageRefusal(
      id: MessageID(rawValue: id), pattern: RefusalPattern(try Reply(wire: wire), naming: []),
      outcome: try outcome(wire, phase), domains: [domain])
  }

  private static func refused(_ wire: String = odd, _ phase: ConversationPhase = .recipient) throws -> SelfTest.Finding
  {
    .refused(try outcome(wire, phase), RefusalPattern(try Reply(wire: wire), naming: []))
  }

  /// `test envelope`, `hold 900, later 1 2`, `fail 1`, `note 1: …`, `again 1`, `wait 1`.
  private func text(_ actions: [QuestionAction]) -> String {
    actions.map { action in
      switch action {
      case .fail(let id): "fail \(id)"
      case .hold(_, let span): "hold \(span.components.seconds)"
      case .test(let test): "test \(test)"
      case .note(let ids, _): "note \(ids.map { "\($0)" }.joined(separator: " "))"
      case .tryAgain(let ids): "again \(ids.map { "\($0)" }.joined(separator: " "))"
      case .postpone(let ids, let until):
        "later \(ids.map { "\($0)" }.joined(separator: " ")) by \(Int(until.timeIntervalSince(noon)))"
      case .wait(let id): "wait \(id)"
      }
    }.joined(separator: ", ")
  }

  private func questions() -> OpenQuestions { OpenQuestions(ownDomain: "firm.example", probe: .seconds(900)) }

  /// What came of the last of these events.
  private func last(of events: [QuestionEvent]) -> String {
    var questions = questions()
    return events.map { text(questions.handle($0, now: noon)) }.last ?? ""
  }

  private func taken(_ test: SelfTest = .envelope, othersWait: Bool = false) -> QuestionEvent {
    .tested(test, .taken, othersWait: othersWait)
  }

  private func delivered(_ id: Int64, to domain: String) -> QuestionEvent {
    .delivered(MessageID(rawValue: id), to: [domain])
  }

  @Test func `ask the mailbox first`() throws {
    #expect(last(of: [.unexplained(try Self.refusal(1))]) == "test envelope")
  }

  @Test func `find the mailbox when its own envelope is refused alike`() throws {
    let found = last(of: [
      .unexplained(try Self.refusal(1)), .tested(.envelope, try Self.refused(), othersWait: false),
    ])
    #expect(found == "note 1, hold 900, later 1 by 1200")
  }

  @Test func `stay open when its own envelope is taken, for a provider takes its own domain where it relays nothing`()
    throws
  {
    #expect(last(of: [.unexplained(try Self.refusal(1)), taken()]) == "note 1")
  }

  @Test func `find the mailbox when messages to two foreign domains are refused alike`() throws {
    let found = last(of: [
      .unexplained(try Self.refusal(1)), taken(), .unexplained(try Self.refusal(2, to: "example.net")),
    ])
    #expect(found == "note 1 2, hold 900, later 1 2 by 1200")
  }

  @Test(arguments: ["example.org", "firm.example"])
  func `prove nothing by a second message to the same domain or to the mailbox's own`(domain: String) throws {
    #expect(
      last(of: [.unexplained(try Self.refusal(1)), taken(), .unexplained(try Self.refusal(2, to: domain))]) == "")
  }

  @Test func `have a message tried once more when another goes through, and fail it when it is refused again`() throws {
    var questions = questions()
    _ = questions.handle(.unexplained(try Self.refusal(1)), now: noon)
    _ = questions.handle(taken(), now: noon)
    #expect(text(questions.handle(delivered(2, to: "example.net"), now: noon + 60)) == "note 1, again 1")
    #expect(text(questions.handle(.unexplained(try Self.refusal(1)), now: noon + 61)) == "fail 1")
    #expect(questions.oldest == nil)
  }

  @Test func `are asked anew when the message is refused in other words`() throws {
    var questions = questions()
    _ = questions.handle(.unexplained(try Self.refusal(1)), now: noon)
    _ = questions.handle(taken(), now: noon)
    _ = questions.handle(delivered(2, to: "example.net"), now: noon)
    let again = Self.other
    #expect(text(questions.handle(.unexplained(try Self.refusal(1, again, .body)), now: noon)) == "test envelope")
  }

  @Test func `learn nothing from mail to the mailbox's own domain`() throws {
    let found = last(of: [.unexplained(try Self.refusal(1)), taken(), delivered(2, to: "firm.example")])
    #expect(found == "")
  }

  @Test func `are over when the message is delivered`() throws {
    var questions = questions()
    _ = questions.handle(.unexplained(try Self.refusal(1)), now: noon)
    _ = questions.handle(delivered(1, to: "example.org"), now: noon)
    #expect(questions.oldest == nil)
  }

  @Test func `send a letter to the mailbox itself where the provider judges after the data, at most one an hour`()
    throws
  {
    var questions = questions()
    let refusal = try Self.refusal(1, Self.other, .body)
    _ = questions.handle(.unexplained(refusal), now: noon)
    #expect(text(questions.handle(taken(), now: noon)) == "note 1, test letter")
    #expect(text(questions.handle(taken(.letter), now: noon)) == "note 1")
    for minutes in [20, 40] {
      _ = questions.handle(.unexplained(refusal), now: noon + Double(minutes) * 60)
      #expect(text(questions.handle(taken(), now: noon + Double(minutes) * 60)) == "note 1")
    }
    _ = questions.handle(.unexplained(refusal), now: noon + 3600)
    #expect(text(questions.handle(taken(), now: noon + 3600)) == "note 1, test letter")
  }

  @Test func `send no letter while other mail is about to go out`() throws {
    #expect(
      last(of: [.unexplained(try Self.refusal(1, Self.other, .body)), taken(othersWait: true)]) == "note 1")
  }

  @Test func `make no more than four self-tests an hour over the same words`() throws {
    var questions = questions()
    var tests = 0
    for minute in 0..<60 {
      let now = noon + Double(minute) * 60
      let actions = questions.handle(.unexplained(try Self.refusal(1)), now: now)
      tests += actions.count { $0 == .test(.envelope) }
      _ = questions.handle(taken(), now: now)
    }
    #expect(tests == 4)
  }

  @Test func `hold at once, and for longer, when the flag was lifted and the words come again`() throws {
    var questions = questions()
    _ = questions.handle(.unexplained(try Self.refusal(1)), now: noon)
    _ = questions.handle(.tested(.envelope, try Self.refused(), othersWait: false), now: noon)
    let again = questions.handle(.unexplained(try Self.refusal(2)), now: noon)
    #expect(text(again).hasPrefix("hold 1800"))
    _ = questions.handle(delivered(3, to: "example.net"), now: noon)
    #expect(!questions.hasConvicted)
  }

  @Test func `keep reports back after a refusal until the mailbox has passed a self-test`() throws {
    var questions = questions()
    let (report, refusal) = (MessageID(rawValue: 9), try Self.refusal(1, "550 5.1.1 No such user"))
    #expect(questions.handle(.reportDue(report), now: noon) == [])
    _ = questions.handle(.explained(refusal), now: noon)
    #expect(text(questions.handle(.reportDue(report), now: noon)) == "wait 9, test envelope")
    #expect(text(questions.handle(taken(), now: noon)) == "again 9")
    #expect(questions.handle(.reportDue(report), now: noon) == [])
    #expect(questions.isVouched(refusal.pattern, now: noon))
  }

  @Test func `ask by a letter before a report where the refusal came after the data`() throws {
    var questions = questions()
    _ = questions.handle(.explained(try Self.refusal(1, "554 Spam", .body)), now: noon)
    #expect(text(questions.handle(.reportDue(MessageID(rawValue: 9)), now: noon)) == "wait 9, test letter")
  }

  @Test func `let reports go after a quarter of an hour, whatever nobody could find out`() throws {
    var questions = questions()
    _ = questions.handle(.explained(try Self.refusal(1, "550 5.1.1 No such user")), now: noon)
    #expect(questions.handle(.reportDue(MessageID(rawValue: 9)), now: noon + 901) == [])
  }
}
