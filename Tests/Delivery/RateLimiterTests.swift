// What may go when, by numbers alone.

import Foundation
import Mailboxes
import Testing
import TransportSupport

@testable import Delivery

@Suite struct `A rate limiter` {
  private let perMinute = SendingLimits(messagesPerMinute: 30)
  private let perDay = SendingLimits(recipientsPerDay: 10_000)

  private func later(_ seconds: TimeInterval) -> Date { noon.addingTimeInterval(seconds) }

  @Test func `lets a minute's messages go at once, and the next when the first is out of the minute`() {
    var limiter = RateLimiter()
    for second in 0..<30 {
      #expect(limiter.permission(for: 1, within: perMinute) == .now)
      _ = limiter.reserve(1, at: later(Double(second) / 2))
    }
    #expect(limiter.messagesLeft(within: perMinute) == 0)
    guard case .later(let next) = limiter.permission(for: 1, within: perMinute) else {
      Issue.record("no limit")
      return
    }
    #expect((60.5...63).contains(next.timeIntervalSince(noon)))
    limiter.pass(to: next)
    #expect(limiter.permission(for: 1, within: perMinute) == .now)
    #expect(limiter.messagesLeft(within: perMinute) == 2, "those of the first second")
  }

  @Test func `counts a message from its beginning until a minute after its end`() {
    var limiter = RateLimiter()
    let limits = SendingLimits(messagesPerMinute: 1)
    let reservation = limiter.reserve(1, at: noon)
    limiter.pass(to: later(50))
    limiter.conclude(reservation, naming: 1, at: later(50))
    limiter.pass(to: later(100))
    #expect(limiter.permission(for: 1, within: limits) != .now)
    limiter.pass(to: later(113))
    #expect(limiter.permission(for: 1, within: limits) == .now)
  }

  @Test func `does not count what never reached the provider`() {
    var limiter = RateLimiter()
    let limits = SendingLimits(messagesPerMinute: 1, recipientsPerDay: 500)
    let reservation = limiter.reserve(500, at: noon)
    #expect(limiter.permission(for: 1, within: limits) != .now)
    limiter.conclude(reservation, naming: nil, at: later(1))
    #expect(limiter.permission(for: 500, within: limits) == .now)
  }

  @Test func `remembers ten thousand recipients in a few kilobytes, and comes back as it was`() throws {
    var limiter = RateLimiter()
    for number in 0..<10_000 { _ = limiter.reserve(1, at: later(Double(number) * 8)) }
    let now = later(80_000)
    limiter.pass(to: now)
    let record = try JSONEncoder().encode(limiter)
    #expect(record.count < 4_000)
    let again = try JSONDecoder().decode(RateLimiter.self, from: record)
    #expect(again == limiter && again.isSane)
    #expect(again.permission(for: 1, within: perDay) != .now)
  }

  @Test func `of a day is over when the recipients of a day ago are out of it`() {
    var limiter = RateLimiter()
    _ = limiter.reserve(9_990, at: noon)
    #expect(limiter.permission(for: 10, within: perDay) == .now)
    guard case .exhausted(let until) = limiter.permission(for: 11, within: perDay) else {
      Issue.record("no limit")
      return
    }
    #expect((86_400...87_300).contains(until.timeIntervalSince(noon)))
    limiter.pass(to: until)
    #expect(limiter.permission(for: 11, within: perDay) == .now)
  }

  @Test func `lets a message of more recipients than a day has go when the day is empty`() {
    var limiter = RateLimiter()
    #expect(limiter.permission(for: 20_000, within: perDay) == .now)
    _ = limiter.reserve(1, at: noon)
    #expect(limiter.permission(for: 20_000, within: perDay) != .now)
  }

  @Test func `does not wait for hours when the clock is set back`() {
    var limiter = RateLimiter()
    for _ in 0..<30 { _ = limiter.reserve(1, at: later(7_200)) }
    limiter.pass(to: noon)
    #expect(limiter.permission(for: 1, within: perMinute) == .later(later(62)))
    limiter.slowDown(from: perMinute, at: later(7_200))
    limiter.pass(to: noon)
    #expect(limiter.limits(perMinute, at: later(600)).messagesPerMinute == 16)
  }

  // A tenth more each ten minutes, never more than the preset, forgotten after a day.
  @Test(arguments: [
    (0, 14), (599, 14), (600, 15), (1_200, 16), (3_600, 24), (4_200, 27), (4_800, 28), (80_000, 28), (86_400, 28),
  ])
  func `is halved by a throttle and grows again`(seconds: TimeInterval, messages: Int) {
    let limits = SendingLimits(messagesPerMinute: 28)
    var limiter = RateLimiter()
    limiter.slowDown(from: limits, at: noon)
    limiter.pass(to: later(seconds))
    #expect(limiter.limits(limits, at: later(seconds)).messagesPerMinute == messages)
  }

  @Test func `tells how slow it is and until when, and nothing when it is as fast as ever`() {
    let limits = SendingLimits(maxConnections: 2, messagesPerMinute: 28)
    var limiter = RateLimiter()
    #expect(limiter.slowdown(from: limits, at: noon) == nil)
    limiter.slowDown(from: limits, at: noon)
    let rate = SlowSending(.rate(messagesPerMinute: 14, usual: 28), until: later(4_800))
    #expect(limiter.slowdown(from: limits, at: noon) == rate)
    #expect(limiter.slowdown(from: limits, at: later(4_799)) != nil)
    #expect(limiter.slowdown(from: limits, at: later(4_800)) == nil, "it has grown by then")
    limiter.learn(connections: 1, at: later(5_000))
    let connections = SlowSending(.connections(1), until: later(5_000 + 86_400))
    #expect(limiter.slowdown(from: limits, at: later(5_000)) == connections)
    limiter.pass(to: later(5_000 + 86_400))
    #expect(limiter.slowdown(from: limits, at: later(5_000 + 86_400)) == nil)
  }

  @Test func `without a limit is slow for a day`() {
    var limiter = RateLimiter()
    for _ in 0..<40 { _ = limiter.reserve(1, at: noon) }
    limiter.slowDown(from: SendingLimits(), at: noon)
    let rate = SlowSending(.rate(messagesPerMinute: 20, usual: nil), until: later(86_400))
    #expect(limiter.slowdown(from: SendingLimits(), at: noon) == rate)
  }

  @Test func `throttled again is halved again, and never to nothing`() {
    let limits = SendingLimits(messagesPerMinute: 3)
    var limiter = RateLimiter()
    for _ in 0..<5 { limiter.slowDown(from: limits, at: noon) }
    #expect(limiter.limits(limits, at: noon).messagesPerMinute == 1)
  }

  @Test func `without a limit is made from what went in the last minute, once that is counted`() {
    var limiter = RateLimiter()
    limiter.slowDown(from: SendingLimits(), at: noon)
    #expect(limiter.hasLearned, "from now on it is counted")
    #expect(limiter.limits(SendingLimits(), at: noon) == SendingLimits())
    for _ in 0..<40 { _ = limiter.reserve(1, at: later(100)) }
    limiter.slowDown(from: SendingLimits(), at: later(110))
    #expect(limiter.limits(SendingLimits(), at: later(110)).messagesPerMinute == 20)
    limiter.pass(to: later(110 + 86_400))
    #expect(!limiter.hasLearned)
  }
}
