// Writes down what came of messages: into the spool, into the log, and past the poison guard, which keeps some of it back
// for a moment.

import Diagnosis
import Foundation
import Mailboxes
import Spool
import Synchronization
import Platform
import Transport

/// Belongs to one queue.
final class OutcomeRecorder: Sendable {
  private let mailbox: Mailbox
  private let context: DeliveryContext
  private let tasks: TaskTracker
  private let poison = Mutex(PoisonGuard())

  init(for mailbox: Mailbox, in context: DeliveryContext, tasks: TaskTracker) {
    self.mailbox = mailbox
    self.context = context
    self.tasks = tasks
  }

  private var now: Date { context.time.now }

  /// The message reached a session.
  ///
  /// - Returns: the fault of the mailbox, where three messages in a row show that it is the matter.
  func record(_ transmission: Transmission, of attempt: Attempt) async -> Fault? {
    let settlement = await attempt.settlement(of: transmission, now: now)
    context.log.attempt(attempt.message, transmission.outcomes)
    return examine(
      PoisonGuard.Suspect(id: attempt.message.id, settlement: settlement, outcomes: transmission.outcomes))
  }

  private func examine(_ suspect: PoisonGuard.Suspect) -> Fault? {
    switch poison.withLock({ $0.examine(suspect) }) {
    case .settle(let suspects): settle(suspects)
    case .keepBack(let before):
      settle(before)
      tasks.after(context.tuning.suspense) { self.settle(self.poison.withLock { $0.release(suspect.id) }) }
    case .poisoned(let suspects, let outcome):
      // Behind the others: if only these three are bad, the next probe lets the rest pass before them.
      settle(suspects.map { $0.waiting(until: now + context.tuning.probe * 4 / 3) })
      return .refusedAlike(outcome, of: mailbox, now: now)
    }
    return nil
  }

  /// No session could be opened for the message.
  func record(_ error: TransportError, of attempt: Attempt) async {
    let transmission = attempt.transmission(failedBy: error, now: now)
    context.log.attempt(attempt.message, transmission.outcomes)
    context.spool.settle(attempt.message.id, await attempt.settlement(of: transmission, now: now), now: now)
  }

  /// These were not begun: as if they had never been drawn.
  func giveBack(_ messages: [SpooledMessage]) {
    for message in messages { context.spool.settle(message.id, .unstarted(), now: now) }
  }

  // MARK: Suspects

  /// Nothing more will be known of them.
  func settleSuspects() { settle(poison.withLock { $0.release() }) }

  /// What was refused before says nothing of what is sent from now on.
  func forgetRow() { poison.withLock { $0.forgetRow() } }

  private func settle(_ suspects: [PoisonGuard.Suspect]) {
    for suspect in suspects { context.spool.settle(suspect.id, suspect.settlement, now: now) }
  }
}
