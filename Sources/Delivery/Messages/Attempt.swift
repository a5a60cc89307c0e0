// One go at one message: what came of it, as the spool has to write it down. Of queues, pauses and sessions it knows
// nothing; `MailboxQueue` does.

import Diagnosis
import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Transport

/// A class: each of the calls that hand it on would hold a copy of a thousand octets.
final class Attempt: Sendable {
  let message: SpooledMessage
  let mailbox: Mailbox
  let entity: Entity
  let hostname: String
  /// Letterhead puts a copy of what is sent into the mailbox.
  let filesCopy: Bool

  init(message: SpooledMessage, mailbox: Mailbox, entity: Entity, hostname: String, filesCopy: Bool = false) {
    self.message = message
    self.mailbox = mailbox
    self.entity = entity
    self.hostname = hostname
    // What is only ours is nobody's correspondence.
    self.filesCopy = filesCopy && !message.isReport
  }

  /// The message never came as far as a transaction.
  func transmission(failedBy error: TransportError, now: Date) -> Transmission {
    let outcome = Outcome(of: error, for: mailbox, now: now)
    return Transmission(outcomes: message.envelope.recipients.map { _ in outcome })
  }

  /// What goes out as its Message-ID where the app gave it none.
  var addedMessageID: InternetMessageID {
    InternetMessageID(
      addedTo: message.id.description, receivedAt: message.receivedAt, hostname: hostname,
      domain: mailbox.address.domain)
  }

  // MARK: What the spool writes down

  /// Recipients whose outcome is about the mailbox stay as they were: nothing was judged about them.
  func settlement(of transmission: Transmission, now: Date) async -> Settlement {
    var settlement = unreported(transmission, now: now)
    let hasFailed = transmission.outcomes.contains { $0.kind == .failed }
    if hasFailed { settlement.report = await report(on: transmission.outcomes, now: now) }
    return settlement
  }

  private func unreported(_ transmission: Transmission, now: Date) -> Settlement {
    var settlement = Settlement(
      recipients: zip(message.envelope.recipients, transmission.outcomes).compactMap(Self.recorded))
    settlement.words = Self.words(of: transmission.outcomes)
    settlement.perhapsSent = transmission.isPerhapsSent
    settlement.due = due(after: transmission, now: now)
    settlement.returned = isReturned(transmission.outcomes)
    settlement.receipt = receipt(of: transmission.outcomes)
    if filesCopy {
      settlement.copy = SentCopy(
        sentAt: now, sentAs: mailbox.address, messageID: message.messageID ?? addedMessageID)
    }
    if let unknown = unknownOutcome(of: transmission, now: now) { settlement.leaveUnknown(unknown, under: entity) }
    return settlement
  }

  /// `nil`: the provider has answered, or the message is to be sent again whatever it made of it.
  private func unknownOutcome(of transmission: Transmission, now: Date) -> UnknownOutcome? {
    let places = transmission.unknownPlaces
    if places.isEmpty || entity.unknownOutcome == .retry { return nil }
    return UnknownOutcome(
      writtenAt: transmission.writtenAt ?? now, recipients: places.map { message.envelope.recipients[$0] },
      messageID: message.messageID ?? addedMessageID, sentAs: mailbox.address)
  }

  /// What is to be remembered of how the message left; `nil` while nobody has it.
  private func receipt(of outcomes: [Outcome]) -> Receipt? {
    var receipt = Receipt(sentAs: mailbox.address)
    var last: Reply?
    var isDelivered = false
    for outcome in outcomes where outcome.kind == .delivered {
      isDelivered = true
      // Recipients of one transaction share its answer.
      guard let reply = outcome.reply, reply != last else { continue }
      last = reply
      receipt.providerIDs += ProviderIdentifiers.named(in: reply)
    }
    guard isDelivered else { return nil }
    if message.messageID == nil { receipt.messageID = addedMessageID }
    return receipt
  }

  /// Nothing was held against the message: it was the mailbox, or there was no time for all its recipients.
  private func isReturned(_ outcomes: [Outcome]) -> Bool {
    if outcomes.contains(where: { $0.kind == .paused || $0.kind == .broken }) { return true }
    return outcomes.contains(where: \.isUntouched)
      && outcomes.allSatisfy { $0.isUntouched || $0.kind == .delivered || $0.kind == .failed }
  }

  private static func recorded(_ recipient: Address, _ outcome: Outcome) -> (Address, RecipientOutcome)? {
    if outcome.isUntouched { return nil }
    return switch outcome.verdict {
    case .delivered: (recipient, .delivered(outcome.line))
    case .failed: (recipient, .failed(outcome.line))
    case .deferred, .unexplained, .unreachable: (recipient, .deferred(outcome.line))
    case .paused, .broken, .recurring: nil
    }
  }

  /// What is shown of the attempt: what was said about a recipient who still waits, else why one failed, else the
  /// provider's receipt.
  static func words(of outcomes: [Outcome]) -> String {
    worst(of: outcomes)?.line ?? ""
  }

  static func worst(of outcomes: [Outcome]) -> Outcome? {
    outcomes.first { $0.kind != .delivered && $0.kind != .failed }
      ?? outcomes.first { $0.kind == .failed } ?? outcomes.first
  }

  /// `nil` leaves it to the schedule.
  private func due(after transmission: Transmission, now: Date) -> Date? {
    let outcomes = transmission.outcomes
    // The queue is closed by then, or may send no more for now; when it goes on the oldest goes first. But what was perhaps
    // sent is never sent again at once.
    if outcomes.contains(where: \.stopsMailbox) || isReturned(outcomes) {
      return transmission.isPerhapsSent ? nil : message.receivedAt
    }
    let wishes = outcomes.compactMap { outcome -> Duration?? in
      if case .deferred(let after) = outcome.verdict { .some(after) } else { nil }
    }
    guard let longest = wishes.compactMap(\.self).max(), wishes.allSatisfy({ $0 != nil }) else { return nil }
    // At once only if this attempt got somewhere, or it would go on for ever.
    if longest == .zero, !outcomes.contains(where: { $0.kind == .delivered }) { return nil }
    return now.addingTimeInterval(Double(longest.components.seconds))
  }

  // Few messages fail: the tasks of all others shall not allocate the memory for a report.
  @inline(never)
  private func report(on outcomes: [Outcome], now: Date) async -> NewMessage? {
    if message.isReport { return nil }
    let failed = zip(message.envelope.recipients, outcomes).filter { $0.1.kind == .failed }
    let header = (try? await PreparedMessage.header(of: message.content)) ?? Header()
    let reporter = FailureReporter(mailbox: mailbox, entity: entity, hostname: hostname)
    return reporter.report(on: message, failed: failed, header: header, now: now)
  }
}
