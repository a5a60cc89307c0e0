// A message with so many recipients that it goes out in several transactions.

package import SMTP

extension Spool {
  /// Some recipients have the message and others are still to come: those who have it are struck out, and the message
  /// stays claimed. On disk when this returns, so that a crash between two transactions sends nobody twice.
  package func strikeOut(_ delivered: [Address], of id: MessageID) async throws(SpoolError) {
    try await change { (writer, store, _) throws(StoreFailure) in
      guard writer.flights[id.rawValue] != nil, var row = try store.findRow.bind(id.rawValue).first(MessageRow.init),
        var envelope = row.envelope
      else { return }
      envelope.apply(delivered.map { ($0, .delivered("")) })
      row.envelope = envelope
      store.deferRow.bind(id.rawValue, row.due, Int64(row.attempts), row.isDeferred ? 1 : 0, row.flags.rawValue)
      try store.deferRow.run(binding: row.packedEnvelope, at: 6)
    }
  }
}
