// One worker with one message: over the session it has or a new one, in one transaction or several.

import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Sockets
import Spool

extension Lane {
  func probe(_ number: Int) async -> UpstreamSession? {
    var session: UpstreamSession?
    var outcome: Outcome?
    do throws(UpstreamError) {
      session = try await opener.open(on: loop)
      if case .broken = state { try await session?.tryEnvelope() }
    } catch {
      await session?.quit()
      session = nil
      outcome = Outcome(of: error, for: mailbox, now: door.pace.clock.now)
    }
    workers[number].hasSession = session != nil
    probeEnd?.resume(returning: outcome)
    probeEnd = nil
    return session
  }

  /// - Returns: the session, if it can be used again.
  func carry(_ message: SpooledMessage, over given: UpstreamSession?, _ number: Int) async -> UpstreamSession? {
    guard state == .open else {
      concludeShare(naming: nil, number)
      door.spool.settle(message.id, .unstarted(), now: Date())
      return given
    }
    let attempt = Attempt(message: message, mailbox: mailbox, entity: entity, hostname: door.network.hostname)
    var session = given
    do throws(UpstreamError) {
      let open = if let session { session } else { try await opener.open(on: loop) }
      session = open
      workers[number].interrupter = open.interrupter
      if !workers[number].hasSession {
        workers[number].hasSession = true
        dispatch()
      }
      var transmission = await transmit(attempt, over: open, number)
      if open.messageCount > 1, transmission.saysNothingNew, state == .open {
        // The line had gone stale, or its sign-in had. Once more, on a new one.
        open.close()
        let fresh = try await opener.open(on: loop)
        session = fresh
        workers[number].interrupter = fresh.interrupter
        transmission = await transmit(attempt, over: fresh, number)
      }
      await conclude(attempt, transmission)
    } catch {
      session = nil
      workers[number].hasSession = false
      concludeShare(naming: nil, number)
      await conclude(attempt, failedToOpen: error, number)
    }
    if session?.isUsable == false || state == .stopped || openSessions > mostSessions {
      await session?.quit()
      return nil
    }
    return session
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

  private func recipientsAtOnce(_ session: UpstreamSession) -> Int {
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
      if !delivered.isEmpty { try await door.spool.strikeOut(delivered, of: message.id) }
      return state == .open
    } catch {
      door.log.error("recipients not struck out", metadata: ["id": "\(message.id)", "error": "\(error)"])
      return false
    }
  }
}

extension Transmission {
  /// A session that was kept open tells nothing about the message or the mailbox by having gone.
  fileprivate var saysNothingNew: Bool {
    if !wasAnswered, !perhapsSent, case .lost = ending { return true }
    // Signed in long ago, with a token that has run out since.
    return outcomes.allSatisfy { $0.kind == .broken && $0.fault?.class == .auth }
  }
}
