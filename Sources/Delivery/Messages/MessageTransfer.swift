// One prepared message over one session, in as many transactions as its recipients need.

import Diagnosis
import Foundation
import Logging
import Logs
import Mailboxes
import Message
import Spool
import Platform
import Transport

struct MessageTransfer {
  let attempt: Attempt
  let prepared: PreparedMessage
  let rate: SendingRate
  let context: DeliveryContext

  private var message: SpooledMessage { attempt.message }

  /// Hands the message over, to so many recipients at a time as provider and limits allow. Who has it is marked in the
  /// spool before the next transaction begins.
  ///
  /// - Parameters:
  ///   - first: the reservation of the first transaction; each further one makes its own.
  ///   - mayGoOn: asked before each further transaction.
  func run(
    over session: any TransportSession, _ first: Reservation, while mayGoOn: () -> Bool
  ) async -> RecipientSplit {
    var split = RecipientSplit(recipients: message.envelope.recipients.count)
    var next: Reservation? = first
    while let places = split.next(atMost: recipientsAtOnce(session)), let reservation = next {
      let part = await session.send(slice(places), now: context.time.now)
      let isNamed = part.wasAnswered || part.isPerhapsSent
      rate.conclude(reservation, naming: isNamed ? places.count : nil, at: context.time.now)
      if let most = split.take(part, for: places) { rate.learn(recipientsPerMessage: most, at: context.time.now) }
      guard !split.isOver, await mark(split.delivered(places)), mayGoOn(), session.isUsable else { break }
      next = split.next(atMost: recipientsAtOnce(session)).flatMap { rate.reserve($0.count, at: context.time.now) }
    }
    return split
  }

  private func recipientsAtOnce(_ session: any TransportSession) -> Int {
    let limits = rate.limits(at: context.time.now)
    return min(
      session.capabilities.recipientsAtOnce ?? .max, limits.recipientsPerMessage ?? .max,
      limits.recipientsPerDay ?? .max)
  }

  private func slice(_ places: ArraySlice<Int>) -> PreparedMessage {
    guard places.count < message.envelope.recipients.count else { return prepared }
    var slice = prepared
    slice.envelope.recipients = places.map { prepared.envelope.recipients[$0] }
    return slice
  }

  /// - Returns: `false` when it could not be written: then no more is sent, or a crash would send it twice.
  private func mark(_ delivered: [Int]) async -> Bool {
    do throws(SpoolError) {
      let recipients = delivered.map { message.envelope.recipients[$0] }
      if !recipients.isEmpty { try await context.spool.markDelivered(recipients, of: message.id) }
      return true
    } catch {
      context.log.tell(.recipientsNotMarked, [.id: "\(message.id)", .entity: message.entity, .reason: "\(error)"])
      return false
    }
  }
}

extension SpooledMessage {
  /// As the mailbox sends it. Every attempt through one mailbox sends the same bytes.
  func prepared(
    by rewrite: SenderRewrite, for capabilities: Capabilities
  ) async throws(TransportError) -> PreparedMessage {
    try await PreparedMessage(
      content, to: envelope, receivedAt: receivedAt, id: id.description, rewrittenBy: rewrite, for: capabilities)
  }
}
