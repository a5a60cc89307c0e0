// One go at one message: rewrite it for the mailbox connected now, hand it over, and say what the spool has to write
// down. Knows nothing of queues, pauses or sessions' lives; the lane does.

import Foundation
import Mailboxes
import Message
import SMTP
import Spool

struct Attempt: Sendable {
  let message: SpooledMessage
  let mailbox: Mailbox
  let entity: Entity
  let hostname: String

  /// - Parameter rewrite: made of the mailbox and the entity, once for all messages.
  func run(over session: UpstreamSession, _ rewrite: SenderRewrite, now: Date) async -> Transmission {
    do throws(UpstreamError) {
      let outgoing = try await OutgoingMessage(message, rewrittenBy: rewrite, for: session.extensions)
      return await session.send(outgoing, now: now)
    } catch {
      let outcome = Outcome(of: error, for: mailbox, now: now)
      return Transmission(
        outcomes: message.envelope.recipients.map { _ in outcome }, perhapsSent: false, ending: nil, wasAnswered: false)
    }
  }

  // MARK: What the spool writes down

  /// Recipients whose outcome is about the mailbox stay as they were: nothing was judged about them.
  func settlement(of transmission: Transmission, now: Date) async -> Settlement {
    let pairs = Array(zip(message.envelope.recipients, transmission.outcomes))
    var settlement = Settlement(recipients: pairs.compactMap(Self.recorded))
    settlement.words = Self.words(of: transmission.outcomes)
    settlement.perhapsSent = transmission.perhapsSent
    settlement.due = due(after: transmission.outcomes, now: now)
    settlement.returned = transmission.outcomes.contains { $0.kind == .paused || $0.kind == .broken }
    let failed = pairs.filter { $0.1.kind == .failed }
    if !failed.isEmpty { settlement.report = await report(on: failed, now: now) }
    return settlement
  }

  private static func recorded(_ recipient: Address, _ outcome: Outcome) -> (Address, RecipientOutcome)? {
    let words = outcome.words.isEmpty ? outcome.summary : outcome.words
    return switch outcome.verdict {
    case .delivered: (recipient, .delivered(words))
    case .failed: (recipient, .failed(words))
    case .deferred, .unreachable: (recipient, .deferred(words))
    case .paused, .broken: nil
    }
  }

  /// What is shown of the attempt: the first that did not go well, else the provider's receipt.
  static func words(of outcomes: [Outcome]) -> String {
    guard let outcome = outcomes.first(where: { $0.kind != .delivered }) ?? outcomes.first else { return "" }
    return outcome.words.isEmpty ? outcome.summary : outcome.words
  }

  /// `nil` leaves it to the schedule.
  private func due(after outcomes: [Outcome], now: Date) -> Date? {
    // The lane is closed by then; when it opens again the oldest goes first.
    if outcomes.contains(where: \.stopsMailbox) { return message.receivedAt }
    let wishes = outcomes.compactMap { outcome -> Duration?? in
      if case .deferred(let after) = outcome.verdict { .some(after) } else { nil }
    }
    guard let longest = wishes.compactMap(\.self).max(), wishes.allSatisfy({ $0 != nil }) else { return nil }
    // At once only if this attempt got somewhere, or it would go on for ever.
    if longest == .zero, !outcomes.contains(where: { $0.kind == .delivered }) { return nil }
    return now.addingTimeInterval(Double(longest.components.seconds))
  }

  private func report(on failed: [(Address, Outcome)], now: Date) async -> NewMessage? {
    if message.isReport { return nil }
    let header = (try? await OutgoingMessage.header(of: message.content)) ?? Header()
    let reporter = Reporter(mailbox: mailbox, entity: entity, hostname: hostname)
    return reporter.report(on: message, failed: failed, header: header, now: now)
  }
}
