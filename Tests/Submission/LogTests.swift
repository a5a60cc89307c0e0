// What a session logs: one line a message, and never a word of it.

import Access
import Glibc
import Logging
import Logs
import Platform
import SMTP
import Sockets
import Support
import Synchronization
import Testing

@testable import Submission

@Suite struct `What is logged` {
  @Test func `one line a message, with its id, entity, client and size, and nothing of its text`() async throws {
    let lines = Lines()
    let log = Logger(label: "test") { _ in lines }
    let mail = RecordedMail()
    try await withServer(mail, log: log) { server, _ in
      try await ScriptedClient.play(
        opened + """
          C: DATA
          S: 354 *
          C: (body)
          S: 250 2.0.0 *
          C: MAIL FROM:<x@nobody.example>
          S: 550 *
          """ + quit, to: server.endpoint, body: Array("Subject: SECRET\r\n\r\nSECRET\r\n".utf8))
    }
    #expect(lines.all.map(\.message) == ["accepted", "refused"])
    let accepted = try #require(lines.all.first?.metadata)
    #expect(accepted["id"] == "1" && accepted["entity"] == "acme" && accepted["client"] == "127.0.0.1")
    #expect(accepted["octets"]?.description == mail.kept.first.map { "\($0.octets.count)" }, "as it is in the queue")
    #expect(accepted["sender"] == "erp@acme.example")
    #expect(accepted["recipients"] == "ada@example.org")
    #expect(lines.all.last?.metadata["reply"]?.description.hasPrefix("550 5.7.1") == true)
    #expect(!"\(lines.all)".contains("SECRET"))
  }

  @Test func `NUL octets that were removed are told`() async throws {
    let lines = Lines()
    let mail = try await play(
      opened + "C: DATA\nS: 354 *\nC> \"a: b\\r\\n\\r\\nx\\0y\\r\\n.\\r\\n\"\nS: 250 *" + quit, log: lines.logger)
    #expect(mail.first?.asSent.hasSuffix("xy\r\n") == true)
    #expect(lines.all.map(\.message) == ["nul_removed", "accepted"])
    #expect(lines.all[0].metadata["received_id"] == lines.all[1].metadata["received_id"])
  }

  @Test func `whatever is refused is told, once for each reason`() async throws {
    let lines = Lines()
    try await play(
      greeted + """
        C: RCPT TO:<x@example.org>
        S: 503 *
        C: RCPT TO:<x@example.org>
        S: 503 *
        C: MAIL FROM:<erp@acme.example>
        S: 250 *
        C: RCPT TO:<broken
        S: 501 *
        C: AUTH PLAIN AGEAYg==
        S: 502 *
        """ + quit, log: lines.logger)
    #expect(lines.all.compactMap { $0.metadata["reply"]?.description.prefix(3) } == ["503", "501", "502"])
  }

  @Test func `many clients refused at once make one line a second`() {
    let lines = Lines()
    let time = ManualTime()
    let context = SubmissionContext(
      hostname: "relay.example", instance: "this-one", limits: SubmissionLimits(),
      log: Logger(label: "test") { _ in lines }, time: time)
    for second in 1...3 {
      for _ in 0..<1000 { context.tellThrottled(.tooManyConnections, [:]) }
      #expect(lines.all.count == second)
      time.advance(by: .seconds(1))
    }
  }
}

extension `What is logged` {
  /// Connects and closes without a word, as monitors do.
  private func probe(_ endpoint: Endpoint) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = endpoint.port.bigEndian
    address.sin_addr.s_addr = inet_addr(endpoint.host)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  @Test(arguments: [
    ListenerSettings(address: "127.0.0.1:0"), ListenerSettings(address: "127.0.0.1:0", security: .tls),
    ListenerSettings(address: "127.0.0.1:0", security: .starttls),
    .behindProxy,
  ])
  func `a monitor that connects and closes is no news`(settings: ListenerSettings) async throws {
    let lines = Lines()
    try await withServer(RecordedMail(), settings: settings, certificate: .good, log: lines.logger) { server, _ in
      for _ in 0..<5 { probe(server.endpoint) }
      while server.counters.probes.value < 5 { await Task.yield() }
    }
    #expect(lines.all.map(\.message) == [])
  }
}

extension ListenerSettings {
  fileprivate static var behindProxy: ListenerSettings {
    var settings = ListenerSettings(address: "127.0.0.1:0")
    settings.proxies = ["127.0.0.1"].compactMap(ClientNetwork.init)
    return settings
  }
}

/// Keeps what is logged.
final class Lines: LogHandler, Sendable {
  struct Line {
    let message: String
    let metadata: Logger.Metadata
  }

  private let kept = Mutex<[Line]>([])
  var logger: Logger { Logger(label: "test") { _ in self } }
  var all: [Line] { kept.withLock { $0 } }

  var logLevel: Logger.Level {
    get { .info }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    let line = Line(message: event.message.description, metadata: event.metadata ?? [:])
    kept.withLock { $0.append(line) }
  }
}
