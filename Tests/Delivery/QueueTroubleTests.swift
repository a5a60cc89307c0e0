// Pauses, flags, network trouble and the escalation guard: what happens to a queue when the mailbox is the matter.

import Delivery
import Diagnosis
import Foundation
import Mailboxes
import Spool
import Support
import Testing
import TransportSupport

@Suite struct `A queue in trouble` {
  private let password = SignIn.password(username: "office", Secret("sesame"))

  @Test func `raises the flag for a refused password and never signs in with it again`() async throws {
    let provider = InMemoryProvider { request, _ in request.hasPrefix("AUTH") ? "535 5.7.8 Wrong" : nil }
    let relay = try TestRelay()
    for number in 1...5 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider, signIn: password)
    try await eventually("flag") { try await relay.isFlagged(probe: false) }
    let fault = try #require(try await relay.condition().fault)
    #expect(fault.class == .auth && fault.upstream == "535 5.7.8 Wrong")
    try await relay.accept("6")
    try await relay.untilAsleep(for: 7_200...86_400)
    #expect(!relay.isAsleep(for: 61...7_200), "no probe is due")
    #expect(provider.count(of: "AUTH") == 1)
    #expect(try await relay.attempted() == 0)
    #expect(try await relay.spool.list().allSatisfy { $0.due <= relay.time.now })

    provider.answer { _, _ in nil }
    try await relay.connect(to: provider, signIn: .password(username: "office", Secret("open")))
    try await eventually("all delivered") { relay.counts().totals.delivered == 6 }
    #expect(provider.arrivals.map(\.subject) == (1...6).map { "\($0)" })
    #expect(try await relay.condition() == .working)
  }

  @Test func `lowers the flag by itself when a probe finds the fault gone`() async throws {
    let provider = InMemoryProvider { request, _ in
      request.hasPrefix("MAIL") ? "550 5.7.0 Mail Sending denied" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    try await relay.accept("hello")
    try await eventually("flag") { try await relay.isFlagged() }
    for probes in 1...2 {
      try await relay.untilAsleep(for: 900...900)
      #expect(provider.count(of: "MAIL") == probes)
      relay.advance(by: .seconds(900))
      try await eventually("probed") { provider.count(of: "MAIL") == probes + 1 }
    }
    try await relay.untilAsleep(for: 900...900)
    #expect(try await relay.condition() != .working)
    provider.answer { _, _ in nil }
    relay.advance(by: .seconds(900))
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    try await eventually("flag down") { try await relay.condition() == .working }
  }

  @Test func `pauses for a quota, burns no attempt, and goes on when somebody lifts the pause`() async throws {
    let provider = InMemoryProvider { request, session in
      request.hasPrefix("(message)") && session == 1 ? "432 4.3.2 Concurrent connections limit exceeded" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello")
    try await eventually("pause") { try await relay.isPaused() }
    guard case .paused(let until, let fault) = try await relay.condition() else { return }
    #expect(fault.class == .throttle && (5...11).contains(until.timeIntervalSince(relay.time.now)))
    try await eventually("no attempt burned") { try await relay.spool.show(id)?.message.attempts == 0 }
    // As `queue retry` does.
    let generation = try #require(try await relay.store.load().mailbox(of: "acme")).generation
    provider.answer { _, _ in nil }
    try await relay.store.setCondition(.working, of: "acme", generation: generation)
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
  }

  @Test func `looks at a provider that was away as soon as somebody wants it`() async throws {
    let provider = InMemoryProvider { request, _ in request == "(greeting)" ? .failure(.refused) : nil }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    // The first is deferred, the second untouched.
    try await relay.accept("1")
    try await eventually("deferred") { relay.counts().deferred == 1 }
    try await relay.accept("2")
    try await relay.untilAsleep(for: 1...60)
    provider.answer { _, _ in nil }
    await relay.lookAgain()
    try await eventually("both delivered, and no time has passed") { relay.counts().totals.delivered == 2 }
  }

  @Test func `has a refused password tried again by nobody's wish`() async throws {
    let provider = InMemoryProvider { request, _ in request.hasPrefix("AUTH") ? "535 5.7.8 Wrong" : nil }
    let relay = try TestRelay()
    try await relay.connect(to: provider, signIn: password)
    try await relay.accept("hello")
    try await eventually("flag") { try await relay.isFlagged(probe: false) }
    await relay.lookAgain()
    try await relay.untilAsleep(for: 7_200...86_400)
    #expect(provider.count(of: "AUTH") == 1)
  }

  @Test func `goes on by itself when a pause is over`() async throws {
    let provider = InMemoryProvider { request, _ in
      request.hasPrefix("(message)") ? "432 4.3.2 Concurrent connections limit exceeded" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    try await relay.accept("hello")
    try await eventually("pause") { try await relay.isPaused() }
    provider.answer { _, _ in nil }
    try await relay.pass("delivered") { relay.counts().totals.delivered == 1 }
    try await eventually("pause over") { try await relay.condition() == .working }
  }

  @Test func `with nobody there is probed by one session, and the queue is left alone`() async throws {
    let provider = InMemoryProvider { request, _ in request == "(greeting)" ? .failure(.refused) : nil }
    let relay = try TestRelay()
    for number in 1...50 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("one deferred") { relay.counts().deferred == 1 }
    for wait in [1, 2, 4, 8] {
      try await relay.untilAsleep(for: Double(wait)...Double(wait))
      relay.advance(by: .seconds(wait))
    }
    try await relay.untilAsleep(for: 16...16)
    #expect(provider.count(of: "(greeting)") == 5)
    #expect(try await relay.condition() == .working, "network trouble is no flag and no pause")
    #expect(relay.counts().deferred == 1)
    #expect(try await relay.attempted() == 1 && provider.mostOpen == 1)
    provider.answer { _, _ in nil }
    try await relay.pass("drained") { relay.counts().totals.delivered == 50 }
    #expect(provider.arrivals.count == 50)
  }

  @Test func `with nobody there is probed in time though the clock was set back by a day`() async throws {
    let provider = InMemoryProvider { request, _ in request == "(greeting)" ? .failure(.refused) : nil }
    let relay = try TestRelay()
    try await relay.accept("hello")
    try await relay.connect(to: provider)
    try await relay.untilAsleep(for: 1...1)
    provider.answer { _, _ in nil }
    relay.time.set(relay.time.now - 86_400)
    relay.time.endNextWait()
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
  }

  @Test(arguments: [1, 8])
  func `holds the mailbox when three messages in a row are refused alike, and loses none`(underWay: Int) async throws {
    let provider = InMemoryProvider(messagesUnderWay: underWay) { request, _ in
      request.hasPrefix("(message)") ? "554 5.7.1 Spam message rejected" : nil
    }
    let relay = try TestRelay()
    for number in 1...20 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("flag") { try await relay.isFlagged() }
    try await eventually("given back") { try await relay.attempted() == 0 }
    #expect(relay.counts().failed == 0 && relay.counts().queued == 20)
    // With the letter to itself.
    #expect((4...underWay + 4).contains(provider.count(of: "(message)")))
  }

  @Test func `fails a message that is refused alone`() async throws {
    let provider = InMemoryProvider { request, _ in
      request.hasSuffix("\r\n\r\nbad\r\n") ? "554 5.7.1 Spam message rejected" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    try await relay.accept("bad")
    try await relay.untilAsleep(for: 3...3)
    #expect(relay.counts().failed == 0, "kept back for three seconds")
    try await relay.pass("failed") { relay.counts().failed == 1 }
    for text in ["good", "bad", "good", "bad", "good"] { try await relay.accept(text) }
    try await relay.pass("all judged") { relay.counts().queued == 0 }
    #expect(relay.counts().failed == 3)
    #expect(try await relay.condition() == .working)
  }

  @Test func `takes a stale session for what it is`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    try await relay.accept("1")
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    // The server hangs up while the session is idle.
    try await relay.untilAsleep(for: 15...15)
    provider.hangUp()
    let id = try await relay.accept("2")
    try await eventually("delivered too") { relay.counts().totals.delivered == 2 }
    #expect(try await relay.spool.show(id) == nil)
    #expect(provider.sessions == 2)
    #expect(provider.arrivals.count == 2)
  }

  @Test func `sends what met a stale session once more over a new one, in the same order`() async throws {
    let provider = InMemoryProvider { request, session in
      session == 1 && request.hasPrefix("MAIL") ? .hangUp : nil
    }
    let relay = try TestRelay()
    provider.answer { _, _ in nil }
    try await relay.connect(to: provider)
    try await relay.accept("0")
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    provider.answer { request, session in session == 1 && request.hasPrefix("MAIL") ? "" : nil }
    for number in 1...5 { try await relay.accept("\(number)") }
    try await eventually("delivered too") { relay.counts().totals.delivered == 6 }
    #expect(provider.sessions == 2)
    #expect(provider.arrivals.map(\.subject) == (0...5).map { "\($0)" })
    #expect(relay.log.all.count { $0.hasPrefix("attempt") } == 6, "nothing was held against them")
  }

  @Test func `keeps to the sessions it has when the provider refuses another`() async throws {
    let provider = InMemoryProvider { request, session in
      request == "(greeting)" && session > 1 ? "421 4.7.0 Too many connections" : nil
    }
    var tuning = DeliveryTuning()
    tuning.backlogPerSession = 2
    let relay = try TestRelay(tuning: tuning)
    for number in 1...60 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("all delivered") { relay.counts().totals.delivered == 60 }
    #expect(try await relay.condition() == .working)
  }

  @Test func `stops probing when a probe meets a refused password`() async throws {
    let provider = InMemoryProvider { request, _ in request.hasPrefix("MAIL") ? "550 5.7.0 Mail Sending denied" : nil }
    let relay = try TestRelay()
    try await relay.connect(to: provider, signIn: password)
    try await relay.accept("hello")
    try await eventually("flag") { try await relay.isFlagged() }
    let signIns = provider.count(of: "AUTH")
    provider.answer { request, _ in request.hasPrefix("AUTH") ? "535 5.7.8 Wrong" : nil }
    try await relay.pass("no more probes") { try await relay.isFlagged(probe: false) }
    #expect(provider.count(of: "AUTH") == signIns + 1)
    try await relay.untilAsleep(for: 7_200...86_400)
    #expect(!relay.isAsleep(for: 61...7_200), "no probe is due")
  }

  @Test func `touches three messages and no more of a queue that is put off one by one`() async throws {
    let provider = InMemoryProvider(messagesUnderWay: 1) { request, _ in
      request.hasPrefix("MAIL") ? "451 4.9.9 Not now" : nil
    }
    let relay = try TestRelay()
    for number in 1...20 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await relay.untilAsleep(for: 1...1)
    try await eventually("deferred") { relay.counts().deferred == 3 }
    try await eventually("the others given back") { try await relay.attempted() == 3 }
    #expect(provider.count(of: "MAIL") == 3)
    let slowdown = relay.counters.queue(of: "acme").slowdown(at: relay.time.now)
    #expect(slowdown == SlowSending(.setbacks(3), until: relay.time.now + 1))
  }

  @Test func `fails nothing that was not tried since the clock was set ahead`() async throws {
    let relay = try TestRelay()
    try await relay.accept("hello")
    try await relay.untilAsleep(for: 60...60)
    relay.time.set(noon + 400 * 86_400)
    for _ in 1...3 {
      relay.advance(by: .seconds(60))
      try await relay.untilAsleep(for: 60...60)
    }
    #expect(relay.counts().failed == 0)
    try await relay.connect(to: InMemoryProvider { _, _ in nil })
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
  }

  @Test func `fails what has waited too long, and reports it`() async throws {
    let relay = try TestRelay(maximumAge: .seconds(3_600))
    let id = try await relay.accept("hello")
    try await relay.pass("failed") { relay.counts().failed == 1 }
    #expect(relay.time.now.timeIntervalSince(noon) >= 3_600)
    #expect(try #require(try await relay.spool.show(id)).message.state == .failed)
  }
}
