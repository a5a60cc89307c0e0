// Lines that break after the end of a message: with a real spool behind the queue, and a provider in memory that keeps what it
// was sent in a folder.

import Delivery
import Foundation
import Mailboxes
import Platform
import SMTP
import Spool
import Support
import Synchronization
import Testing
import Transport
import TransportSupport

@Suite struct `A message whose answer never comes` {
  private let sent = InMemorySent()

  /// Breaks the line after each of the first messages, `cuts` of them.
  private final class Cutting: Sendable {
    private let left: Mutex<Int>
    private let got = Mutex<[String]>([])

    init(_ cuts: Int) { left = Mutex(cuts) }

    /// All that was handed over whole.
    var messages: [String] { got.withLock { $0 } }

    func take(_ request: String) -> Bool {
      guard request.hasPrefix("(message) ") else { return false }
      got.withLock { $0.append(String(request.dropFirst(10))) }
      return left.withLock { left in
        left -= 1
        return left >= 0
      }
    }
  }

  /// - Parameter filed: of what was cut off, whether the provider has taken and filed it.
  private func relay(
    _ rule: UnknownOutcomeRule, _ cutting: Cutting, filed: @escaping @Sendable (String) -> Bool = { _ in true }
  ) async throws -> (TestRelay, InMemoryProvider) {
    let relay = try TestRelay(unknownOutcome: rule)
    let (sent, time) = (sent, relay.time)
    let provider = InMemoryProvider(sent: sent) { request, _ in
      guard cutting.take(request) else { return nil }
      if filed(request) { sent.file(request, at: time.now) }
      return .hangUp
    }
    try await relay.connect(to: provider)
    return (relay, provider)
  }

  private func untilUnknown(_ relay: TestRelay, _ count: Int = 1) async throws {
    try await eventually("unknown") { relay.counts().unknown == count }
  }

  /// Lets time pass to the next look, which lies so far ahead.
  private func look(_ relay: TestRelay, after span: TimeInterval, number: Int) async throws {
    try await relay.untilAsleep(for: span...span)
    relay.advance(by: .seconds(span))
    try await eventually("look \(number)") { sent.looks.count == number }
  }

  @Test func `is delivered when it is found in Sent, and goes out once`() async throws {
    let cutting = Cutting(1)
    let (relay, provider) = try await relay(.check, cutting)
    relay.spool.setHistory(HistorySettings())
    let id = try await relay.accept("hello")
    try await untilUnknown(relay)
    let start = relay.time.now
    try await look(relay, after: 10, number: 1)
    // What is counted and logged comes last.
    try await eventually("delivered") { relay.log.all.contains { $0.hasPrefix("delivered ") } }
    #expect(relay.counts().totals.delivered == 1)
    #expect(relay.time.now == start + 10 && sent.looks == [start - 120])
    #expect(cutting.messages.count == 1 && provider.arrivals.isEmpty && sent.open == 0)
    let entry = try #require(try await relay.spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry)
    #expect(entry.ending == .delivered && entry.words == "found in Sent, so it was taken")
    #expect(relay.counters.all["acme"]?.unknownOutcomes.values[.found] == 1)
    #expect(relay.counters.all["acme"]?.recipientsDelivered.value == 1)
    let events = relay.log.all.filter { $0.contains(" id=\(id) ") }.map { String($0.prefix { $0 != " " }) }
    #expect(events == ["attempt", "unknown", "delivered"])
  }

  @Test func `is sent again with the same Message-ID when three looks have not found it`() async throws {
    let cutting = Cutting(1)
    let (relay, provider) = try await relay(.check, cutting) { _ in false }
    let id = try await relay.accept("hello")
    try await untilUnknown(relay)
    try await look(relay, after: 10, number: 1)
    try await look(relay, after: 50, number: 2)
    #expect(cutting.messages.count == 1)
    try await look(relay, after: 240, number: 3)
    try await relay.pass("sent again") { relay.counts().totals.delivered == 1 }
    #expect(provider.arrivals.count == 1 && cutting.messages.count == 2)
    let ids = Set(
      cutting.messages.compactMap { text in text.split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") } })
    #expect(ids.count == 1)
    #expect(relay.counters.all["acme"]?.unknownOutcomes.values[.notFound] == 1)
    #expect(relay.log.all.contains { $0.hasPrefix("unknown_retried ") && $0.contains("id=\(id)") })
  }

  @Test func `is found at a later look where the provider files late, or under a new name`() async throws {
    let cutting = Cutting(1)
    let (relay, _) = try await relay(.check, cutting) { _ in false }
    try await relay.accept("hello")
    try await untilUnknown(relay)
    let start = relay.time.now
    try await look(relay, after: 10, number: 1)
    let old = try #require(cutting.messages.first?.firstMatch(of: /Message-ID: <(.+)>/)?.output.1)
    sent.file(["renamed@provider", String(old)], at: start + 30)
    try await look(relay, after: 50, number: 2)
    try await eventually("found") { relay.counts().totals.delivered == 1 }
    #expect(cutting.messages.count == 1)
  }

  @Test func `is one of many in a window, each of which is looked for, in one look`() async throws {
    let cutting = Cutting(1)
    let gate = Gate()
    let relay = try TestRelay(unknownOutcome: .check)
    let (sent, time) = (sent, relay.time)
    let provider = InMemoryProvider(sent: sent) { request, _ in
      guard cutting.take(request) else { return nil }
      await gate.pass()
      sent.file(request, at: time.now)
      return .hangUp
    }
    try await relay.connect(to: provider)
    for number in 1...4 { try await relay.accept("\(number)") }
    try await eventually("under way") { relay.counters.all["acme"]?.inFlight.value == 4 }
    gate.open()
    try await untilUnknown(relay, 4)
    try await look(relay, after: 10, number: 1)
    try await eventually("one") { relay.counts().totals.delivered == 1 && relay.counts().unknown == 3 }
    try await look(relay, after: 50, number: 2)
    try await look(relay, after: 240, number: 3)
    try await relay.pass("all delivered") { relay.counts().totals.delivered == 4 }
    #expect(provider.arrivals.count == 3 && cutting.messages.count == 4)
  }

  @Test func `waits for a person where that is wanted`() async throws {
    let cutting = Cutting(2)
    let (relay, _) = try await relay(.hold, cutting)
    var ids: [MessageID] = []
    for count in 1...2 {
      ids.append(try await relay.accept("\(count)"))
      try await untilUnknown(relay, count)
    }
    relay.advance(by: .seconds(7 * 86_400))
    #expect(relay.counts().unknown == 2 && sent.looks.isEmpty)
    try await relay.spool.resolve(.ids([ids[0]]), as: .delivered("root says so"), now: relay.time.now)
    try await relay.spool.resolve(.ids([ids[1]]), as: .again("by order"), now: relay.time.now)
    try await eventually("both") { relay.counts().totals.delivered == 2 }
    #expect(cutting.messages.count == 3)
    #expect(relay.counters.all["acme"]?.unknownOutcomes.values[.held] == 2)
  }

  @Test func `is sent again by the schedule where nothing else is wanted`() async throws {
    let cutting = Cutting(1)
    let (relay, _) = try await relay(.retry, cutting)
    let id = try await relay.accept("hello")
    try await eventually("put off") { relay.counts().deferred == 1 }
    #expect(try await relay.spool.show(id)?.message.perhapsSent == true && relay.counts().unknown == 0)
    try await relay.pass("sent again") { relay.counts().totals.delivered == 1 }
    #expect(cutting.messages.count == 2 && sent.looks.isEmpty)
    #expect(relay.counters.all["acme"]?.unknownOutcomes.values[.retried] == 1)
  }

  @Test func `is sent again after the first look where nobody may look`() async throws {
    let cutting = Cutting(1)
    let (relay, _) = try await relay(.check, cutting)
    sent.answer { () async throws(SentFolderError) in throw .notPermitted(words: "no IMAP") }
    try await relay.accept("hello")
    try await untilUnknown(relay)
    try await look(relay, after: 10, number: 1)
    try await eventually("sent again") { relay.counts().totals.delivered == 1 }
    #expect(cutting.messages.count == 2 && sent.open == 0)
    #expect(relay.log.all.contains { $0.hasPrefix("unknown_retried ") && $0.contains("no IMAP") })
  }

  @Test func `is looked for again after a look that nobody has answered`() async throws {
    let cutting = Cutting(1)
    let (relay, _) = try await relay(.check, cutting)
    sent.answer { () async throws(SentFolderError) in
      while !Task.isCancelled { await relay.time.sleep(for: .seconds(86_400)) }
      throw .cancelled
    }
    let id = try await relay.accept("hello")
    try await untilUnknown(relay)
    try await look(relay, after: 10, number: 1)
    try await relay.untilAsleep(for: 60...60)
    relay.advance(by: .seconds(60))
    let told = "Sent is not reached: no answer within 60.0 seconds"
    try await eventually("told") { try await relay.spool.show(id)?.message.unknown?.finding == told }
    #expect(sent.open == 0)
    sent.answer {}
    try await relay.pass("found") { relay.counts().totals.delivered == 1 }
    #expect(cutting.messages.count == 1)
  }

  @Test func `waits while nobody answers there, and others go out meanwhile`() async throws {
    let cutting = Cutting(1)
    let (relay, provider) = try await relay(.check, cutting)
    let gate = Gate()
    sent.answer { () async throws(SentFolderError) in
      await gate.pass()
      throw .unreachable(words: "timed out")
    }
    try await relay.accept("hello")
    try await untilUnknown(relay)
    try await relay.pass("looking") { sent.looks.count == 1 }
    try await relay.accept("other")
    try await relay.pass("other") { provider.arrivals.map(\.subject) == ["other"] }
    gate.open()
    try await relay.pass("looked often") { sent.looks.count == 9 }
    #expect(relay.counts().unknown == 1)
    sent.answer {}
    try await relay.pass("found") { relay.counts().totals.delivered == 2 }
    #expect(cutting.messages.count == 2)
  }

  @Test func `is looked for after a restart as if nothing had been`() async throws {
    let cutting = Cutting(1)
    let (relay, _) = try await relay(.check, cutting)
    try await relay.accept("hello")
    try await untilUnknown(relay)
    await relay.stop()
    relay.advance(by: .seconds(7200))
    #expect(sent.looks.isEmpty)
    relay.start()
    try await relay.pass("found") { relay.counts().totals.delivered == 1 }
    #expect(cutting.messages.count == 1 && sent.looks.count == 1)
  }

  @Test func `is not looked for while the sign-in is refused`() async throws {
    let cutting = Cutting(1)
    let (relay, provider) = try await relay(.check, cutting)
    try await relay.accept("hello")
    try await untilUnknown(relay)
    provider.answer { request, _ in request.hasPrefix("(greeting)") ? "535 5.7.8 Bad credentials" : nil }
    try await relay.accept("another")
    try await eventually("flagged") {
      if case .broken = try await relay.condition() { true } else { false }
    }
    relay.advance(by: .seconds(600))
    try await relay.untilAsleep(for: 60...60)
    #expect(sent.looks.isEmpty && relay.counts().unknown == 1)
  }
}
