// What the writer thread is asked to do.

typealias AcceptContinuation = CheckedContinuation<Result<MessageID, SpoolError>, Never>

/// One piece of work for the writer thread, done within a batch.
enum WriterRequest: Sendable {
  case accept(NewMessage, now: Timestamp, AcceptContinuation)
  case settle(MessageID, Settlement, now: Timestamp)
  /// Claimed, never started.
  case giveBack([MessageID])
  /// All of an entity that waits for a time of its own is due as of its arrival: a portion of it, from a place on.
  case makeDue(entity: String, after: DuePlace?, now: Timestamp)
  /// Rows of the history that are too old or too many: a portion of them.
  case pruneHistory
  /// What people ask for, and expiry, each in portions.
  case change(RowChange)
}

/// A rare change of rows.
struct RowChange: Sendable {
  /// Called within the transaction; what it returns is called once the transaction is stored. Where the transaction
  /// fails, it may be called once more in another.
  let work: @Sendable (inout Batch) throws(EngineFailure) -> @Sendable () -> Void
  /// Called in place of that when nothing was changed.
  let refuse: @Sendable (SpoolError) -> Void
}

extension BatchAllowance {
  /// - Returns: what goes into the next batch, and the messages for which there is no room.
  func split(_ requests: [WriterRequest]) -> (taken: [WriterRequest], excess: [WriterRequest]) {
    guard octets < .max else { return (requests, []) }
    var (taken, excess): ([WriterRequest], [WriterRequest]) = ([], [])
    var left = octets
    for request in requests {
      guard case .accept(let message, _, _) = request else {
        taken.append(request)
        continue
      }
      let octets = Int64(message.content.octetsInMemory) + octetsPerMessage
      if octets <= left {
        taken.append(request)
        left -= octets
      } else {
        excess.append(request)
      }
    }
    return (taken, excess)
  }
}
