// What providers' words say about time, and when the mailbox is tried again for it.

import Foundation
import SMTP
import Testing
import TransportSupport

@testable import Diagnosis

@Suite struct `Time in a provider's words` {
  @Test(arguments: [
    ("Try again in 34 minutes", StatedTime.wait(.seconds(2040))),
    ("try again in 15 seconds.", .wait(.seconds(15))),
    ("Too many requests. Retry-After: 120", .wait(.seconds(120))),
    ("You reached a daily sending limit for your account. Limit expires in 3 hours", .wait(.seconds(10_800))),
    ("Bitte erneut versuchen in 10 Minuten", .wait(.seconds(600))),
    ("Veuillez réessayer dans 2 heures", .wait(.seconds(7200))),
    ("Maximum messages sent per minute reached : limit is 10", .limit(.minute)),
    ("Hourly send rate exceeded, retry later.", .limit(.hour)),
    ("Domain example.org has exceeded the max emails per hour (151/150 (100%)) allowed", .limit(.hour)),
    ("hour limit reached", .limit(.hour)),
    ("You have reached the limit of 100 messages in 60 minutes", .limit(.hour)),
    ("24-hour sending limit exceeded", .limit(.day)),
    ("over the limit of 500 messages in a single day", .limit(.day)),
    ("only 10 messages per day", .limit(.day)),
    ("Exceed Sending Limit (daily)", .limit(.day)),
    ("Limit 300/24h", .limit(.day)),
    ("Das Tageslimit ist erreicht", .limit(.day)),
    ("Superato il limite giornaliero di invio", .limit(.day)),
    ("quota journalier dépassé", .limit(.day)),
    ("发送邮件数量超过每日限制", .limit(.day)),
    ("Monthly quota used up", .limit(.month)),
  ])
  func `is read`(words: String, time: StatedTime) {
    #expect(StatedTime(in: words) == time)
  }

  @Test(arguments: [
    "Slow down", "421 4.7.0 Too many messages", "Have a nice day", "retry later", "", "452 4.5.3 Later",
  ])
  func `is not read into others`(words: String) {
    #expect(StatedTime(in: words) == nil)
  }

  @Test(arguments: [
    ("450 Try again in 34 minutes", 2040), ("450 Try again in 90 days", 86_400), ("450 10 per minute", 60),
    ("450 Hourly limit", 3600), ("450 Daily limit", 3600),
  ])
  func `ends a pause`(words: String, seconds: Int) throws {
    let time = try #require(StatedTime(in: words))
    #expect(time.end(after: noon, at: nil).timeIntervalSince(noon) == Double(seconds))
  }

  /// The tests' noon is 08:00 UTC, midnight on the Pacific coast.
  @Test func `ends a day where the provider's day ends, if that is known, and else is looked at each hour`() {
    let limit = StatedTime.limit(.day)
    #expect(limit.end(after: noon + 4 * 3600, at: .google) == noon + 24 * 3600)
    #expect(limit.end(after: noon + 4 * 3600, at: .microsoft) == noon + 5 * 3600)
    #expect(
      limit.end(after: noon + 60, at: .google) == noon + 3660, "a limit met just after midnight is not that day's")
  }

  @Test(arguments: [
    ("2026-07-15T12:00:00Z", "2026-07-16T07:00:00Z"), ("2027-01-01T07:59:59Z", "2027-01-01T08:00:00Z"),
    ("2026-12-31T08:00:00Z", "2027-01-01T08:00:00Z"), ("2028-02-29T12:00:00Z", "2028-03-01T08:00:00Z"),
    // The second Sunday of March has 23 hours there, the first of November 25.
    ("2026-03-08T07:59:59Z", "2026-03-08T08:00:00Z"), ("2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
    ("2026-03-08T10:30:00Z", "2026-03-09T07:00:00Z"), ("2026-11-01T06:59:59Z", "2026-11-01T07:00:00Z"),
    ("2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"), ("2026-11-01T12:00:00Z", "2026-11-02T08:00:00Z"),
  ])
  func `knows the midnights of the Pacific coast`(time: String, midnight: String) throws {
    #expect(PacificDay.end(after: try Date(time, strategy: .iso8601)) == (try Date(midnight, strategy: .iso8601)))
  }

  @Test func `gives the pause in place of the rule's own`() throws {
    let reply = try Reply(wire: "450 4.7.1 Sending limit reached, try again in 34 minutes")
    let outcome = Outcome(of: reply, in: .mail, for: .test(), now: noon)
    guard case .paused(let until, _) = outcome.verdict else {
      Issue.record("\(outcome.verdict)")
      return
    }
    #expect(until == noon + 2040)
  }

  @Test func `puts a message off for as long as the provider asks`() throws {
    let reply = try Reply(wire: "450 4.2.0 Greylisted, please try again in 300 seconds")
    #expect(Outcome(of: reply, in: .recipient, for: .test(), now: noon).verdict == .deferred(after: .seconds(300)))
  }

  @Test(arguments: [
    "451 4.7.0 Too much fail authentication", "454 4.7.0 Temporary authentication failure", "421 Go away",
  ])
  func `is a quarter of an hour at least after a refused sign-in, whatever the digit`(wire: String) throws {
    let outcome = Outcome(of: try Reply(wire: wire), in: .signIn, for: .byPassword, now: noon)
    switch outcome.verdict {
    case .paused(let until, _): #expect(until >= noon + 900)
    case .recurring(_, _, let wait): #expect(wait >= .seconds(900))
    case .broken: break
    default: Issue.record("\(outcome.verdict)")
    }
  }

  @Test func `has a lasting fault told with a temporary code wait before it raises the flag`() throws {
    let reply = try Reply(wire: "454 4.7.1 <ada@example.org>: Relay access denied")
    let verdict = Outcome(of: reply, in: .recipient, for: .byPassword, now: noon).verdict
    if case .broken = verdict { Issue.record("\(verdict)") }
  }
}

@Suite struct `What refusals have in common` {
  private let ada = Address(localPart: "ada", domain: "example.org")

  @Test(arguments: [
    ("550 5.7.1 <ada@example.org>: Relaying denied", "550 5.7.1 <bob@example.net>: Relaying denied", true),
    ("550 Message 4711 refused [abc123]", "550 Message 4712 refused [def456]", true),
    ("550 5.7.1 Blocked d9443c01a7336-2a1b - gsmtp", "550 5.7.1 Blocked e0443c01a7336-3b1c - gsmtp", true),
    ("550 ada: no such user", "550 bob: no such user", true),
    ("550 5.7.1 Relaying denied", "550 5.7.0 Relaying denied", false),
    ("550 Relaying denied", "554 Relaying denied", false),
    ("550 Relaying denied", "550 No such user", false),
  ])
  func `is their words without names and numbers`(one: String, other: String, isAlike: Bool) throws {
    let bob = Address(localPart: "bob", domain: "example.net")
    let patterns = (
      RefusalPattern(try Reply(wire: one), naming: [ada]), RefusalPattern(try Reply(wire: other), naming: [bob])
    )
    #expect((patterns.0 == patterns.1) == isAlike)
  }
}
