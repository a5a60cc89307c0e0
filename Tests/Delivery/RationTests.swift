// What may go when, by numbers alone.

import Foundation
import Mailboxes
import Testing

@testable import Delivery

@Suite struct `A ration` {
  private let perMinute = SendingLimits(messagesPerMinute: 30)
  private let perDay = SendingLimits(recipientsPerDay: 10_000)

  private func later(_ seconds: TimeInterval) -> Date { noon.addingTimeInterval(seconds) }

  @Test func `lets a minute's messages go at once, and the next when the first is out of the minute`() {
    var ration = Ration()
    for second in 0..<30 {
      #expect(ration.answer(for: 1, within: perMinute) == .now)
      _ = ration.take(1, at: later(Double(second) / 2))
    }
    #expect(ration.messagesLeft(within: perMinute) == 0)
    guard case .later(let next) = ration.answer(for: 1, within: perMinute) else {
      Issue.record("no limit")
      return
    }
    #expect((60.5...63).contains(next.timeIntervalSince(noon)))
    ration.pass(to: next)
    #expect(ration.answer(for: 1, within: perMinute) == .now)
    #expect(ration.messagesLeft(within: perMinute) == 2, "those of the first second")
  }

  @Test func `counts a message from its beginning until a minute after its end`() {
    var ration = Ration()
    let limits = SendingLimits(messagesPerMinute: 1)
    let share = ration.take(1, at: noon)
    ration.pass(to: later(50))
    ration.conclude(share, naming: 1, at: later(50))
    ration.pass(to: later(100))
    #expect(ration.answer(for: 1, within: limits) != .now)
    ration.pass(to: later(113))
    #expect(ration.answer(for: 1, within: limits) == .now)
  }

  @Test func `does not count what never reached the provider`() {
    var ration = Ration()
    let limits = SendingLimits(messagesPerMinute: 1, recipientsPerDay: 500)
    let share = ration.take(500, at: noon)
    #expect(ration.answer(for: 1, within: limits) != .now)
    ration.conclude(share, naming: nil, at: later(1))
    #expect(ration.answer(for: 500, within: limits) == .now)
  }

  @Test func `remembers ten thousand recipients in a few kilobytes, and comes back as it was`() throws {
    var ration = Ration()
    for number in 0..<10_000 { _ = ration.take(1, at: later(Double(number) * 8)) }
    let now = later(80_000)
    ration.pass(to: now)
    let record = try JSONEncoder().encode(ration)
    #expect(record.count < 4_000)
    let again = try JSONDecoder().decode(Ration.self, from: record)
    #expect(again == ration && again.isSane)
    #expect(again.answer(for: 1, within: perDay) != .now)
  }

  @Test func `of a day is over when the recipients of a day ago are out of it`() {
    var ration = Ration()
    _ = ration.take(9_990, at: noon)
    #expect(ration.answer(for: 10, within: perDay) == .now)
    guard case .exhausted(let until) = ration.answer(for: 11, within: perDay) else {
      Issue.record("no limit")
      return
    }
    #expect((86_400...87_300).contains(until.timeIntervalSince(noon)))
    ration.pass(to: until)
    #expect(ration.answer(for: 11, within: perDay) == .now)
  }

  @Test func `lets a message of more recipients than a day has go when the day is empty`() {
    var ration = Ration()
    #expect(ration.answer(for: 20_000, within: perDay) == .now)
    _ = ration.take(1, at: noon)
    #expect(ration.answer(for: 20_000, within: perDay) != .now)
  }

  @Test func `does not wait for hours when the clock is set back`() {
    var ration = Ration()
    for _ in 0..<30 { _ = ration.take(1, at: later(7_200)) }
    ration.pass(to: noon)
    #expect(ration.answer(for: 1, within: perMinute) == .later(later(62)))
    ration.slowDown(from: perMinute, at: later(7_200))
    ration.pass(to: noon)
    #expect(ration.limits(perMinute, at: later(600)).messagesPerMinute == 16)
  }

  // A tenth more each ten minutes, never more than the preset, forgotten after a day.
  @Test(arguments: [
    (0, 14), (599, 14), (600, 15), (1_200, 16), (3_600, 24), (4_200, 27), (4_800, 28), (80_000, 28), (86_400, 28),
  ])
  func `is halved by a throttle and grows again`(seconds: TimeInterval, messages: Int) {
    let limits = SendingLimits(messagesPerMinute: 28)
    var ration = Ration()
    ration.slowDown(from: limits, at: noon)
    ration.pass(to: later(seconds))
    #expect(ration.limits(limits, at: later(seconds)).messagesPerMinute == messages)
  }

  @Test func `throttled again is halved again, and never to nothing`() {
    let limits = SendingLimits(messagesPerMinute: 3)
    var ration = Ration()
    for _ in 0..<5 { ration.slowDown(from: limits, at: noon) }
    #expect(ration.limits(limits, at: noon).messagesPerMinute == 1)
  }

  @Test func `without a limit is made from what went in the last minute, once that is counted`() {
    var ration = Ration()
    ration.slowDown(from: SendingLimits(), at: noon)
    #expect(ration.hasLearned, "from now on it is counted")
    #expect(ration.limits(SendingLimits(), at: noon) == SendingLimits())
    for _ in 0..<40 { _ = ration.take(1, at: later(100)) }
    ration.slowDown(from: SendingLimits(), at: later(110))
    #expect(ration.limits(SendingLimits(), at: later(110)).messagesPerMinute == 20)
    ration.pass(to: later(110 + 86_400))
    #expect(!ration.hasLearned)
  }
}
