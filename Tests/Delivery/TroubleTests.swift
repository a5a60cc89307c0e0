// Pauses, flags, network trouble and the escalation guard: what happens to a queue when the mailbox is the matter.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import Support
import Testing

@testable import Delivery

@Suite struct `A lane in trouble` {
  private let password = SignIn.password(username: "office", Secret("sesame"))

  @Test func `raises the flag for a refused password and never signs in with it again`() async throws {
    let provider = try FakeProvider { command, _ in command.hasPrefix("AUTH") ? "535 5.7.8 Wrong" : nil }
    let relay = try Relaying()
    for number in 1...5 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider, signIn: password)
    try await eventually("flag", within: .seconds(1)) {
      if case .broken = try await relay.condition() { true } else { false }
    }
    guard case .broken(let fault, probe: false) = try await relay.condition() else {
      Issue.record("no flag")
      return
    }
    #expect(fault.class == .auth && fault.upstream == "535 5.7.8 Wrong")
    try await relay.accept("6")
    try await Task.sleep(for: .milliseconds(1_000))
    #expect(provider.count(of: "AUTH") == 1)
    #expect(try await relay.spool.list().allSatisfy { $0.attempts == 0 && $0.due <= Date() })

    provider.answer { _, _ in nil }
    try await relay.connect(to: provider, signIn: .password(username: "office", Secret("open")))
    try await eventually("all delivered") { relay.counts().totals.delivered == 6 }
    #expect(provider.arrivals.map(\.subject) == (1...6).map { "\($0)" })
    #expect(try await relay.condition() == .working)
  }

  @Test(arguments: [("(greeting)", "299 What is this"), ("EHLO", "354 Go ahead"), ("AUTH", "250 2.0.0 OK")])
  func `delivers nothing to a server that says yes out of place, and all of it when it has come to its senses`(
    command: String, reply: String
  ) async throws {
    let provider = try FakeProvider { said, _ in said.hasPrefix(command) ? reply : nil }
    let relay = try Relaying()
    for number in 1...3 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider, signIn: password)
    try await eventually("met twice") { provider.sessions >= 2 }
    #expect(relay.counts().totals.delivered == 0 && relay.counts().queued == 3)
    provider.answer { _, _ in nil }
    try await eventually("delivered") { relay.counts().totals.delivered == 3 }
    #expect(Set(provider.arrivals.map(\.subject)) == ["1", "2", "3"])
  }

  @Test func `lowers the flag by itself when a probe finds the fault gone`() async throws {
    let provider = try FakeProvider { command, _ in
      command.hasPrefix("MAIL") ? "550 5.7.0 Mail Sending denied" : nil
    }
    let relay = try Relaying()
    try await relay.connect(to: provider)
    try await relay.accept("hello")
    try await eventually("flag") { try await relay.condition() != .working }
    try await eventually("probed") { provider.count(of: "MAIL") >= 3 }
    #expect(try await relay.condition() != .working)
    provider.answer { _, _ in nil }
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    try await eventually("flag down") { try await relay.condition() == .working }
  }

  @Test func `pauses for a quota, burns no attempt, and goes on by itself`() async throws {
    let provider = try FakeProvider { command, sessions in
      command.hasPrefix("(message)") && sessions == 1 ? "432 4.3.2 Concurrent connections limit exceeded" : nil
    }
    let relay = try Relaying()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello")
    try await eventually("pause") {
      if case .paused = try await relay.condition() { true } else { false }
    }
    guard case .paused(let until, let fault) = try await relay.condition() else {
      Issue.record("not paused")
      return
    }
    #expect(fault.class == .throttle && (5...11).contains(until.timeIntervalSinceNow))
    #expect(try #require(try await relay.spool.show(id)).message.attempts == 0)
    // As `queue retry` does.
    let generation = try #require(try await relay.store.load().mailbox(of: "acme")).generation
    provider.answer { _, _ in nil }
    try await relay.store.setCondition(.working, of: "acme", generation: generation)
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
  }

  @Test func `with nobody there is probed by one session, and the queue is left alone`() async throws {
    let port = Ports.unused()
    let relay = try Relaying()
    let gone = Endpoint(host: "127.0.0.1", port: port)
    for number in 1...50 { try await relay.accept("\(number)") }
    _ = try await relay.store.connect(.test(at: gone))
    try await eventually("one deferred") { relay.counts().deferred == 1 }
    try await Task.sleep(for: .milliseconds(1_000))
    #expect(try await relay.condition() == .working, "network trouble is no flag and no pause")
    #expect(relay.counts().deferred == 1)
    #expect(try await relay.spool.list().count { $0.attempts > 0 } == 1)

    let provider = try FakeProvider(port: port)
    try await eventually("drained", within: .seconds(5)) { relay.counts().totals.delivered == 50 }
    #expect(provider.arrivals.count == 50)
  }

  @Test func `holds the mailbox when three messages in a row are refused alike, and loses none`() async throws {
    let provider = try FakeProvider { command, _ in
      command.hasPrefix("(message)") ? "554 5.9.9 We do not like it" : nil
    }
    let relay = try Relaying()
    for number in 1...20 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("flag") {
      if case .broken = try await relay.condition() { true } else { false }
    }
    try await Task.sleep(for: .milliseconds(100))
    #expect(relay.counts().failed == 0 && relay.counts().queued == 20)
    #expect(provider.count(of: "BDAT") == 3)
  }

  @Test func `fails a message that is refused alone`() async throws {
    let provider = try FakeProvider { command, _ in
      command.hasSuffix("\r\n\r\nbad\r\n") ? "554 5.9.9 We do not like it" : nil
    }
    let relay = try Relaying()
    try await relay.connect(to: provider)
    try await relay.accept("bad")
    try await eventually("failed") { relay.counts().failed == 1 }
    for text in ["good", "bad", "good", "bad", "good"] { try await relay.accept(text) }
    try await eventually("all judged") { relay.counts().queued == 0 }
    #expect(relay.counts().failed == 3)
    #expect(try await relay.condition() == .working)
  }

  @Test func `takes a stale session for what it is`() async throws {
    let provider = try FakeProvider { command, sessions in
      sessions == 1 && command == "MAIL FROM:<second@firm.example>" ? "" : nil
    }
    let relay = try Relaying()
    try await relay.connect(to: provider)
    try await relay.accept("1")
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    // The server hangs up while the session is idle.
    provider.hangUp()
    try await Task.sleep(for: .milliseconds(100))
    let id = try await relay.accept("2")
    try await eventually("delivered too") { relay.counts().totals.delivered == 2 }
    #expect(try await relay.spool.show(id) == nil)
    #expect(provider.sessions == 2)
    #expect(provider.arrivals.count == 2)
  }

  @Test func `keeps to the sessions it has when the provider refuses another`() async throws {
    let provider = try FakeProvider { command, sessions in
      if command == "(greeting)", sessions > 1 { return "421 4.7.0 Too many connections" }
      if command.hasPrefix("MAIL") { usleep(3_000) }
      return nil
    }
    var pace = Relaying.pace
    pace.backlogPerSession = 2
    let relay = try Relaying(pace: pace)
    for number in 1...60 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("all delivered") { relay.counts().totals.delivered == 60 }
    #expect(try await relay.condition() == .working)
  }

  @Test func `stops probing when a probe meets a refused password`() async throws {
    let provider = try FakeProvider { command, _ in command.hasPrefix("MAIL") ? "550 5.7.0 Mail Sending denied" : nil }
    let relay = try Relaying()
    try await relay.connect(to: provider, signIn: password)
    try await relay.accept("hello")
    try await eventually("flag") { try await relay.condition() != .working }
    let signIns = provider.count(of: "AUTH")
    provider.answer { command, _ in command.hasPrefix("AUTH") ? "535 5.7.8 Wrong" : nil }
    try await eventually("no more probes") {
      if case .broken(_, probe: false) = try await relay.condition() { true } else { false }
    }
    try await Task.sleep(for: .milliseconds(1_000))
    #expect(provider.count(of: "AUTH") <= signIns + 2)
    let after = provider.count(of: "AUTH")
    try await Task.sleep(for: .milliseconds(600))
    #expect(provider.count(of: "AUTH") == after)
  }

  @Test func `touches three messages and no more of a queue that is put off one by one`() async throws {
    let provider = try FakeProvider { command, _ in command.hasPrefix("MAIL") ? "451 4.9.9 Not now" : nil }
    var pace = Relaying.pace
    pace.firstRetry = .seconds(30)
    pace.longestRetry = .seconds(30)
    let relay = try Relaying(pace: pace)
    for number in 1...20 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("deferred") { relay.counts().deferred == 3 }
    try await Task.sleep(for: .milliseconds(300))
    #expect(try await relay.spool.list().count { $0.attempts > 0 } == 3)
  }

  @Test func `fails what has waited too long, and reports it`() async throws {
    let relay = try Relaying(maximumAge: 1)
    let id = try await relay.accept("hello")
    try await eventually("failed") { relay.counts().failed == 1 }
    #expect(try #require(try await relay.spool.show(id)).message.state == .failed)
  }
}
