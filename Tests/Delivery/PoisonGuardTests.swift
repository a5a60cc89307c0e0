// Which refusals are the message's, and which the mailbox's.

import Diagnosis
import Foundation
import SMTP
import Spool
import Testing
import TransportSupport

@testable import Delivery

@Suite struct `The poison guard` {
  private func suspect(_ id: Int64, _ wire: String, in phase: ConversationPhase = .body) throws -> PoisonGuard.Suspect {
    let outcome = Outcome(of: try Reply(wire: wire), in: phase, for: .test(), now: noon)
    return PoisonGuard.Suspect(
      id: MessageID(rawValue: id), settlement: Settlement(recipients: [], words: outcome.words), outcomes: [outcome])
  }

  /// `settles 1 2`, `keeps back`, `settles 1, keeps back` or `poisoned 1 2 3`.
  private func text(_ finding: PoisonGuard.Finding) -> String {
    func ids(_ suspects: [PoisonGuard.Suspect]) -> String { suspects.map { "\($0.id)" }.joined(separator: " ") }
    return switch finding {
    case .settle(let suspects): "settles \(ids(suspects))"
    case .keepBack(let before): before.isEmpty ? "keeps back" : "settles \(ids(before)), keeps back"
    case .poisoned(let suspects, _): "poisoned \(ids(suspects))"
    }
  }

  private static let disliked = "554 5.7.1 Spam message rejected"
  private static let other = "554 5.6.0 Bad message"
  private static let taken = "250 2.0.0 OK"

  // Messages are numbered from 1.
  @Test(arguments: [
    ([taken], "settles 1"),
    ([disliked], "keeps back"),
    ([disliked, taken], "settles 1 2"),
    ([disliked, disliked], "keeps back"),
    ([disliked, disliked, disliked], "poisoned 1 2 3"),
    // Under way behind the third, and refused alike.
    ([disliked, disliked, disliked, disliked], "poisoned 4"),
    ([disliked, disliked, taken], "settles 1 2 3"),
    ([disliked, taken, disliked, disliked], "keeps back"),
    ([disliked, disliked, other], "settles 1 2, keeps back"),
    ([other, disliked, disliked, disliked], "poisoned 2 3 4"),
    // Its size is said of a message and of nothing else.
    (["552 5.3.4 Too large", "552 5.3.4 Too large", "552 5.3.4 Too large"], "settles 3"),
  ])
  func `finds after messages in a row`(words: [String], finding: String) throws {
    var poison = PoisonGuard()
    var last = ""
    for (number, words) in words.enumerated() {
      last = text(poison.examine(try suspect(Int64(number) + 1, words)))
    }
    #expect(last == finding)
  }

  @Test func `takes no recipient's refusal for the message's`() throws {
    var poison = PoisonGuard()
    for id in 1...3 {
      let finding = poison.examine(try suspect(Int64(id), "550 5.1.1 No such user", in: .recipient))
      #expect(text(finding) == "settles \(id)")
    }
  }

  @Test func `counts one message once, however often it is refused`() throws {
    var poison = PoisonGuard()
    for _ in 1...3 { #expect(text(poison.examine(try suspect(1, Self.disliked))) == "keeps back") }
  }

  @Test func `begins a new row when the queue opens again, and still has those it kept back`() throws {
    var poison = PoisonGuard()
    for id in 1...2 { _ = poison.examine(try suspect(Int64(id), Self.disliked)) }
    poison.forgetRow()
    #expect(text(poison.examine(try suspect(3, Self.disliked))) == "settles 1 2, keeps back")
  }

  @Test func `releases each message once`() throws {
    var poison = PoisonGuard()
    for id in 1...2 { _ = poison.examine(try suspect(Int64(id), Self.disliked)) }
    let released = [
      poison.release(MessageID(rawValue: 1)), poison.release(MessageID(rawValue: 1)), poison.release(),
    ]
    #expect(released.map { $0.map(\.id.rawValue) } == [[1], [], [2]])
    #expect(text(poison.examine(try suspect(3, Self.disliked))) == "poisoned 3", "the row goes on")
  }
}
