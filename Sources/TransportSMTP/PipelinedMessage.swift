// One message that was handed over whole, from its writing to what came of it.

import Diagnosis
import Foundation
import Message
import Transport

/// Touched on the session's loop only.
final class PipelinedMessage {
  let envelope: Envelope
  let octetCount: Int
  /// RSET goes before it: what comes of the transaction before is not known yet, or it did not end by itself. What a
  /// server makes of that one can then do this one no harm.
  let hasReset: Bool
  /// The session's first message: how that fares tells nothing of a stale session.
  let isFirst: Bool
  /// For the faults that come of it.
  let now: Date
  let since = ContinuousClock.now
  /// All of it: from then on the provider may have it.
  var isWritten = false
  /// What kept it from being written.
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

  /// What came of it, as soon as that is known. Called once.
  func transmission() async -> Transmission {
    if let conclusion { return conclusion }
    return await withCheckedContinuation { waiting = $0 }
  }

  func conclude(_ transmission: Transmission) {
    conclusion = transmission
    waiting?.resume(returning: transmission)
    waiting = nil
  }
}
