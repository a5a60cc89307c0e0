// What one queue may send now: the preset limits of its mailbox over the rate limiter of its address. A mailbox that has
// no limits, and whose provider has taught none, is not counted at all.

import Diagnosis
import Foundation
import Mailboxes

/// Belongs to one queue.
final class SendingRate {
  private let shared: SharedRateLimiter
  /// As configured or as known of the provider.
  private(set) var preset: SendingLimits
  /// Whether anything is counted.
  private(set) var isCounted = false

  init(_ preset: SendingLimits, over shared: SharedRateLimiter) {
    self.preset = preset
    self.shared = shared
  }

  func load(at now: Date) async {
    await shared.load()
    look(at: now)
  }

  func save() async { await shared.save() }

  /// From now on `counters` tell how much is used.
  func show(in counters: QueueCounters) { counters.follow(shared, preset) }

  /// To be called where something may have been learned or forgotten.
  func look(at now: Date) {
    isCounted = preset != SendingLimits() || shared.read(at: now, \.hasLearned)
  }

  func follow(_ limits: SendingLimits, at now: Date) {
    preset = limits
    look(at: now)
  }

  /// The limits that hold now.
  func limits(at now: Date) -> SendingLimits {
    guard isCounted else { return SendingLimits() }
    return shared.read(at: now) { $0.limits(preset, at: now) }
  }

  // MARK: Messages

  /// Whether a message to so many recipients may begin, and how many messages in all.
  func permission(for recipients: Int, at now: Date) -> (RateLimiter.Availability, messages: Int) {
    guard isCounted else { return (.now, .max) }
    let limits = limits(at: now)
    let count = min(recipients, limits.recipientsPerMessage ?? .max)
    return shared.read(at: now) {
      ($0.permission(for: count, within: limits), $0.messagesLeft(within: limits))
    }
  }

  /// Whether any message may begin.
  func mayBegin(at now: Date) -> Bool { permission(for: 0, at: now).0 == .now }

  /// Counts a transaction for so many recipients, or for as many of them as one takes.
  ///
  /// - Returns: `nil` when it may not begin now. To be concluded.
  func reserve(_ recipients: Int, at now: Date) -> Reservation? {
    guard isCounted else { return .uncounted }
    let limits = limits(at: now)
    let count = min(recipients, limits.recipientsPerMessage ?? .max)
    return shared.change(at: now) {
      $0.permission(for: count, within: limits) == .now ? $0.reserve(count, at: now) : nil
    }
  }

  /// - Parameter recipients: those named to the provider; `nil`: the transaction has not come so far.
  func conclude(_ reservation: Reservation, naming recipients: Int?, at now: Date) {
    guard reservation != .uncounted else { return }
    shared.change(at: now) { $0.conclude(reservation, naming: recipients, at: now) }
  }

  // MARK: Learning

  /// The provider asks for fewer connections or a slower rate.
  func learn(from outcome: Outcome, of mailbox: Mailbox, at now: Date) {
    if outcome.asksForFewerConnections(at: mailbox) { return learn(connections: 1, at: now) }
    shared.change(at: now) { [preset] in $0.slowDown(from: preset, at: now) }
    look(at: now)
  }

  func learn(connections count: Int, at now: Date) {
    shared.change(at: now) { $0.learn(connections: count, at: now) }
    look(at: now)
  }

  func learn(recipientsPerMessage count: Int, at now: Date) {
    shared.change(at: now) { $0.learn(recipientsPerMessage: count, at: now) }
    look(at: now)
  }
}
