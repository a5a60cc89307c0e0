// One message that was handed over whole, from its writing to what came of it.

import Diagnosis
import Foundation
import Message
import Transport

/// Touched on the session's loop only.
final class PipelinedMessage {
  let envelope: Envelope
  let octetCount: Int
  /// RSET goes before this message, because the outcome of the one before is not known yet, or because its transaction
  /// did not end by itself. So this message is not harmed by what the server made of that one.
  let hasReset: Bool
  /// The session's first message: what comes of it cannot be due to a session that is stale.
  let isFirst: Bool
  /// For the faults that come of the message.
  let now: Date
  let since = ContinuousClock.now
  /// All of it is written: from then on the provider may have it.
  var isWritten = false {
    didSet { writtenAt = now.addingTimeInterval((.now - since) / .seconds(1)) }
  }
  private var writtenAt: Date?
  /// What kept the message from being written.
  var failure: TransportError?

  private var conclusion: Transmission?
  private var waiting: CheckedContinuation<Transmission, Never>?

  init(_ message: PreparedMessage, hasReset: Bool, isFirst: Bool, now: Date) {
    envelope = message.envelope
    octetCount = message.octetCount ?? 0
    self.hasReset = hasReset
    self.isFirst = isFirst
    self.now = now
  }

  /// What came of the message, as soon as that is known. Called once.
  func transmission() async -> Transmission {
    if let conclusion { return conclusion }
    return await withCheckedContinuation { waiting = $0 }
  }

  func conclude(_ transmission: Transmission) {
    var transmission = transmission
    transmission.writtenAt = writtenAt
    conclusion = transmission
    waiting?.resume(returning: transmission)
    waiting = nil
  }
}
