// What queues write into the log and into the store of mailboxes.

import Diagnosis
import Foundation
import Logging
import Mailboxes
import Spool
import Platform

extension Logger {
  /// One line a message; neither its subject nor a byte of its body.
  func attempt(_ message: SpooledMessage, _ outcomes: [Outcome]) {
    info(
      "attempt",
      metadata: [
        "id": "\(message.id)", "entity": "\(message.entity)", "recipients": "\(outcomes.count)",
        "outcome": "\(Attempt.worst(of: outcomes)?.kind.rawValue ?? "none")",
        "words": "\(Attempt.words(of: outcomes))",
      ])
  }

  func selfTest(of entity: String, _ test: SelfTest, _ finding: SelfTest.Finding) {
    let words =
      switch finding {
      case .taken: "taken"
      case .refused(let outcome, _): outcome.words
      case .unknown: "not made"
      }
    notice("self-test", metadata: ["entity": "\(entity)", "test": "\(test)", "answer": "\(words)"])
  }

  /// For whoever looks for why a queue does what it does.
  func change(of entity: String, to mode: QueueState.Mode, after event: QueueEvent) {
    debug("queue", metadata: ["entity": "\(entity)", "mode": "\(mode)", "event": "\(event)"])
  }

  func condition(_ condition: Condition, of entity: String, now: Date) {
    switch condition {
    case .working: break
    case .paused(let until, let fault):
      warning(
        "paused",
        metadata: [
          "entity": "\(entity)", "seconds": "\(Int(until.timeIntervalSince(now)))",
          "words": "\(fault.upstream.isEmpty ? fault.summary : fault.upstream)",
        ])
    case .broken(let fault, _):
      error("flag", metadata: ["entity": "\(entity)", "class": "\(fault.class)", "summary": "\(fault.summary)"])
    }
  }
}

extension DeliveryContext {
  /// Shown to people from now on, and found by the next queue of this mailbox.
  func publish(_ condition: Condition, of mailbox: Mailbox) async {
    log.condition(condition, of: mailbox.entity, now: time.now)
    do {
      try await store.setCondition(condition, of: mailbox.entity, generation: mailbox.generation)
    } catch {
      log.error("condition not saved", metadata: ["entity": "\(mailbox.entity)", "error": "\(error)"])
    }
  }
}
