// Writes down what came of messages: into the spool, into the log, and past those who judge refusals, which keep some of it
// back for a moment, or have it tried again.

import Diagnosis
import Foundation
import Logging
import Logs
import Mailboxes
import Message
import SMTP
import Spool
import Synchronization
import Platform
import Transport

/// Belongs to one queue.
final class OutcomeRecorder: Sendable {
  /// What is asked of the queue.
  enum Errand: Equatable, Sendable {
    case test(SelfTest)
    /// The mailbox is meant: raise the flag, and look after so long whether the fault is gone.
    case hold(Fault, for: Duration)
  }

  /// Who judges refusals.
  private struct Judges {
    var poison = PoisonGuard()
    var questions: OpenQuestions

    /// Nothing was refused of late.
    var isQuiet: Bool { poison.isQuiet && questions.isQuiet }

    /// - Returns: what is to be settled, where the mailbox is not meant or nobody can tell.
    mutating func concludeDoubt(now: Date) -> [PoisonGuard.Suspect] {
      guard poison.isAsking else { return [] }
      let isVouched = poison.pattern.map { questions.isVouched($0, now: now) } ?? false
      return isVouched ? poison.acquit() : poison.postpone()
    }
  }

  private let mailbox: Mailbox
  private let context: DeliveryContext
  private let tasks: TaskTracker
  private let judges: Mutex<Judges>
  private let counters: QueueCounters

  init(for mailbox: Mailbox, in context: DeliveryContext, tasks: TaskTracker) {
    self.mailbox = mailbox
    self.context = context
    self.tasks = tasks
    counters = context.counters.queue(of: mailbox.entity)
    let questions = OpenQuestions(ownDomain: mailbox.address.domain, probe: context.tuning.probe)
    judges = Mutex(Judges(questions: questions))
  }

  private var now: Date { context.time.now }

  /// The message reached a session.
  func record(_ transmission: Transmission, of attempt: Attempt) async -> [Errand] {
    let message = attempt.message
    let logged = LoggedMessage(attempt)
    if judges.withLock({ $0.isQuiet }), transmission.outcomes.allSatisfy({ $0.kind == .delivered }) {
      context.log.attempt(logged, transmission.outcomes, through: mailbox)
      counters.count(AttemptTally(of: message, transmission.outcomes, now: now))
      settle(logged, await attempt.settlement(of: transmission, now: now))
      return []
    }
    var transmission = transmission
    if message.isReport { openQuestions(of: &transmission, message) }
    let actions = judge(transmission.outcomes, of: message)
    let isAnswered = actions.contains(.fail(message.id))
    if isAnswered { transmission.outcomes = transmission.outcomes.map(\.givenUp) }
    context.log.attempt(logged, transmission.outcomes, through: mailbox)
    countUnknown(transmission, of: attempt.entity)
    let suspect = PoisonGuard.Suspect(
      message, transmission.outcomes, await attempt.settlement(of: transmission, now: now), by: mailbox, now: now,
      logged: logged)
    let isTaken = transmission.outcomes.contains { $0.kind == .delivered }
    let requests = pass(suspect, taken: isTaken, isAnswered: isAnswered)
    return requests + obey(actions)
  }

  /// No session could be opened for the message.
  func record(_ error: TransportError, of attempt: Attempt) async {
    let transmission = attempt.transmission(failedBy: error, now: now)
    let logged = LoggedMessage(attempt)
    context.log.attempt(logged, transmission.outcomes, through: mailbox)
    counters.count(AttemptTally(of: attempt.message, transmission.outcomes, now: now))
    settle(logged, await attempt.settlement(of: transmission, now: now))
  }

  // MARK: Unknown outcomes

  /// - Parameter listed: the message as it was before; `nil`: it could not be read.
  func found(_ outcome: UnknownOutcome, of listed: ListedMessage?, _ words: String) {
    counters.unknownOutcomes[.found].add()
    guard let listed else { return }
    counters.count(AttemptTally(foundIn: listed, outcome, now: now))
    context.log.found(outcome, of: listed, words, now: now)
  }

  func retried(_ id: MessageID, _ decision: SentSearch.Conclusion) {
    counters.unknownOutcomes[decision.verdict == .notFound ? .notFound : .retried].add()
    context.log.tell(.unknownRetried, [.id: "\(id)", .entity: mailbox.entity, .reason: decision.words])
  }

  private func countUnknown(_ transmission: Transmission, of entity: Entity) {
    if transmission.unknownPlaces.isEmpty { return }
    switch entity.unknownOutcome {
    case .retry: counters.unknownOutcomes[.retried].add()
    case .hold: counters.unknownOutcomes[.held].add()
    // Counted when it has been looked for.
    case .check: break
    }
  }

  /// These were not begun: as if they had never been drawn.
  func giveBack(_ messages: [SpooledMessage]) {
    for message in messages { context.spool.settle(message.id, .unstarted(), now: now) }
  }

  // MARK: Open questions

  /// A failure report goes through no mailbox that has just refused: it waits for a self-test, or for other mail.
  ///
  /// - Returns: `nil` when the message may go.
  func postpone(_ message: SpooledMessage) -> [Errand]? {
    guard message.isReport else { return nil }
    let actions = ask(.reportDue(message.id))
    guard actions.contains(.wait(message.id)) else { return nil }
    context.spool.settle(message.id, .unstarted(due: now + .seconds(60)), now: now)
    return obey(actions)
  }

  /// What a self-test has found.
  func conclude(_ test: SelfTest, _ finding: SelfTest.Finding, othersWait: Bool) -> [Errand] {
    context.log.selfTest(of: mailbox.entity, test, finding)
    let actions = ask(.tested(test, finding, othersWait: othersWait))
    let isConvicted = actions.contains { if case .hold = $0 { true } else { false } }
    // Where the mailbox is meant, `obey` puts back what was kept.
    if !isConvicted { settle(judges.withLock { $0.concludeDoubt(now: now) }) }
    return obey(actions)
  }

  /// The mailbox is being asked whether it is meant: nothing more is sent until that is known.
  var isAsking: Bool { judges.withLock { $0.poison.isAsking } }

  var hasConvicted: Bool { judges.withLock { $0.questions.hasConvicted } }

  /// Whether the mailbox was shown to be meant by these words.
  func isConvicted(by outcome: Outcome) -> Bool {
    guard let reply = outcome.reply else { return false }
    let pattern = RefusalPattern(reply, naming: [mailbox.address])
    return judges.withLock { $0.questions.isConvicted(pattern, now: now) }
  }

  private func ask(_ event: QuestionEvent) -> [QuestionAction] {
    judges.withLock { $0.questions.handle(event, now: now) }
  }

  /// What the provider said of a report in the words of the refusal before it, it did not say of the report.
  private func openQuestions(of transmission: inout Transmission, _ message: SpooledMessage) {
    guard let refusal = MessageRefusal(of: message, transmission.outcomes, .failed, by: mailbox),
      judges.withLock({ $0.questions.isLatest(refusal.pattern) || $0.questions.isConvicted(refusal.pattern, now: now) })
    else { return }
    transmission.outcomes = transmission.outcomes.map { $0.unexplained(now: now) }
  }

  private func judge(_ outcomes: [Outcome], of message: SpooledMessage) -> [QuestionAction] {
    var actions: [QuestionAction] = []
    if let refusal = MessageRefusal(of: message, outcomes, .unexplained, by: mailbox) {
      actions += ask(.unexplained(refusal))
    }
    if let refusal = MessageRefusal(of: message, outcomes, .failed, by: mailbox), !refusal.outcome.namesOwnFault {
      actions += ask(.explained(refusal))
    }
    let taken = zip(message.envelope.recipients, outcomes).filter { $0.1.kind == .delivered }
    if !taken.isEmpty { actions += ask(.delivered(message.id, to: Set(taken.map { $0.0.domain.lowercased() }))) }
    return actions
  }

  private func obey(_ actions: [QuestionAction]) -> [Errand] {
    var requests: [Errand] = []
    for action in actions {
      switch action {
      case .fail, .wait: break
      case .test(let test): requests.append(.test(test))
      case .hold(let outcome, let span):
        putBack(until: now + span * 4 / 3)
        requests.append(.hold(.refusedAlike(outcome, of: mailbox, now: now), for: span))
      case .note(let ids, let words): change { await $0.note(words, on: ids) }
      case .tryAgain(let ids): change { [now] in _ = try? await $0.retry(.ids(ids), now: now) }
      case .postpone(let ids, let until): change { await $0.postpone(ids, until: until) }
      }
    }
    publishOldest()
    return requests
  }

  private func publishOldest() {
    let oldest = judges.withLock { $0.questions.oldest }
    context.questions.set(oldest.flatMap { $0.refusal.outcome.fault(since: $0.since) }, of: mailbox.entity)
  }

  /// In the order in which they are asked for, after what was settled before.
  private func change(_ work: @escaping @Sendable (Spool) async -> Void) {
    tasks.begin { [spool = context.spool] in await work(spool) }
  }

  // MARK: Suspects

  /// Past the poison guard.
  ///
  /// - Parameter isAnswered: the question whom the refusal means was open, and is not any more.
  private func pass(_ suspect: PoisonGuard.Suspect, taken: Bool, isAnswered: Bool) -> [Errand] {
    let finding = judges.withLock { judges in
      let isVouched = suspect.refusal.map { isAnswered || judges.questions.isVouched($0.pattern, now: now) } ?? false
      return judges.poison.examine(suspect, taken: taken, isVouched: isVouched)
    }
    switch finding {
    case .settle(let suspects): settle(suspects)
    case .keepBack(let before):
      settle(before)
      tasks.after(context.tuning.suspense) { self.settle(self.judges.withLock { $0.poison.release(suspect.id) }) }
    case .doubt:
      guard let refusal = suspect.refusal else { break }
      let actions = ask(.doubted(refusal))
      // Nobody can be asked at the moment.
      if actions.isEmpty { settle(judges.withLock { $0.poison.postpone() }) }
      return obey(actions)
    }
    return []
  }

  /// What has failed in this run waits again, and the reports about it are not sent.
  private func putBack(until time: Date) {
    let (kept, row) = judges.withLock { $0.poison.convict() }
    settle(kept.map { $0.waiting(until: time) })
    guard !row.isEmpty else { return }
    let (entity, now) = (mailbox.entity, now)
    change { spool in
      _ = try? await spool.deleteReports(on: row, of: entity)
      _ = try? await spool.retry(.ids(row), now: now)
      await spool.postpone(row, until: time)
    }
  }

  /// Nothing more will be known of them.
  func settleSuspects() {
    settle(judges.withLock { $0.poison.isAsking ? $0.poison.postpone() : $0.poison.release() })
  }

  /// What was refused before says nothing of what is sent from now on.
  func forgetRow() { judges.withLock { $0.poison.forgetRow() } }

  private func settle(_ suspects: [PoisonGuard.Suspect]) {
    for suspect in suspects {
      counters.count(suspect.tally)
      settle(suspect.message, suspect.settlement)
    }
  }

  private func settle(_ message: LoggedMessage, _ settlement: Settlement) {
    context.log.settlement(settlement, of: message, now: now)
    context.spool.settle(message.id, settlement, now: now)
  }
}
