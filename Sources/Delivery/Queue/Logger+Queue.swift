// What queues write into the log and into the store of mailboxes.

import Diagnosis
import Foundation
import Logging
import Logs
import Mailboxes
import Message
import SMTP
import Spool

extension Logger {
  /// One line an attempt; neither the subject nor a byte of the body.
  func attempt(_ message: LoggedMessage, _ outcomes: [Outcome], through mailbox: Mailbox) {
    tell(
      .attempt,
      message.fields() + [
        .mailbox: mailbox.address.text, .outcome: Self.tally(of: outcomes), .reply: Attempt.words(of: outcomes),
      ])
  }

  /// `delivered`, or `delivered:2,failed:1`.
  private static func tally(of outcomes: [Outcome]) -> String {
    guard let first = outcomes.first?.kind else { return "none" }
    if outcomes.allSatisfy({ $0.kind == first }) {
      return outcomes.count == 1 ? first.rawValue : "\(first):\(outcomes.count)"
    }
    var counts: [(kind: Outcome.Kind, count: Int)] = []
    for outcome in outcomes {
      if let place = counts.firstIndex(where: { $0.kind == outcome.kind }) {
        counts[place].count += 1
      } else {
        counts.append((outcome.kind, 1))
      }
    }
    return counts.map { "\($0.kind):\($0.count)" }.joined(separator: ",")
  }

  func selfTest(of entity: String, _ test: SelfTest, _ finding: SelfTest.Finding) {
    let (outcome, reply): (String, String?) =
      switch finding {
      case .taken: ("taken", nil)
      case .refused(let outcome, _): ("refused", outcome.words)
      case .unknown: ("not made", nil)
      }
    tell(.selfTest, [.entity: entity, .test: "\(test)", .outcome: outcome, .reply: reply])
  }

  /// For whoever looks for why a queue does what it does.
  func change(of entity: String, to mode: QueueState.Mode, after event: QueueEvent) {
    tell(.queueMode, [.entity: entity, .mode: "\(mode)", .cause: "\(event)"])
  }
}

extension DeliveryContext {
  /// Shown to people from now on, and found by the next queue of this mailbox. Whoever follows the store logs it.
  func publish(_ condition: Condition, of mailbox: Mailbox) async {
    do {
      try await store.setCondition(condition, of: mailbox.entity, generation: mailbox.generation)
    } catch {
      log.tell(.conditionNotSaved, [.entity: mailbox.entity, .reason: "\(error)"])
    }
  }
}
