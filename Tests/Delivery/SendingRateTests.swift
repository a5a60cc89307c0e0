// Queues of mailboxes that may send only so much: what goes when, and that nobody is sent anything twice.

import Foundation
import Mailboxes
import SMTP
import Spool
import Support
import Synchronization
import Testing
import TransportSupport

@testable import Delivery

@Suite struct `A queue with limits` {
  private func record(of relay: TestRelay) async throws -> RateLimiter? {
    try await relay.store.sendingRecord(of: "office@firm.example", as: RateLimiter.self)
  }

  /// Until the queue waits for the minute to pass: it sends no more now.
  private func untilMinuteIsUsedUp(_ relay: TestRelay) async throws { try await relay.untilAsleep(for: 61...63) }

  @Test func `sends 90 messages at 30 a minute over three connections, and not one attempt fails`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(maxConnections: 3, messagesPerMinute: 30))
    let strict = Strict(provider, relay.time)
    for number in 1...90 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    for delivered in [30, 60] {
      try await eventually("\(delivered) delivered") { relay.counts().totals.delivered == delivered }
      try await untilMinuteIsUsedUp(relay)
      #expect(provider.count(of: "MAIL") == delivered)
      relay.advance(by: .seconds(62))
    }
    try await eventually("all delivered") { relay.counts().totals.delivered == 90 }
    let time = relay.time.now.timeIntervalSince(noon)
    #expect(time == 124)
    #expect(strict.refusals == 0 && provider.mostOpen <= 3)
    #expect(provider.count(of: "MAIL") == 90)
    #expect(relay.log.all.count { $0.hasPrefix("attempt") && $0.contains("outcome=delivered") } == 90)
    #expect(relay.log.all.count { $0.hasPrefix("attempt") } == 90)
    #expect(try await relay.condition() == .working)
  }

  @Test func `waits for its permission without touching a message or showing a pause`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(messagesPerMinute: 2))
    try await relay.connect(to: provider)
    for number in 1...5 { try await relay.accept("\(number)") }
    try await eventually("two delivered") { relay.counts().totals.delivered == 2 }
    try await untilMinuteIsUsedUp(relay)
    #expect(provider.count(of: "MAIL") == 2)
    #expect(relay.counts().queued == 3 && relay.counts().deferred == 0)
    #expect(try await relay.condition() == .working)
    relay.advance(by: .seconds(63))
    try await eventually("four delivered") { relay.counts().totals.delivered == 4 }
  }

  @Test func `goes on counting where it was after a restart`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(messagesPerMinute: 3))
    try await relay.connect(to: provider)
    for number in 1...5 { try await relay.accept("\(number)") }
    try await eventually("three delivered") { relay.counts().totals.delivered == 3 }
    await relay.stop()
    try await eventually("handed back") { try await relay.attempted() == 0 }
    #expect(try await relay.spool.list().allSatisfy { $0.due <= relay.time.now })
    relay.start()
    try await untilMinuteIsUsedUp(relay)
    #expect(provider.count(of: "MAIL") == 3)
    relay.advance(by: .seconds(63))
    try await eventually("all delivered") { relay.counts().totals.delivered == 5 }
  }

  @Test func `goes on counting after a reconnect to the same address`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(messagesPerMinute: 3))
    try await relay.connect(to: provider)
    for number in 1...5 { try await relay.accept("\(number)") }
    try await eventually("three delivered") { relay.counts().totals.delivered == 3 }
    _ = try await relay.store.disconnect("acme")
    try await eventually("the old queue has ended") { provider.count(of: "QUIT") == 1 }
    try await relay.connect(to: provider, address: "Office")
    try await untilMinuteIsUsedUp(relay)
    #expect(provider.count(of: "MAIL") == 3)
  }

  @Test func `takes the entity's own limits before the provider's, and new ones at once`() async throws {
    var preset = Provider(name: "strict", label: "Strict")
    preset.limits = SendingLimits(messagesPerMinute: 1)
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(messagesPerMinute: 2), presets: Providers([preset]))
    try await relay.connect(to: provider, as: preset)
    for number in 1...9 { try await relay.accept("\(number)") }
    try await eventually("two delivered") { relay.counts().totals.delivered == 2 }
    try await untilMinuteIsUsedUp(relay)
    #expect(provider.count(of: "MAIL") == 2)
    // As SIGHUP does.
    try await relay.store.reconfigure(
      [Entity(key: "acme", name: "ACME", limits: SendingLimits(messagesPerMinute: 4))], Providers([preset]))
    try await eventually("two more") { relay.counts().totals.delivered == 4 }
    try await untilMinuteIsUsedUp(relay)
    #expect(provider.count(of: "MAIL") == 4)
    try await relay.store.reconfigure([Entity(key: "acme", name: "ACME")], Providers())
    try await eventually("no limit any more") { relay.counts().totals.delivered == 9 }
  }

  @Test func `shows a used-up day as a pause, burns no attempt, and goes on by itself`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(recipientsPerDay: 5))
    try await relay.connect(to: provider)
    var ids: [MessageID] = []
    for number in 1...3 { ids.append(try await relay.accept("\(number)", to: ["ada", "bob"])) }
    try await eventually("paused") { try await relay.isPaused() }
    guard case .paused(let until, let fault) = try await relay.condition() else { return }
    #expect((86_400...87_400).contains(until.timeIntervalSince(noon)))
    #expect(fault.class == .quota && fault.upstream.isEmpty)
    #expect(fault.summary.contains("office@firm.example has sent to 5 recipients within 24 hours"))
    #expect(fault.remedy.contains("[entity.acme.limits]"))
    try await eventually("given back") {
      let left = try await relay.spool.list()
      return left.map(\.id) == [ids[2]] && left[0].attempts == 0
    }
    #expect(provider.count(of: "MAIL") == 2)
    relay.advance(to: until)
    try await eventually("delivered") { relay.counts().totals.delivered == 3 }
    try await eventually("pause over") { try await relay.condition() == .working }
  }

  @Test func `ends the pause of a used-up day when the limit is raised`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(recipientsPerDay: 1))
    try await relay.connect(to: provider)
    for number in 1...2 { try await relay.accept("\(number)") }
    try await eventually("paused") { try await relay.isPaused() }
    try await relay.store.reconfigure(
      [Entity(key: "acme", name: "ACME", limits: SendingLimits(recipientsPerDay: 100))])
    try await eventually("delivered") { relay.counts().totals.delivered == 2 }
    try await eventually("pause over") { try await relay.condition() == .working }
  }

  // MARK: What is learned

  @Test func `throttled pauses, burns no attempt, and is half as fast for the day`() async throws {
    let provider = InMemoryProvider { request, _ in
      request.hasPrefix("(message)")
        ? "421 4.4.2 Message submission rate for this client has exceeded the limit" : nil
    }
    let limits = SendingLimits(messagesPerMinute: 8)
    let relay = try TestRelay(limits: limits)
    try await relay.connect(to: provider)
    let id = try await relay.accept("1")
    try await eventually("paused") { try await relay.isPaused() }
    try await eventually("no attempt burned") { try await relay.spool.show(id)?.message.attempts == 0 }
    provider.answer { _, _ in nil }
    for number in 2...6 { try await relay.accept("\(number)") }
    try await relay.untilAsleep(for: 1...1)
    relay.advance(by: .seconds(1))
    try await eventually("kept") {
      try await record(of: relay)?.limits(limits, at: relay.time.now).messagesPerMinute == 4
    }
    relay.advance(by: .seconds(64))
    try await eventually("four delivered") { relay.counts().totals.delivered == 4 }
    try await untilMinuteIsUsedUp(relay)
    #expect(provider.arrivals.count == 4)
    let kept = try #require(try await record(of: relay))
    #expect(kept.limits(limits, at: noon.addingTimeInterval(4 * 3600)).messagesPerMinute == 8)
  }

  @Test func `refused a connection stays with one for the day, at its rate`() async throws {
    let provider = InMemoryProvider { request, session in
      request.hasPrefix("(message)") && session == 1 ? "432 4.3.2 Concurrent connections limit exceeded" : nil
    }
    let limits = SendingLimits(maxConnections: 3, messagesPerMinute: 30)
    let relay = try TestRelay(limits: limits)
    try await relay.connect(to: provider)
    try await relay.accept("1")
    try await relay.pass("kept") {
      try await record(of: relay)?.limits(limits, at: relay.time.now).maxConnections == 1
    }
    #expect(try await record(of: relay)?.limits(limits, at: relay.time.now).messagesPerMinute == 30)
  }

  @Test func `refused a further connection goes on with those it has, for the day`() async throws {
    let provider = InMemoryProvider()
    provider.answer { [weak provider] request, _ in
      request == "(greeting)" && provider?.open ?? 0 > 1 ? "421 4.7.0 Too many connections" : nil
    }
    let limits = SendingLimits(maxConnections: 3)
    let relay = try TestRelay(limits: limits)
    for number in 1...60 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("delivered") { relay.counts().totals.delivered == 60 }
    #expect(provider.sessions == 2 && provider.mostOpen == 2, "one was refused, and no other tried")
    #expect(relay.log.all.count { $0.hasPrefix("attempt") } == 60)
    try await relay.pass("kept") {
      try await record(of: relay)?.limits(limits, at: relay.time.now).maxConnections == 1
    }
  }

  @Test func `closes the sessions it may not have any more`() async throws {
    let gate = Gate()
    let provider = InMemoryProvider { request, _ in
      if request.hasPrefix("(message)") { await gate.pass() }
      return nil
    }
    var tuning = DeliveryTuning()
    tuning.backlogPerSession = 4
    let relay = try TestRelay(limits: SendingLimits(maxConnections: 3), tuning: tuning)
    for number in 1...60 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("several open") { provider.open > 1 }
    try await relay.store.reconfigure(
      [Entity(key: "acme", name: "ACME", limits: SendingLimits(maxConnections: 1))])
    gate.open()
    try await eventually("one left") { provider.open <= 1 }
    try await eventually("delivered") { relay.counts().totals.delivered == 60 }
  }

  @Test func `learns how many recipients a provider takes at once, and all get the message at once`() async throws {
    let provider = InMemoryProvider()
    provider.answer(Self.atMost(10))
    let relay = try TestRelay()
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
  private static func atMost(_ most: Int) -> InMemoryProvider.Rule {
    let count = Mutex(0)
    return { request, _ in
      count.withLock { count in
        if request.hasPrefix("MAIL") { count = 0 }
        guard request.hasPrefix("RCPT") else { return nil }
        count += 1
        return count > most ? "452 4.5.3 Too many recipients" : nil
      }
    }
  }

  // MARK: Many recipients

  @Test func `splits 1,200 recipients at 500 a message, and a refused one harms nobody`() async throws {
    let provider = InMemoryProvider { request, _ in
      request == "RCPT TO:<r700@example.org>" ? "550 5.1.1 No such user" : nil
    }
    let relay = try TestRelay(limits: SendingLimits(recipientsPerMessage: 500))
    try await relay.connect(to: provider)
    let id = try await relay.accept("to all", to: (0..<1_200).map { "r\($0)" })
    try await eventually("failed for one") { relay.counts().failed == 1 }
    let arrivals = provider.arrivals.filter { $0.subject == "to all" }
    #expect(arrivals.map(\.recipients.count) == [500, 499, 200])
    let detail = try #require(try await relay.spool.show(id))
    #expect(detail.recipients.map(\.0.localPart) == ["r700"] && detail.message.attempts == 1)
    #expect(relay.log.all.count { $0.hasPrefix("attempt") && $0.contains("id=\(id)") } == 1)
  }

  @Test func `has marked who has the message before the next transaction ends`() async throws {
    let gate = Gate()
    let messages = Mutex(0)
    let provider = InMemoryProvider { request, _ in
      guard request.hasPrefix("(message)") else { return nil }
      let number = messages.withLock { count in
        count += 1
        return count
      }
      guard number == 2 else { return nil }
      await gate.pass()
      return .hangUp
    }
    let relay = try TestRelay(limits: SendingLimits(recipientsPerMessage: 2))
    try await relay.connect(to: provider)
    let id = try await relay.accept("to all", to: ["a", "b", "c", "d", "e"])
    try await eventually("the second under way") { messages.withLock { $0 } == 2 }
    #expect(try await relay.spool.show(id)?.recipients.map(\.0.localPart) == ["c", "d", "e"])
    gate.open()
    try await eventually("broken off") {
      try await relay.spool.show(id)?.message.perhapsSent == true
    }
    #expect(try await relay.spool.show(id)?.recipients.map(\.0.localPart) == ["c", "d", "e"])
    try await relay.spool.retry(.ids([id]), now: relay.time.now)
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    #expect(
      provider.arrivals.map(\.recipients) == [
        ["a@example.org", "b@example.org"], ["c@example.org", "d@example.org"], ["e@example.org"],
      ])
  }

  @Test func `counts each transaction, and goes on with the rest of a message in the next minute`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(messagesPerMinute: 2, recipientsPerMessage: 1))
    try await relay.connect(to: provider)
    let id = try await relay.accept("to all", to: ["a", "b", "c"])
    try await eventually("two taken") { provider.arrivals.count == 2 }
    try await eventually("one waits") {
      let detail = try await relay.spool.show(id)
      return detail?.recipients.map(\.0.localPart) == ["c"]
    }
    #expect(relay.counts().deferred == 0)
    relay.advance(by: .seconds(63))
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    #expect(provider.arrivals.map(\.recipients) == [["a@example.org"], ["b@example.org"], ["c@example.org"]])
  }

  @Test func `is written down for nobody who has no limits`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    for number in 1...20 { try await relay.accept("\(number)") }
    try await eventually("delivered") { relay.counts().totals.delivered == 20 }
    await relay.stop()
    #expect(try await record(of: relay) == nil)
  }
}

/// Makes a provider as strict as Microsoft: three connections, and 30 messages in any 60 seconds.
private final class Strict: Sendable {
  private let state = Mutex<(times: [Date], refusals: Int)>(([], 0))

  var refusals: Int { state.withLock { $0.refusals } }

  init(_ provider: InMemoryProvider, _ time: ManualTime) {
    provider.answer { [weak self, weak provider] request, _ in
      guard let self, let provider else { return nil }
      if request == "(greeting)", provider.open > 3 {
        return refuse("432 4.3.2 Concurrent connections limit exceeded")
      }
      guard request.hasPrefix("(message)") else { return nil }
      let now = time.now
      let isTooMany = state.withLock { state in
        state.times.append(now)
        return state.times.count { $0 > now.addingTimeInterval(-60) } > 30
      }
      return isTooMany
        ? refuse("421 4.4.2 Message submission rate for this client has exceeded the configured limit") : nil
    }
  }

  private func refuse(_ reply: String) -> InMemoryAnswer {
    state.withLock { $0.refusals += 1 }
    return .reply(reply)
  }
}
