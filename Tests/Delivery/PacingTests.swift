// Lanes of mailboxes that may send only so much: what goes when, and that nobody is sent anything twice.

import Foundation
import Mailboxes
import SMTP
import Spool
import Support
import Synchronization
import System
import Testing

@testable import Delivery

@Suite struct `A lane with limits` {
  private let clock = ManualTime(noon)

  private var pace: Pace {
    var pace = Relaying.pace
    pace.clock = clock
    pace.growAfter = .milliseconds(20)
    return pace
  }

  /// Lets time pass, as long as nothing else happens.
  private func pass(_ what: Comment, from provider: FakeProvider, until isSo: () async throws -> Bool) async throws {
    var heard = -1
    try await eventually(what) {
      if try await isSo() { return true }
      let count = provider.commands.count
      if count == heard { clock.skip() }
      heard = count
      try await Task.sleep(for: .milliseconds(20))
      return false
    }
  }

  private func record(of relay: Relaying) async throws -> Ration? {
    try await relay.store.sendingRecord(of: "office@firm.example", as: Ration.self)
  }

  @Test(.timeLimit(.minutes(1)))
  func `sends 90 messages at 30 a minute over three connections, and not one attempt fails`() async throws {
    let provider = try FakeProvider()
    let strict = Strict(provider, clock)
    let relay = try Relaying(limits: SendingLimits(maxConnections: 3, messagesPerMinute: 30), pace: pace)
    for number in 1...90 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await pass("all delivered", from: provider) { relay.counts().totals.delivered == 90 }
    let time = clock.now.timeIntervalSince(noon)
    #expect((120...210).contains(time), "\(time) seconds")
    #expect(strict.refusals == 0 && provider.mostOpen <= 3)
    #expect(provider.count(of: "MAIL") == 90)
    #expect(relay.log.all.count { $0.hasPrefix("attempt") && $0.contains("outcome=delivered") } == 90)
    #expect(relay.log.all.count { $0.hasPrefix("attempt") } == 90)
    #expect(try await relay.condition() == .working)
  }

  @Test func `waits for its ration without touching a message or showing a pause`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying(limits: SendingLimits(messagesPerMinute: 2), pace: pace)
    try await relay.connect(to: provider)
    for number in 1...5 { try await relay.accept("\(number)") }
    try await eventually("two delivered") { relay.counts().totals.delivered == 2 }
    try await Task.sleep(for: .milliseconds(200))
    #expect(provider.count(of: "MAIL") == 2)
    #expect(relay.counts().queued == 3 && relay.counts().deferred == 0)
    #expect(try await relay.condition() == .working)
    clock.advance(by: .seconds(63))
    try await eventually("four delivered") { relay.counts().totals.delivered == 4 }
  }

  @Test func `goes on counting where it was after a restart`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying(limits: SendingLimits(messagesPerMinute: 3), pace: pace)
    try await relay.connect(to: provider)
    for number in 1...5 { try await relay.accept("\(number)") }
    try await eventually("three delivered") { relay.counts().totals.delivered == 3 }
    await relay.stop()
    #expect(try await relay.spool.list().allSatisfy { $0.attempts == 0 && $0.due <= Date() })
    relay.start()
    try await Task.sleep(for: .milliseconds(300))
    #expect(provider.count(of: "MAIL") == 3)
    clock.advance(by: .seconds(63))
    try await eventually("all delivered") { relay.counts().totals.delivered == 5 }
  }

  @Test func `goes on counting after a reconnect to the same address`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying(limits: SendingLimits(messagesPerMinute: 3), pace: pace)
    try await relay.connect(to: provider)
    for number in 1...5 { try await relay.accept("\(number)") }
    try await eventually("three delivered") { relay.counts().totals.delivered == 3 }
    _ = try await relay.store.disconnect("acme")
    try await relay.connect(to: provider, address: "Office")
    try await Task.sleep(for: .milliseconds(300))
    #expect(provider.count(of: "MAIL") == 3)
  }

  @Test func `takes the entity's own limits before the provider's, and new ones at once`() async throws {
    var preset = Provider(name: "strict", label: "Strict")
    preset.limits = SendingLimits(messagesPerMinute: 1)
    let provider = try FakeProvider()
    let relay = try Relaying(
      limits: SendingLimits(messagesPerMinute: 2), providers: Providers([preset]), pace: pace)
    try await relay.connect(to: provider, as: preset)
    for number in 1...9 { try await relay.accept("\(number)") }
    try await eventually("two delivered") { relay.counts().totals.delivered == 2 }
    try await Task.sleep(for: .milliseconds(200))
    #expect(provider.count(of: "MAIL") == 2)
    // As SIGHUP does.
    try await relay.store.reconfigure(
      [Entity(key: "acme", name: "ACME", limits: SendingLimits(messagesPerMinute: 4))], Providers([preset]))
    try await eventually("two more") { relay.counts().totals.delivered == 4 }
    try await Task.sleep(for: .milliseconds(200))
    #expect(provider.count(of: "MAIL") == 4)
    try await relay.store.reconfigure([Entity(key: "acme", name: "ACME")], Providers())
    try await eventually("no limit any more") { relay.counts().totals.delivered == 9 }
  }

  @Test func `shows a used-up day as a pause, burns no attempt, and goes on by itself`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying(limits: SendingLimits(recipientsPerDay: 5), pace: pace)
    try await relay.connect(to: provider)
    var ids: [MessageID] = []
    for number in 1...3 { ids.append(try await relay.accept("\(number)", to: ["ada", "bob"])) }
    try await eventually("paused") { try await relay.condition() != .working }
    guard case .paused(let until, let fault) = try await relay.condition() else {
      Issue.record("not paused")
      return
    }
    #expect((86_400...87_400).contains(until.timeIntervalSince(noon)))
    #expect(fault.class == .quota && fault.upstream.isEmpty)
    #expect(fault.summary.contains("office@firm.example has sent to 5 recipients within 24 hours"))
    #expect(fault.remedy.contains("[entity.acme.limits]"))
    try await eventually("given back") {
      let left = try await relay.spool.list()
      return left.map(\.id) == [ids[2]] && left[0].attempts == 0
    }
    #expect(provider.count(of: "MAIL") == 2)
    clock.advance(to: until)
    try await eventually("delivered") { relay.counts().totals.delivered == 3 }
    try await eventually("pause over") { try await relay.condition() == .working }
  }

  @Test func `ends the pause of a used-up day when the limit is raised`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying(limits: SendingLimits(recipientsPerDay: 1), pace: pace)
    try await relay.connect(to: provider)
    for number in 1...2 { try await relay.accept("\(number)") }
    try await eventually("paused") { try await relay.condition() != .working }
    try await relay.store.reconfigure(
      [Entity(key: "acme", name: "ACME", limits: SendingLimits(recipientsPerDay: 100))])
    try await eventually("delivered") { relay.counts().totals.delivered == 2 }
    try await eventually("pause over") { try await relay.condition() == .working }
  }

  // MARK: What is learned

  @Test func `throttled pauses, burns no attempt, and is half as fast for the day`() async throws {
    let provider = try FakeProvider()
    provider.answer { command, _ in
      command.hasPrefix("(message)") ? "421 4.4.2 Message submission rate for this client has exceeded the limit" : nil
    }
    let limits = SendingLimits(messagesPerMinute: 8)
    let relay = try Relaying(limits: limits, pace: pace)
    try await relay.connect(to: provider)
    let id = try await relay.accept("1")
    try await eventually("paused") { try await relay.condition() != .working }
    try await eventually("no attempt burned") { try await relay.spool.show(id)?.message.attempts == 0 }
    provider.answer { _, _ in nil }
    for number in 2...6 { try await relay.accept("\(number)") }
    try await eventually("kept", within: .seconds(3)) {
      try await record(of: relay)?.limits(limits, at: clock.now).messagesPerMinute == 4
    }
    clock.advance(by: .seconds(65))
    try await eventually("four delivered") { relay.counts().totals.delivered == 4 }
    try await Task.sleep(for: .milliseconds(200))
    #expect(provider.arrivals.count == 4)
    let kept = try #require(try await record(of: relay))
    #expect(kept.limits(limits, at: noon.addingTimeInterval(4 * 3600)).messagesPerMinute == 8)
  }

  @Test func `refused a connection stays with one for the day, at its pace`() async throws {
    let provider = try FakeProvider { command, sessions in
      command.hasPrefix("(message)") && sessions == 1 ? "432 4.3.2 Concurrent connections limit exceeded" : nil
    }
    let limits = SendingLimits(maxConnections: 3, messagesPerMinute: 30)
    let relay = try Relaying(limits: limits, pace: pace)
    try await relay.connect(to: provider)
    try await relay.accept("1")
    try await eventually("kept", within: .seconds(3)) {
      try await record(of: relay)?.limits(limits, at: clock.now).maxConnections == 1
    }
    #expect(try await record(of: relay)?.limits(limits, at: clock.now).messagesPerMinute == 30)
  }

  @Test func `refused a further connection goes on with those it has, for the day`() async throws {
    let provider = try FakeProvider()
    provider.answer { [weak provider] command, _ in
      if command.hasPrefix("MAIL") { usleep(5_000) }
      return command == "(greeting)" && provider?.open ?? 0 > 1 ? "421 4.7.0 Too many connections" : nil
    }
    let limits = SendingLimits(maxConnections: 3)
    let relay = try Relaying(limits: limits, pace: pace)
    for number in 1...60 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("delivered") { relay.counts().totals.delivered == 60 }
    #expect(provider.sessions == 2 && provider.mostOpen == 2, "one was refused, and no other tried")
    #expect(relay.log.all.count { $0.hasPrefix("attempt") } == 60)
    try await eventually("kept", within: .seconds(3)) {
      try await record(of: relay)?.limits(limits, at: clock.now).maxConnections == 1
    }
  }

  @Test func `closes the sessions it may not have any more`() async throws {
    let provider = try FakeProvider { command, _ in
      if command.hasPrefix("MAIL") { usleep(5_000) }
      return nil
    }
    let relay = try Relaying(limits: SendingLimits(maxConnections: 3), pace: pace)
    for number in 1...60 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("several open") { provider.open > 1 }
    try await relay.store.reconfigure(
      [Entity(key: "acme", name: "ACME", limits: SendingLimits(maxConnections: 1))])
    try await eventually("one left") { provider.open <= 1 }
    try await eventually("delivered") { relay.counts().totals.delivered == 60 }
  }

  @Test func `learns how many recipients a provider takes at once, and all get the message at once`() async throws {
    let provider = try FakeProvider()
    provider.answer(Self.atMost(10))
    let relay = try Relaying(pace: pace)
    try await relay.connect(to: provider)
    try await relay.accept("first", to: (0..<25).map { "r\($0)" })
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    #expect(provider.arrivals.map(\.recipients.count) == [10, 10, 5])
    #expect(Set(provider.arrivals.flatMap(\.recipients)).count == 25)
    let asked = provider.count(of: "RCPT")
    try await relay.accept("second", to: (0..<25).map { "r\($0)" })
    try await eventually("delivered") { relay.counts().totals.delivered == 2 }
    #expect(provider.count(of: "RCPT") == asked + 25, "nobody is asked for in vain")
  }

  /// Takes so many recipients a transaction.
  private static func atMost(_ most: Int) -> FakeProvider.Rule {
    let count = Mutex(0)
    return { command, _ in
      count.withLock { count in
        if command.hasPrefix("MAIL") { count = 0 }
        guard command.hasPrefix("RCPT") else { return nil }
        count += 1
        return count > most ? "452 4.5.3 Too many recipients" : nil
      }
    }
  }

  // MARK: Many recipients

  @Test func `splits 1,200 recipients at 500 a message, and a refused one harms nobody`() async throws {
    let provider = try FakeProvider { command, _ in
      command == "RCPT TO:<r700@example.org>" ? "550 5.1.1 No such user" : nil
    }
    let relay = try Relaying(limits: SendingLimits(recipientsPerMessage: 500), pace: pace)
    try await relay.connect(to: provider)
    let id = try await relay.accept("to all", to: (0..<1_200).map { "r\($0)" })
    try await eventually("failed for one") { relay.counts().failed == 1 }
    let arrivals = provider.arrivals.filter { $0.subject == "to all" }
    #expect(arrivals.map(\.recipients.count) == [500, 499, 200])
    let detail = try #require(try await relay.spool.show(id))
    #expect(detail.recipients.map(\.0.localPart) == ["r700"] && detail.message.attempts == 1)
    #expect(relay.log.all.count { $0.hasPrefix("attempt") && $0.contains("id=\(id)") } == 1)
  }

  @Test func `has struck out who has the message before the next transaction ends`() async throws {
    let provider = try FakeProvider()
    let messages = Mutex(0)
    let mayAnswer = Mutex(false)
    provider.answer { command, _ in
      guard command.hasPrefix("(message)") else { return nil }
      let number = messages.withLock { count in
        count += 1
        return count
      }
      guard number == 2 else { return nil }
      for _ in 0..<500 where !mayAnswer.withLock({ $0 }) { usleep(10_000) }
      return ""
    }
    let relay = try Relaying(limits: SendingLimits(recipientsPerMessage: 2), pace: pace)
    try await relay.connect(to: provider)
    let id = try await relay.accept("to all", to: ["a", "b", "c", "d", "e"])
    try await eventually("the second under way") { messages.withLock { $0 } == 2 }
    #expect(try await relay.spool.show(id)?.recipients.map(\.0.localPart) == ["c", "d", "e"])
    mayAnswer.withLock { $0 = true }
    try await eventually("broken off") {
      try await relay.spool.show(id)?.message.perhapsSent == true
    }
    #expect(try await relay.spool.show(id)?.recipients.map(\.0.localPart) == ["c", "d", "e"])
    try await relay.spool.retry(.ids([id]), now: Date())
    try await pass("delivered", from: provider) { relay.counts().totals.delivered == 1 }
    #expect(
      provider.arrivals.map(\.recipients) == [
        ["a@example.org", "b@example.org"], ["c@example.org", "d@example.org"], ["e@example.org"],
      ])
  }

  @Test func `counts each transaction, and goes on with the rest of a message in the next minute`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying(limits: SendingLimits(messagesPerMinute: 2, recipientsPerMessage: 1), pace: pace)
    try await relay.connect(to: provider)
    let id = try await relay.accept("to all", to: ["a", "b", "c"])
    try await eventually("two taken") { provider.arrivals.count == 2 }
    try await eventually("one waits") {
      let detail = try await relay.spool.show(id)
      return detail?.recipients.map(\.0.localPart) == ["c"]
    }
    #expect(relay.counts().deferred == 0)
    clock.advance(by: .seconds(63))
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    #expect(provider.arrivals.map(\.recipients) == [["a@example.org"], ["b@example.org"], ["c@example.org"]])
  }

  @Test func `is written down for nobody who has no limits`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying()
    try await relay.connect(to: provider)
    for number in 1...20 { try await relay.accept("\(number)") }
    try await eventually("delivered") { relay.counts().totals.delivered == 20 }
    await relay.stop()
    #expect(try await record(of: relay) == nil)
  }
}

/// Makes a provider as strict as Microsoft: three connections, and 30 messages in any 60 seconds of this clock.
private final class Strict: Sendable {
  private let state = Mutex<(times: [Date], refusals: Int)>(([], 0))

  var refusals: Int { state.withLock { $0.refusals } }

  init(_ provider: FakeProvider, _ clock: ManualTime) {
    provider.answer { [weak self, weak provider] command, _ in
      guard let self, let provider else { return nil }
      if command == "(greeting)", provider.open > 3 { return refuse("432 4.3.2 Concurrent connections limit exceeded") }
      guard command.hasPrefix("(message)") else { return nil }
      let now = clock.now
      let isTooMany = state.withLock { state in
        state.times.append(now)
        return state.times.count { $0 > now.addingTimeInterval(-60) } > 30
      }
      return isTooMany
        ? refuse("421 4.4.2 Message submission rate for this client has exceeded the configured limit") : nil
    }
  }

  private func refuse(_ reply: String) -> String {
    state.withLock { $0.refusals += 1 }
    return reply
  }
}
