// How much one app has sent, and what is beyond its limits.

import FoundationEssentials
import Platform

/// The names of its stored properties are those of the record.
struct SendingCount: Codable, Equatable, Sendable {
  private enum CodingKeys: String, CodingKey { case minute, day, recipients }

  private var minute = SlidingCounter(.ownMinute)
  private var day = SlidingCounter(.day)
  private var recipients = SlidingCounter(.day)
  /// In seconds since 1970. To look at all buckets for each message would cost more than to count it.
  private var lastPass: Int?

  var use: AppUse {
    AppUse(messagesInMinute: minute.total, messagesInDay: day.total, recipientsInDay: recipients.total)
  }

  var isSane: Bool {
    minute.span == .ownMinute && day.span == .day && recipients.span == .day && minute.isSane && day.isSane
      && recipients.isSane
  }

  /// To be called before any question.
  mutating func pass(to now: Date) {
    let second = Int(now.timeIntervalSince1970.rounded(.down))
    guard second != lastPass else { return }
    lastPass = second
    minute.pass(to: now)
    day.pass(to: now)
    recipients.pass(to: now)
  }

  mutating func add(_ count: Int, at now: Date) {
    minute.add(1, at: now)
    day.add(1, at: now)
    recipients.add(count, at: now)
  }

  mutating func remove(_ count: Int, at time: Date) {
    minute.remove(1, at: time)
    day.remove(1, at: time)
    recipients.remove(count, at: time)
  }

  /// What is beyond for good goes first, then what takes longest.
  func excess(of app: String, adding count: Int, octets: Int, within limits: AppLimits) -> LimitExcess? {
    if let limit = limits.maxMessageOctets, octets > limit { return .size(octets, of: app, limit: limit) }
    if let limit = limits.recipientsPerDay {
      if count > limit { return .recipientsOfOne(count, of: app, limit: limit) }
      if let time = recipients.opening(for: count, within: limit) {
        return .recipients(count, of: app, left: max(limit - recipients.total, 0), limit: limit, until: time)
      }
    }
    if let limit = limits.messagesPerDay, let time = day.opening(for: 1, within: limit) {
      return LimitExcess("\(app) has sent its \("message".counted(limit)) in 24 hours", until: time)
    }
    if let limit = limits.messagesPerMinute, let time = minute.opening(for: 1, within: limit) {
      return LimitExcess("\(app) has sent its \("message".counted(limit)) this minute", until: time)
    }
    return nil
  }
}
