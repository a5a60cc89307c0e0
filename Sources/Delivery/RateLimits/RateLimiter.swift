// What one mailbox may send now: how much it has sent of late, and what its provider has taught about its limits. Pure:
// time and the preset limits are handed in.

import Foundation
import Mailboxes
import Platform

/// One transaction's part of what may be sent.
struct Reservation: Equatable, Sendable {
  /// Of a mailbox that is not counted.
  static let uncounted = Reservation(recipients: 0, begun: nil)

  let recipients: Int
  let begun: Date?
}

/// What has been sent counts, whatever came of it: providers count refused messages too. The names of its properties are
/// those of the stored record.
struct RateLimiter: Codable, Equatable, Sendable {
  enum Availability: Equatable {
    case now
    /// The minute's messages are used up.
    case later(Date)
    /// The day's recipients are.
    case exhausted(until: Date)
  }

  private var messages = SlidingCounter(.minute)
  private var recipients = SlidingCounter(.day)
  private(set) var perMinute: LearnedLimit?
  private var perMessage: LearnedLimit?
  private(set) var connections: LearnedLimit?
  /// The provider asked for a slower rate when nothing had been counted yet: since then it is.
  private var watchedSince: Date?

  var hasLearned: Bool { perMinute != nil || perMessage != nil || connections != nil || watchedSince != nil }

  /// Whether it came from a record that is whole.
  var isSane: Bool { messages.span == .minute && recipients.span == .day && messages.isSane && recipients.isSane }

  /// Forgets what is too old, and mends what a clock set back has left ahead. To be called before any question.
  mutating func pass(to now: Date) {
    messages.pass(to: now)
    recipients.pass(to: now)
    for limit in [\Self.perMinute, \.perMessage, \.connections] {
      guard let learned = self[keyPath: limit] else { continue }
      if learned.isOver(at: now) { self[keyPath: limit] = nil }
      if learned.since > now { self[keyPath: limit]?.since = now }
    }
    if let since = watchedSince, abs((now - since) / LearnedLimit.lasts) >= 1 { watchedSince = nil }
  }

  /// The preset limits, or less where the provider has taught so.
  func limits(_ preset: SendingLimits, at now: Date) -> SendingLimits {
    var limits = preset
    limits.messagesPerMinute = lesser(preset.messagesPerMinute, perMinute?.grown(at: now))
    limits.recipientsPerMessage = lesser(preset.recipientsPerMessage, perMessage?.value)
    limits.maxConnections = lesser(preset.maxConnections, connections?.value)
    return limits
  }

  private func lesser(_ preset: Int?, _ learned: Int?) -> Int? {
    guard let learned else { return preset.map { max($0, 1) } }
    return max(min(learned, preset ?? .max), 1)
  }

  // MARK: Asking

  /// In the last 24 hours, what is reserved included.
  var recipientsInDay: Int { recipients.total }

  /// Whether a transaction for so many recipients may begin now.
  func permission(for count: Int, within limits: SendingLimits) -> Availability {
    if let limit = limits.recipientsPerDay, let time = recipients.opening(for: count, within: limit) {
      return .exhausted(until: time)
    }
    if let limit = limits.messagesPerMinute, let time = messages.opening(for: 1, within: limit) { return .later(time) }
    return .now
  }

  /// How many messages may begin now.
  func messagesLeft(within limits: SendingLimits) -> Int {
    limits.messagesPerMinute.map { max($0 - messages.total, 0) } ?? .max
  }

  // MARK: Counting

  mutating func reserve(_ count: Int, at now: Date) -> Reservation {
    messages.add(1, at: now)
    recipients.add(count, at: now)
    return Reservation(recipients: count, begun: now)
  }

  /// The transaction is over. The provider has counted it at some moment since it was begun, so it counts as of now.
  ///
  /// - Parameter count: the recipients that were named; `nil`: nothing of it reached the provider.
  mutating func conclude(_ reservation: Reservation, naming count: Int?, at now: Date) {
    guard let begun = reservation.begun else { return }
    messages.remove(1, at: begun)
    recipients.remove(reservation.recipients, at: begun)
    guard let count else { return }
    messages.add(1, at: now)
    recipients.add(count, at: now)
  }

  // MARK: Learning

  /// The provider finds us too fast: half of the rate there was. Where none was, what went in the last minute was too
  /// much; where that was not counted, it is from now on.
  mutating func slowDown(from preset: SendingLimits, at now: Date) {
    let known = limits(preset, at: now).messagesPerMinute ?? (messages.total > 0 ? messages.total : nil)
    watchedSince = now
    if let known { perMinute = LearnedLimit(value: max(known / 2, 1), since: now) }
  }

  mutating func learn(connections count: Int, at now: Date) {
    connections = LearnedLimit(value: max(count, 1), since: now)
  }

  mutating func learn(recipientsPerMessage count: Int, at now: Date) {
    perMessage = LearnedLimit(value: max(count, 1), since: now)
  }
}
