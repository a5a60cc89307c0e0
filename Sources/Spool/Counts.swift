// How much lies in the spool, for one entity.

package import FoundationEssentials

/// Live counters of one entity. `queued` counts everything that waits; `heldByHand`, `deferred` and `unknown` are parts of
/// it, `filing`, `failed` and `damaged` are beside it. Totals survive restarts.
package struct Counts: Equatable, Sendable {
  package var queued = 0
  package var heldByHand = 0
  package var deferred = 0
  /// Perhaps taken by their provider.
  package var unknown = 0
  /// Delivered, and kept until their copy lies in the mailbox's folder of sent messages.
  package var filing = 0
  package var failed = 0
  /// Set aside, because the storage cannot read them.
  package var damaged = 0
  /// Of what is queued. May lag by a quarter of a second.
  package var oldestReceivedAt: Date?
  package var totals = Totals()
  package var lastDeliveredAt: Date?
  /// When the newest of the failed ones failed.
  package var lastFailedAt: Date?
  /// Since when something has been due, or handed over, and nobody has taken anything. `nil`: nothing is, or things move.
  package var untakenSince: Date?

  package struct Totals: Equatable, Sendable {
    package var accepted = 0
    package var delivered = 0
    package var failed = 0

    package init(accepted: Int = 0, delivered: Int = 0, failed: Int = 0) {
      self.accepted = accepted
      self.delivered = delivered
      self.failed = failed
    }
  }

  package init() {}
}
