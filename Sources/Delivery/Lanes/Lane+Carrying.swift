// One worker with one message: over the session it has or a new one, in one transaction or several.

import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import System

extension Lane {
  func probe(_ number: Int) async {
    var outcome: Outcome?
    do throws(UpstreamError) {
      let session = try await opener.open(on: loop)
      workers[number].session = session
      if case .broken = state { try await session.tryEnvelope() }
    } catch {
      await endSession(number)
      outcome = Outcome(of: error, for: mailbox, now: door.pace.clock.now)
    }
    probeEnd?.resume(returning: outcome)
    probeEnd = nil
  }

  func carry(_ message: SpooledMessage, _ number: Int) async {
    guard state == .open else {
      concludeShare(naming: nil, number)
      return giveBack([message])
    }
    let attempt = Attempt(message: message, mailbox: mailbox, entity: entity, hostname: door.network.hostname)
    do throws(UpstreamError) {
      let session = try await usableSession(number)
      if await !sendBehindOthers(attempt, over: session, number) { try await sendAlone(attempt, number) }
    } catch {
      await endSession(number)
      concludeShare(naming: nil, number)
      await conclude(attempt, failedToOpen: error, number)
    }
    if workers[number].session?.isUsable == false || state == .stopped || openSessions > mostSessions {
      await endSession(number)
    }
  }

  /// For a message that waits for the server in between: nothing else is under way then.
  private func sendAlone(_ attempt: Attempt, _ number: Int) async throws(UpstreamError) {
    await untilAllIsHeard(number)
    let session = try await usableSession(number)
    var transmission = await transmit(attempt, over: session, number)
    if session.messageCount > 1, transmission.saysNothingNew, state == .open {
      // The line had gone stale, or its sign-in had. Once more, on a new one.
      session.retire()
      transmission = await transmit(attempt, over: try await usableSession(number), number)
    }
    await conclude(attempt, transmission)
  }

  // MARK: Sessions

  /// The worker's session, or a new one in its place.
  private func usableSession(_ number: Int) async throws(UpstreamError) -> UpstreamSession {
    if let session = workers[number].session, session.isUsable, !session.isUsedUp { return session }
    await endSession(number)
    guard state == .open else { throw .cancelled }
    let session = try await opener.open(on: loop)
    workers[number].session = session
    dispatch()
    return session
  }

  /// When everything under way on it has been heard.
  func endSession(_ number: Int) async {
    await untilAllIsHeard(number)
    await workers[number].session?.quit()
    workers[number].session = nil
    workers[number].window = Window()
  }

  // MARK: Transactions

  /// Hands a message over, to so many recipients at a time as server, limits and ration allow. Who has it is struck out
  /// in the spool before the next transaction begins.
  private func transmit(_ attempt: Attempt, over session: UpstreamSession, _ number: Int) async -> Transmission {
    let outgoing: OutgoingMessage
    do throws(UpstreamError) {
      outgoing = try await OutgoingMessage(attempt.message, rewrittenBy: rewrite, for: session.extensions)
    } catch {
      concludeShare(naming: nil, number)
      return attempt.transmission(failedBy: error, now: door.pace.clock.now)
    }
    let recipients = outgoing.envelope.recipients
    var split = Split(recipients: recipients.count)
    while let places = split.next(atMost: recipientsAtOnce(session)), mayTransact(places.count, number) {
      var slice = outgoing
      if places.count < recipients.count { slice.envelope.recipients = places.map { recipients[$0] } }
      let part = await session.send(slice, now: door.pace.clock.now)
      concludeShare(naming: part.wasAnswered || part.perhapsSent ? places.count : nil, number)
      if let most = split.take(part, for: places) { learn(recipientsPerMessage: most) }
      if split.isOver { break }
      let delivered = split.delivered(places).map { attempt.message.envelope.recipients[$0] }
      guard await strikeOut(delivered, of: attempt.message) else { break }
    }
    concludeShare(naming: nil, number)
    return split.transmission
  }

  func recipientsAtOnce(_ session: UpstreamSession) -> Int {
    let limits = limits
    return min(
      session.extensions.maximumRecipients ?? .max, limits.recipientsPerMessage ?? .max,
      limits.recipientsPerDay ?? .max)
  }

  /// The first transaction's share was taken when the message was handed over.
  private func mayTransact(_ recipients: Int, _ number: Int) -> Bool {
    workers[number].share != nil || takeShare(of: recipients, number)
  }

  /// - Returns: `false` when it could not be written: then no more is sent, or a crash would send it twice.
  private func strikeOut(_ delivered: [Address], of message: SpooledMessage) async -> Bool {
    do throws(SpoolError) {
      if !delivered.isEmpty { try await door.spool.markDelivered(delivered, of: message.id) }
      return state == .open
    } catch {
      door.log.error("recipients not struck out", metadata: ["id": "\(message.id)", "error": "\(error)"])
      return false
    }
  }
}

extension Transmission {
  /// A session that was kept open tells nothing about the message or the mailbox by having gone.
  var saysNothingNew: Bool {
    if !wasAnswered, !perhapsSent, case .lost = ending { return true }
    // Signed in long ago, with a token that has run out since.
    return outcomes.allSatisfy { $0.kind == .broken && $0.fault?.class == .auth }
  }
}
