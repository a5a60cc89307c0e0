// What an attempt's outcomes do to the lane: settle, log, pause, raise the flag, or go on.

import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import System

extension Lane {
  /// Settles a message that was handed over, and draws the lane's conclusion.
  func conclude(_ attempt: Attempt, _ transmission: Transmission) async {
    await record(attempt, transmission)
    await learn(from: transmission)
  }

  func record(_ attempt: Attempt, _ transmission: Transmission) async {
    let now = Date()
    let settlement = await attempt.settlement(of: transmission, now: now)
    let outcomes = transmission.outcomes
    log(attempt.message, outcomes)
    if let likeness = Suspicion.likeness(of: outcomes) {
      await suspect(attempt.message, settlement, likeness, outcomes[0])
    } else {
      door.spool.settle(attempt.message.id, settlement, now: now)
      breakRow()
    }
  }

  /// No session for this message. Trouble with a further session, while others work, is no trouble of the mailbox.
  func conclude(_ attempt: Attempt, failedToOpen error: UpstreamError, _ number: Int) async {
    let now = Date()
    let outcome = Outcome(of: error, for: mailbox, now: door.pace.clock.now)
    let othersWork = workers.indices.contains { $0 != number && workers[$0].hasSession }
    if error == .cancelled || state != .open {
      return door.spool.settle(attempt.message.id, .unstarted(), now: now)
    }
    if othersWork, outcome.kind == .unreachable || outcome.kind == .paused {
      sessionLimit = max(1, workers.count { $0.hasSession })
      if outcome.fault?.class == .throttle { learn(connections: sessionLimit) }
      ready.insert(attempt.message, at: 0)
      return dispatch()
    }
    log(attempt.message, [outcome])
    let all = attempt.transmission(failedBy: error, ending: error, now: door.pace.clock.now)
    door.spool.settle(attempt.message.id, await attempt.settlement(of: all, now: now), now: now)
    await meet(outcome)
  }

  // MARK: Conclusions

  private func learn(from transmission: Transmission) async {
    if let outcome = transmission.outcomes.first(where: \.stopsMailbox) {
      // What was under way when the lane closed met the same: it is no second time.
      return state == .open || outcome.kind == .broken ? await meet(outcome) : ()
    }
    let isSetback =
      transmission.ending.map { !$0.isAboutMessage } ?? false
      || transmission.outcomes.allSatisfy { $0.kind == .deferred && $0.scope == .message }
    guard isSetback else {
      (retries, pauses, setbacks) = (0, 0, 0)
      return
    }
    // One message may be unlucky. After three in a row the next ones wait for an answer to a probe, untouched.
    setbacks += 1
    if setbacks >= 3, state == .open {
      retries += 1
      leave(for: .unreachable)
    }
  }

  /// Something about the mailbox itself.
  func meet(_ outcome: Outcome) async {
    switch outcome.verdict {
    case .delivered, .deferred, .failed: break
    case .paused(let until, let fault):
      if fault.class == .throttle { learnPace(from: outcome) }
      await pause(until, fault)
    case .broken(let fault, let probe): await raise(fault, probe: probe)
    case .unreachable(let fault, let flagAfter):
      retries += 1
      if let flagAfter, retries >= flagAfter {
        await raise(fault, probe: true)
      } else if state == .open {
        leave(for: .unreachable)
      }
    }
  }

  /// Twice as long each time it comes again before anything went through.
  private func pause(_ until: Date, _ fault: Fault) async {
    guard state == .open || state == .unreachable else { return }
    let longest = Double(door.pace.longestPause.components.seconds)
    let now = door.pace.clock.now
    let first = until.timeIntervalSince(now)
    let seconds = max(first, min(first * Double(1 << min(pauses, 10)), longest))
    pauses += 1
    sessionLimit = 1
    let end = now.addingTimeInterval(seconds)
    leave(for: .paused(until: end))
    closeSpareSessions()
    door.log.warning(
      "paused", metadata: ["entity": "\(entity.key)", "seconds": "\(Int(seconds))", "words": "\(fault.upstream)"])
    await publish(.paused(until: end, fault), fault)
  }

  private func raise(_ fault: Fault, probe: Bool) async {
    if case .broken = state { return }
    guard state != .stopped else { return }
    leave(for: .broken(probe: probe))
    door.log.error(
      "flag", metadata: ["entity": "\(entity.key)", "class": "\(fault.class)", "summary": "\(fault.summary)"])
    await publish(.broken(fault, probe: probe), fault)
  }

  /// A probe found the mailbox still broken, perhaps for another reason, which may forbid further probes.
  func hearAgain(_ outcome: Outcome) async {
    guard case .broken(var again, let probe) = outcome.verdict, let fault else { return }
    if again.summary == fault.summary, state == .broken(probe: probe) { return }
    again.since = fault.since
    state = .broken(probe: probe)
    await publish(.broken(again, probe: probe), again)
  }

  func publish(_ condition: Condition, _ fault: Fault) async {
    self.fault = fault
    faultIsPublished = false
    do {
      try await door.store.setCondition(condition, of: entity.key, generation: mailbox.generation)
    } catch {
      door.log.error("condition not saved", metadata: ["entity": "\(entity.key)", "error": "\(error)"])
    }
  }

  // MARK: The escalation guard

  private func suspect(
    _ message: SpooledMessage, _ settlement: Settlement, _ likeness: Suspicion.Likeness, _ outcome: Outcome
  ) async {
    if !suspicion.matches(likeness) { breakRow() }
    suspicion.add(.init(message: message, settlement: settlement, outcome: outcome), likeness)
    guard suspicion.isRow else { return settleLater(message.id) }
    let now = Date()
    for suspect in suspicion.release() {
      // Behind the others: if only these three are bad, the next probe lets the rest pass before them.
      let later = now.addingTimeInterval(Double((door.pace.probe * 4 / 3).components.seconds))
      let settlement = Settlement(recipients: [], words: outcome.words, due: later, returned: true)
      door.spool.settle(suspect.message.id, settlement, now: now)
    }
    // The row goes on until the lane opens again: what is under way behind these three is not to fail either.
    let fault = Fault(
      class: .policy, since: now,
      summary: "\(outcome.summary) That was said of three different messages in a row, so the rest is held.",
      remedy: "Find out what the provider dislikes, then run: letterhead test \(entity.key)", upstream: outcome.words)
    await raise(fault, probe: true)
  }

  private func breakRow() {
    settleSuspects()
    suspicion.clear()
  }

  func settleSuspects() {
    let now = Date()
    for suspect in suspicion.release() { door.spool.settle(suspect.message.id, suspect.settlement, now: now) }
  }

  private func settleLater(_ id: MessageID) {
    let (loop, suspense) = (loop, door.pace.suspense)
    loop.start {
      try? await loop.sleep(until: .now + suspense)
      await self.settleSuspect(id)
    }
  }

  private func settleSuspect(_ id: MessageID) {
    guard let suspect = suspicion.release(id) else { return }
    door.spool.settle(id, suspect.settlement, now: Date())
  }

  // MARK: The log

  /// One line a message; neither its subject nor a byte of its body.
  private func log(_ message: SpooledMessage, _ outcomes: [Outcome]) {
    let worst = outcomes.first { $0.kind != .delivered } ?? outcomes.first
    let words = worst.map { $0.words.isEmpty ? $0.summary : $0.words } ?? ""
    door.log.info(
      "attempt",
      metadata: [
        "id": "\(message.id)", "entity": "\(message.entity)", "recipients": "\(outcomes.count)",
        "outcome": "\(worst?.kind.rawValue ?? "none")", "words": "\(words)",
      ])
  }
}
