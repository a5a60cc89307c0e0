// What a session logs: one line a message, and never a word of it.

import Logging
import Support
import Synchronization
import Testing

@testable import Submission

@Suite struct `What is logged` {
  @Test func `one line a message, with its id, entity, client and size, and nothing of its text`() async throws {
    let lines = Lines()
    let log = Logger(label: "test") { _ in lines }
    try await withServer(RecordedMail(), log: log) { server, _ in
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
    #expect(accepted["octets"] == "27" && accepted["recipients"] == "1")
    #expect(lines.all.last?.metadata["reply"]?.description.hasPrefix("550 5.7.1") == true)
    #expect(!"\(lines.all)".contains("SECRET"))
  }

  @Test func `NUL octets that were removed are told`() async throws {
    let lines = Lines()
    let mail = try await play(
      opened + "C: DATA\nS: 354 *\nC> \"a: b\\r\\n\\r\\nx\\0y\\r\\n.\\r\\n\"\nS: 250 *" + quit, log: lines.logger)
    #expect(mail.first?.asSent.hasSuffix("xy\r\n") == true)
    #expect(lines.all.map(\.message) == ["NUL octets removed", "accepted"])
    #expect(lines.all[0].metadata["trace"] == lines.all[1].metadata["trace"])
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
      for _ in 0..<1000 { context.warnThrottled("too many connections", [:]) }
      #expect(lines.all.count == second)
      time.advance(by: .seconds(1))
    }
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
