// How a queue tests its mailbox against itself, when `OpenQuestions` or `PoisonGuard` ask for it: over a session of its own,
// which stays for the mail that follows.

import Diagnosis
import Foundation
import Mailboxes
import SMTP
import Platform
import Transport

extension MailboxQueue {
  func obey(_ requests: [OutcomeRecorder.Errand]) async {
    for request in requests {
      switch request {
      case .hold(let fault, let span): await tell(.refusedAlike(fault, probeAfter: span))
      case .test(let test): testLater(test)
      }
    }
  }

  private func testLater(_ test: SelfTest) {
    opening = tasks.begin { [previous = opening] in
      await previous?.value
      await self.carryOut(test)
    }
  }

  private func carryOut(_ test: SelfTest) async {
    guard state.isOpen, !pool.isOpening, await makeRoom() else {
      await conclude(test, .unknown)
      // Others have waited for the answer.
      return dispatch()
    }
    pool.beginOpening()
    do throws(TransportError) {
      let session = try await openSession()
      let finding = try await find(test, over: session)
      _ = enter(session)
      await conclude(test, finding)
    } catch {
      pool.failOpening()
      await conclude(test, .unknown)
      await tell(.signInLapsed(Outcome(of: error, for: mailbox, now: now)))
    }
    closeSpare()
    dispatch()
  }

  /// The provider allows only so many sessions.
  private func makeRoom() async -> Bool {
    if let idle = pool.closeOneIdle() {
      await leave(idle)
      return state.isOpen && !pool.isOpening
    }
    return pool.mayGrow(to: mostSessions)
  }

  private func conclude(_ test: SelfTest, _ finding: SelfTest.Finding) async {
    await obey(recorder.conclude(test, finding, othersWait: !ready.isEmpty))
    // In words that are known of the mailbox.
    if case .refused(let outcome, _) = finding, outcome.stopsMailbox { await tell(.mailboxRefused(outcome)) }
  }

  private func find(_ test: SelfTest, over session: any TransportSession) async throws(TransportError)
    -> SelfTest.Finding
  {
    switch test {
    case .envelope: return finding(try await session.refusal(of: mailbox.address, now: now))
    case .letter:
      guard let reservation = rate.reserve(1, at: now) else { return .unknown }
      let letter = TestLetter(
        from: mailbox, to: mailbox.address, hostname: context.hostname, now: now, text: .selfTest)
      let transmission = await session.send(letter.message, now: now)
      rate.conclude(reservation, naming: 1, at: now)
      guard let outcome = transmission.outcomes.first else { return .unknown }
      if outcome.reply == nil, let ending = transmission.ending { throw ending }
      return finding(outcome.kind == .delivered ? nil : outcome)
    }
  }

  private func finding(_ outcome: Outcome?) -> SelfTest.Finding {
    guard let outcome else { return .taken }
    guard let reply = outcome.reply else { return .unknown }
    return .refused(outcome, RefusalPattern(reply, naming: [mailbox.address]))
  }
}
