// Several messages under way on one session: its worker writes them one behind the other, and a task beside it concludes
// them in order, as the replies come.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import System

extension Lane {
  /// Sends a message behind those under way, if it is one that goes out whole. It is concluded when its replies come.
  ///
  /// - Returns: `false` for a message that needs the session to itself.
  func sendBehindOthers(_ attempt: Attempt, over session: UpstreamSession, _ number: Int) async -> Bool {
    let message = attempt.message
    guard case .octets(let octets) = message.content,
      session.canTakeWhole(octets.count, recipients: message.envelope.recipients.count)
    else { return false }
    // An unfit one is concluded where it is refused.
    guard let outgoing = try? await OutgoingMessage(message, rewrittenBy: rewrite, for: session.extensions),
      session.takesWhole(outgoing), outgoing.envelope.recipients.count <= recipientsAtOnce(session)
    else { return false }
    while !workers[number].window.hasRoom { await forAnAnswer(number) }
    guard state == .open, session.isUsable else {
      concludeShare(naming: nil, number)
      takeBack([message])
      return true
    }
    let flight = session.board(outgoing)
    workers[number].window.add(
      .init(
        attempt: attempt, flight: flight, share: workers[number].share, isFirst: session.messageCount == 1))
    workers[number].share = nil
    startHearing(number)
    await session.write(flight)
    return true
  }

  /// Until all that is under way on this worker's session is concluded.
  func untilAllIsHeard(_ number: Int) async {
    while workers[number].isHearing { await forAnAnswer(number) }
  }

  private func forAnAnswer(_ number: Int) async {
    await withCheckedContinuation { workers[number].waitsForAnswer = $0 }
  }

  // MARK: Hearing

  private func startHearing(_ number: Int) {
    guard !workers[number].isHearing else { return }
    workers[number].isHearing = true
    loop.start { await self.hearAnswers(number) }
  }

  private func hearAnswers(_ number: Int) async {
    var returned: [SpooledMessage] = []
    while let session = workers[number].session, let next = workers[number].window.first {
      let transmission = await session.hear(next.flight, now: door.pace.clock.now)
      let isNamed = transmission.wasAnswered || transmission.perhapsSent
      conclude(next.share, naming: isNamed ? next.flight.envelope.recipients.count : nil)
      if !next.isFirst, transmission.saysNothingNew, state == .open {
        // The line had gone stale, or its sign-in had. Once more, on a new one.
        session.retire()
        returned.append(next.attempt.message)
      } else {
        await conclude(next, transmission)
      }
      let isDelivered = transmission.outcomes.contains { $0.kind == .delivered }
      workers[number].window.removeFirst(delivered: isDelivered, promptWithin: door.pace.growAfter)
      if let ending = transmission.ending {
        session.close()
        returned += await abandon(after: ending, number)
      }
      if workers[number].window.isEmpty {
        takeBack(returned)
        returned = []
      }
      answered(number)
    }
  }

  private func answered(_ number: Int) {
    if workers[number].window.isEmpty {
      workers[number].isHearing = false
      if workers[number].parked != nil { workers[number].idleSince = .now }
    }
    workers[number].waitsForAnswer?.resume()
    workers[number].waitsForAnswer = nil
  }

  private func conclude(_ underway: Window.Underway, _ transmission: Transmission) async {
    var split = Split(recipients: underway.flight.envelope.recipients.count)
    guard let places = split.next(atMost: Int.max) else { return }
    if let most = split.take(transmission, for: places) { learn(recipientsPerMessage: most) }
    await conclude(underway.attempt, split.transmission)
  }

  /// What was under way behind the message on which the line ended. One broken line is one setback, however many were
  /// on it.
  ///
  /// - Returns: those that the provider cannot have.
  private func abandon(after ending: UpstreamError, _ number: Int) async -> [SpooledMessage] {
    var returned: [SpooledMessage] = []
    for underway in workers[number].window.abandon() {
      // After a 421 a server does nothing any more.
      let mayHaveArrived = if case .answered = ending { false } else { underway.flight.isWritten }
      let recipients = underway.flight.envelope.recipients.count
      conclude(underway.share, naming: mayHaveArrived ? recipients : nil)
      if mayHaveArrived {
        let loss = UpstreamError.lost(.body, timedOut: false, bodySent: true)
        let outcome = Outcome(of: loss, for: mailbox, now: door.pace.clock.now)
        await record(
          underway.attempt,
          Transmission(
            outcomes: Array(repeating: outcome, count: recipients), perhapsSent: true, ending: loss,
            wasAnswered: false))
      } else {
        returned.append(underway.attempt.message)
      }
    }
    return returned
  }

  /// Nothing was said of these. They go first, or back into the spool as if they had never been drawn.
  private func takeBack(_ messages: [SpooledMessage]) {
    guard !messages.isEmpty else { return }
    guard state == .open else { return giveBack(messages) }
    if ready.isEmpty { readySince = .now }
    ready.insert(contentsOf: messages, at: 0)
    dispatch()
  }
}
