// What an app may send when, by numbers alone.

import Foundation
import SMTP
import Testing

@testable import Access

private let start = Date(timeIntervalSince1970: 1_764_000_000)

private func after(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

private func limits(_ change: (inout AppLimits) -> Void) -> AppLimits {
  var limits = AppLimits()
  change(&limits)
  return limits
}

extension AppLimiter {
  /// One message to `recipients`; what is beyond.
  fileprivate mutating func excess(
    _ recipients: Int = 1, octets: Int = 1000, of app: String = "erp", within limits: AppLimits, at seconds: Double
  ) -> LimitExcess? {
    switch take(recipients: recipients, octets: octets, for: app, within: limits, at: after(seconds)) {
    case .taken: nil
    case .beyond(let excess): excess
    }
  }
}

@Suite struct `An app's limits` {
  @Test func `the 61st message of a minute is put off, and taken in the next`() throws {
    var limiter = AppLimiter()
    let limits = limits { $0.messagesPerMinute = 60 }
    for second in 0..<60 { #expect(limiter.excess(within: limits, at: Double(second) / 2) == nil) }
    let beyond = limiter.excess(within: limits, at: 30)
    let excess = try #require(beyond)
    #expect(excess.sentence == "erp has sent its 60 messages this minute")
    #expect(excess.reply(.defer)?.code == 451 && excess.reply(.refuse)?.code == 550 && excess.reply(.hold) == nil)
    let until = try #require(excess.until)
    #expect((60...62).contains(until.timeIntervalSince(start)))
    #expect(limiter.excess(within: limits, at: until.timeIntervalSince(start)) == nil)
  }

  @Test func `what is beyond counts for nothing, and each app for itself`() {
    var limiter = AppLimiter()
    let limits = limits { $0.messagesPerMinute = 1 }
    #expect(limiter.excess(within: limits, at: 0) == nil)
    for _ in 0..<100 { #expect(limiter.excess(within: limits, at: 1) != nil) }
    #expect(limiter.excess(of: "crm", within: limits, at: 1) == nil)
    #expect(limiter.excess(within: limits, at: 61) == nil)
  }

  @Test func `a day has 24 hours, at whatever hour it begins`() {
    var limiter = AppLimiter()
    let limits = limits { $0.messagesPerDay = 2 }
    #expect(limiter.excess(within: limits, at: 0) == nil)
    #expect(limiter.excess(within: limits, at: 3600) == nil)
    #expect(limiter.excess(within: limits, at: 86_399)?.sentence == "erp has sent its 2 messages in 24 hours")
    #expect(limiter.excess(within: limits, at: 86_400 + 900) == nil)
    #expect(limiter.excess(within: limits, at: 86_400 + 901) != nil)
  }

  @Test(
    arguments: [
      (10, 4, nil), (6, 5, "erp has 4 of its 10 recipients in 24 hours left, and this message has 5"),
      (10, 1, "erp has written to its 10 recipients in 24 hours"),
      (0, 11, "This message has 11 recipients, and recipients_per_day in [app.erp.limits] is 10"),
    ] as [(Int, Int, String?)])
  func `recipients are counted one by one`(before: Int, now: Int, sentence: String?) {
    var limiter = AppLimiter()
    let limits = limits { $0.recipientsPerDay = before == 10 && sentence == nil ? 20 : 10 }
    if before > 0 { #expect(limiter.excess(before, within: limits, at: 0) == nil) }
    #expect(limiter.excess(now, within: limits, at: 1)?.sentence == sentence)
  }

  @Test(arguments: [AppLimits.Beyond.defer, .refuse])
  func `what would never be taken is not put off`(beyond: AppLimits.Beyond) throws {
    var limiter = AppLimiter()
    let large = limiter.excess(octets: 2001, within: limits { $0.maxMessageOctets = 2000 }, at: 0)
    let many = limiter.excess(3, within: limits { $0.recipientsPerDay = 2 }, at: 0)
    let (size, recipients) = (try #require(large), try #require(many))
    #expect(size.until == nil && size.reply(beyond)?.code == 552)
    #expect(recipients.until == nil && recipients.reply(beyond)?.code == 550)
    #expect(size.reply(.hold) == nil && recipients.reply(.hold) == nil)
  }

  @Test func `of two limits the one that takes longer is told`() {
    var limiter = AppLimiter()
    let limits = limits { ($0.messagesPerMinute, $0.messagesPerDay) = (1, 1) }
    #expect(limiter.excess(within: limits, at: 0) == nil)
    #expect(limiter.excess(within: limits, at: 1)?.sentence == "erp has sent its 1 message in 24 hours")
  }

  @Test func `a message that is refused after all is given back`() {
    var limiter = AppLimiter()
    let limits = limits { ($0.messagesPerMinute, $0.recipientsPerDay) = (1, 7) }
    #expect(limiter.excess(7, within: limits, at: 0) == nil)
    limiter.giveBack(recipients: 7, for: "erp", takenAt: after(0))
    #expect(limiter.use(by: "erp", at: after(1)) == AppUse(messagesInMinute: 0, messagesInDay: 0, recipientsInDay: 0))
    #expect(limiter.excess(7, within: limits, at: 2) == nil)
    limiter.giveBack(recipients: 1, for: "nobody", takenAt: start)
  }

  @Test func `what has been sent is known over a restart`() throws {
    var limiter = AppLimiter()
    for second in 0..<3 { _ = limiter.excess(2, within: AppLimits(), at: Double(second)) }
    var other = try #require(AppLimiter(record: limiter.record))
    #expect(other.record == limiter.record && limiter.record.utf8.count < 500)
    #expect(
      other.use(by: "erp", at: after(70)) == AppUse(messagesInMinute: 0, messagesInDay: 3, recipientsInDay: 6))
    #expect(other.excess(within: limits { $0.messagesPerDay = 3 }, at: 70) != nil)
  }

  @Test(arguments: [
    "", "[]", "{\"erp\":{}}",
    #"{"erp":{"minute":{"span":"day","counts":[]},"day":{"span":"day","counts":[]},"recipients":{"span":"day","counts":[]}}}"#,
  ])
  func `a damaged record is none`(record: String) {
    #expect(AppLimiter(record: record) == nil)
  }

  @Test func `a clock set back does not free what has been counted, nor keep it for longer than a day`() {
    var limiter = AppLimiter()
    let limits = limits { $0.messagesPerDay = 1 }
    #expect(limiter.excess(within: limits, at: 0) == nil)
    #expect(limiter.excess(within: limits, at: -30 * 86_400) != nil)
    #expect(limiter.excess(within: limits, at: -29 * 86_400 + 900) == nil)
  }

  @Test func `apps that are gone are forgotten`() {
    var limiter = AppLimiter()
    for app in ["erp", "crm"] { _ = limiter.excess(of: app, within: AppLimits(), at: 0) }
    limiter.keep(only: ["crm"])
    #expect(
      limiter.use(by: "erp", at: start).messagesInDay == 0 && limiter.use(by: "crm", at: start).messagesInDay == 1)
  }
}
