// Which refusals are doubted, and what becomes of those kept back.

import Diagnosis
import Foundation
import Message
import SMTP
import Spool
import Testing
import TransportSupport

@testable import Delivery

@Suite struct `The poison guard` {
  private static let spam = "554 5.7.1 Spam message rejected"
  private static let nobody = "550 5.1.1 No such user"
  private static let size = "552 5.3.4 Too large"
  private static let form = "550 5.7.1 This message is not RFC 5322 compliant, duplicate headers"
  private static let taken = "250 2.0.0 OK"

  /// Message `id`, to a recipient of its own unless one is given.
  private func suspect(
    _ id: Int64, _ wire: String, to recipient: String? = nil
  ) throws -> (suspect: PoisonGuard.Suspect, isTaken: Bool) {
    let phase = wire.contains("No such user") ? ConversationPhase.recipient : .body
    let outcome = Outcome(of: try Reply(wire: wire), in: phase, for: .test(), now: noon)
    let envelope = Envelope(
      sender: nil, recipients: [Address(localPart: recipient ?? "r\(id)", domain: "example.org")])
    let message = SpooledMessage(
      id: MessageID(rawValue: id), entity: "acme", envelope: envelope, content: .octets([]), receivedAt: noon)
    let settlement = Settlement(recipients: [], words: outcome.words)
    return (.init(message, [outcome], settlement, by: .test(), now: noon), outcome.kind == .delivered)
  }

  private func examine(
    _ poison: inout PoisonGuard, _ id: Int64, _ wire: String, to recipient: String? = nil, isVouched: Bool = false
  ) throws -> String {
    let (suspect, isTaken) = try suspect(id, wire, to: recipient)
    return text(poison.examine(suspect, taken: isTaken, isVouched: isVouched))
  }

  /// `settles 1 2`, `keeps back`, `settles 1, keeps back` or `doubts`.
  private func text(_ finding: PoisonGuard.Finding) -> String {
    func ids(_ suspects: [PoisonGuard.Suspect]) -> String { suspects.map { "\($0.id)" }.joined(separator: " ") }
    return switch finding {
    case .settle(let suspects): "settles \(ids(suspects))"
    case .keepBack(let before): before.isEmpty ? "keeps back" : "settles \(ids(before)), keeps back"
    case .doubt: "doubts"
    }
  }

  // Messages are numbered from 1, each to a recipient of its own.
  @Test(arguments: [
    ([taken], "settles 1"),
    ([spam], "keeps back"),
    ([spam, taken], "settles 1 2"),
    ([spam, spam, spam], "doubts"),
    ([nobody, nobody, nobody], "doubts"),
    // Under way behind the third, and refused alike: the mailbox is being asked.
    ([spam, spam, spam, spam], "keeps back"),
    ([spam, spam, taken], "settles 1 2 3"),
    ([spam, taken, spam, spam], "keeps back"),
    ([spam, spam, nobody], "settles 1 2, keeps back"),
    // A session's identifier in the words makes no difference.
    (["554 5.7.1 Spam message rejected a1b2", "554 5.7.1 Spam message rejected c3d4", spam], "doubts"),
    // A message's own fault says nothing about others.
    ([size, size, size], "settles 3"),
    ([form, form, form], "settles 3"),
    ([spam, form, spam, form, spam], "doubts"),
  ])
  func `finds after messages in a row`(words: [String], finding: String) throws {
    var poison = PoisonGuard()
    var last = ""
    for (number, words) in words.enumerated() { last = try examine(&poison, Int64(number) + 1, words) }
    #expect(last == finding)
  }

  @Test func `counts one message once, and one recipient once, however often they are refused`() throws {
    var poison = PoisonGuard()
    for _ in 1...3 { #expect(try examine(&poison, 1, Self.spam) == "keeps back") }
    for id in 2...5 { #expect(try !examine(&poison, Int64(id), Self.nobody, to: "ada").hasPrefix("doubts")) }
  }

  @Test func `does not doubt words that a self-test has vouched for`() throws {
    var poison = PoisonGuard()
    for id in 1...4 { #expect(try examine(&poison, Int64(id), Self.nobody, isVouched: true) == "settles \(id)") }
  }

  @Test func `fails those kept back when the mailbox is not meant, and has them wait when nobody can tell`() throws {
    var poison = PoisonGuard()
    for id in 1...3 { _ = try examine(&poison, Int64(id), Self.spam) }
    #expect(poison.release(MessageID(rawValue: 1)).isEmpty, "the mailbox is being asked")
    var undecided = poison
    #expect(poison.acquit().map(\.settlement.returned) == [false, false, false])
    #expect(undecided.postpone().count == 3 && !undecided.isAsking)
  }

  @Test func `waits for no answer any more when something is taken`() throws {
    var poison = PoisonGuard()
    for id in 1...3 { _ = try examine(&poison, Int64(id), Self.nobody) }
    #expect(poison.isAsking)
    _ = try examine(&poison, 4, Self.taken)
    #expect(!poison.isAsking && poison.isQuiet)
  }

  @Test func `names all of the row when the mailbox is meant, those that have failed before as well`() throws {
    var poison = PoisonGuard()
    _ = try examine(&poison, 1, Self.spam)
    #expect(poison.release(MessageID(rawValue: 1)).count == 1, "failed after a moment, with none behind it")
    for id in 2...3 { _ = try examine(&poison, Int64(id), Self.spam) }
    let (kept, row) = poison.convict()
    #expect(kept.map(\.id.rawValue) == [2, 3] && row.map(\.rawValue) == [1, 2, 3])
  }

  @Test func `begins a new row when the queue opens again, and still has those it kept back`() throws {
    var poison = PoisonGuard()
    for id in 1...2 { _ = try examine(&poison, Int64(id), Self.spam) }
    poison.forgetRow()
    #expect(try examine(&poison, 3, Self.spam) == "keeps back")
    #expect(poison.release().count == 3)
  }

  @Test func `releases each message once`() throws {
    var poison = PoisonGuard()
    for id in 1...2 { _ = try examine(&poison, Int64(id), Self.spam) }
    let released = [
      poison.release(MessageID(rawValue: 1)), poison.release(MessageID(rawValue: 1)), poison.release(),
    ]
    #expect(released.map { $0.map(\.id.rawValue) } == [[1], [], [2]])
    #expect(try examine(&poison, 3, Self.spam) == "doubts", "the row goes on")
  }
}
