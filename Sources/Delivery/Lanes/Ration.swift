// What one mailbox may send now: how much it has sent of late, and what its provider has taught about its limits. Pure:
// time and the preset limits are handed in.

import Foundation
import Mailboxes

/// What has been sent counts, whatever came of it: providers count refused messages too.
struct Ration: Codable, Equatable, Sendable {
  enum Answer: Equatable {
    case now
    /// The minute's messages are used up.
    case later(Date)
    /// The day's recipients are.
    case exhausted(until: Date)
  }

  /// One transaction's part of the ration.
  struct Share: Equatable {
    let recipients: Int
    let begun: Date
  }

  /// Learned from a provider, and forgotten after a day.
  struct Lesson: Codable, Equatable {
    static let lasts: TimeInterval = 24 * 3600
    static let growsAfter: TimeInterval = 600

    var value: Int
    var since: Date

    /// A tenth more for each ten minutes since.
    func grown(at now: Date) -> Int {
      let steps = (now.timeIntervalSince(since) / Self.growsAfter).rounded(.down)
      return Int(min(Double(value) * pow(1.1, max(steps, 0)), 1_000_000))
    }
  }

  private var messages = Tally(.minute)
  private var recipients = Tally(.day)
  private var perMinute: Lesson?
  private var perMessage: Lesson?
  private var connections: Lesson?
  /// The provider asked for a slower pace when nothing had been counted yet: since then it is.
  private var watchedSince: Date?

  var hasLearned: Bool { perMinute != nil || perMessage != nil || connections != nil || watchedSince != nil }

  /// Whether it came from a record that is whole.
  var isSane: Bool { messages.span == .minute && recipients.span == .day && messages.isSane && recipients.isSane }

  /// Forgets what is too old, and mends what a clock set back has left ahead. First of all, whatever is asked then.
  mutating func pass(to now: Date) {
    messages.pass(to: now)
    recipients.pass(to: now)
    for lesson in [\Self.perMinute, \.perMessage, \.connections] {
      guard let since = self[keyPath: lesson]?.since else { continue }
      if now.timeIntervalSince(since) >= Lesson.lasts { self[keyPath: lesson] = nil }
      if since > now { self[keyPath: lesson]?.since = now }
    }
    if let since = watchedSince, abs(now.timeIntervalSince(since)) >= Lesson.lasts { watchedSince = nil }
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

  /// Whether a transaction for so many recipients may begin now.
  func answer(for count: Int, within limits: SendingLimits) -> Answer {
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

  mutating func take(_ count: Int, at now: Date) -> Share {
    messages.add(1, at: now)
    recipients.add(count, at: now)
    return Share(recipients: count, begun: now)
  }

  /// The transaction is over. The provider has counted it at some moment since it was begun, so it counts as of now.
  ///
  /// - Parameter count: the recipients that were named; `nil`: nothing of it reached the provider.
  mutating func conclude(_ share: Share, naming count: Int?, at now: Date) {
    messages.remove(1, at: share.begun)
    recipients.remove(share.recipients, at: share.begun)
    guard let count else { return }
    messages.add(1, at: now)
    recipients.add(count, at: now)
  }

  // MARK: Learning

  /// The provider finds us too fast: half of the pace there was. Where none was, what went in the last minute was too
  /// much; where that was not counted, it is from now on.
  mutating func slowDown(from preset: SendingLimits, at now: Date) {
    let known = limits(preset, at: now).messagesPerMinute ?? (messages.total > 0 ? messages.total : nil)
    watchedSince = now
    if let known { perMinute = Lesson(value: max(known / 2, 1), since: now) }
  }

  mutating func learn(connections count: Int, at now: Date) {
    connections = Lesson(value: max(count, 1), since: now)
  }

  mutating func learn(recipientsPerMessage count: Int, at now: Date) {
    perMessage = Lesson(value: max(count, 1), since: now)
  }
}
