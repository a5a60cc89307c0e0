// A mailbox's queue with SMTP before it: what is about both.

import Delivery
import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import StorageSQLite
import Support
import Platform
import Testing
import TransportSMTP
import TransportSupport

@Suite struct `A queue over SMTP` {
  private let password = SignIn.password(username: "office", Secret("sesame"))

  @Test func `sends a long queue in order, many messages at once`() async throws {
    let provider = try FakeProvider()
    let relay = try Relay(to: provider, signIn: password)
    for number in 1...150 { try await relay.accept("\(number)") }
    try await relay.run {
      try await eventually("all delivered") { relay.delivered == 150 }
      #expect(provider.arrivals.map(\.subject) == (1...150).map(String.init))
      #expect(provider.count(of: "RSET") > 0, "written before the one before it was answered")
    }
  }

  @Test func `waits for each answer where the server does not take chunks`() async throws {
    let provider = try FakeProvider(extensions: ["PIPELINING"])
    let relay = try Relay(to: provider)
    for number in 1...10 { try await relay.accept("\(number)") }
    try await relay.run {
      try await eventually("all delivered") { relay.delivered == 10 }
      #expect(provider.count(of: "RSET") == 0 && provider.count(of: "DATA") == 10)
    }
  }

  @Test(arguments: [("(greeting)", "299 What is this"), ("EHLO", "354 Go ahead"), ("AUTH", "250 2.0.0 OK")])
  func `delivers nothing to a server that says yes out of place, and all of it when it has come to its senses`(
    command: String, reply: String
  ) async throws {
    let provider = try FakeProvider { said, _ in said.hasPrefix(command) ? reply : nil }
    let relay = try Relay(to: provider, signIn: password)
    for number in 1...3 { try await relay.accept("\(number)") }
    try await relay.run {
      try await eventually("met twice") { provider.sessions >= 2 }
      #expect(relay.delivered == 0 && relay.spool.counts["acme"]?.queued == 3)
      provider.answer { _, _ in nil }
      try await eventually("delivered") { relay.delivered == 3 }
      #expect(Set(provider.arrivals.map(\.subject)) == ["1", "2", "3"])
    }
  }
}

/// A spool, a store of mailboxes and a supervisor, as in a running relay.
private final class Relay: Sendable {
  let spool: Spool
  private let directory: TemporaryDirectory
  private let store: MailboxStore
  private let mailbox: Mailbox
  private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  init(to provider: FakeProvider, signIn: SignIn = .none) throws {
    directory = try TemporaryDirectory()
    spool = try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: log)
    store = try .inMemory(
      entities: [Entity(key: "acme", name: "ACME", limits: SendingLimits(maxConnections: 1))])
    mailbox = .test(at: provider.endpoint.host, port: provider.endpoint.port, signIn: signIn)
  }

  var delivered: Int { spool.counts["acme"]?.totals.delivered ?? 0 }

  func accept(_ text: String) async throws {
    let envelope = Envelope(sender: nil, recipients: [Address(localPart: "ada", domain: "example.org")])
    let octets = Array("From: ERP <erp@host.example>\r\nSubject: \(text)\r\n\r\n\(text)\r\n".utf8)
    try await spool.accept(
      NewMessage(entity: "acme", envelope: envelope, content: .octets(octets), source: MessageSource(client: "test")),
      now: Date())
  }

  /// Sends while `body` looks.
  func run(_ body: () async throws -> Void) async throws {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    _ = try await store.connect(mailbox)
    var tuning = DeliveryTuning()
    tuning.firstRetry = .milliseconds(50)
    tuning.probe = .milliseconds(50)
    let context = DeliveryContext(
      spool: spool, store: store, hostname: "relay.example", tuning: tuning, time: SystemTime(), executor: loop,
      log: log
    ) { SMTPTransport($0, through: .test, timeouts: briefly, on: loop) }
    let sending = loop.start { [store] in
      await QueueSupervisor(context).run(following: await store.changes(), grace: .seconds(2))
    }
    try await body()
    sending.cancel()
    await sending.value
  }
}

/// Waits until it is so, however slow the machine is, and fails where it never is.
private func eventually(
  _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < deadline {
    if try await isSo() { return }
    try await Task.sleep(for: .milliseconds(2))
  }
  Issue.record(what, sourceLocation: sourceLocation)
}
