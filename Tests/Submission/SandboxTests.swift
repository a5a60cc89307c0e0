// The sandbox, over real SMTP.

import Foundation
import Support
import Testing

@testable import Submission

@Suite struct `The sandbox` {
  private let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  @Test(arguments: [100, 600_000])
  func `each message becomes a file, its envelope on top, in order of arrival`(octets: Int) async throws {
    let body = "Subject: x\r\n\r\n" + String(repeating: "0123456789\r\n", count: octets / 12)
    try await withServer(try Sandbox(directory: directory.path)) { server, _ in
      for number in 1...3 {
        try await ScriptedClient.play(
          """
          S: 220 *
          C: HELO erp
          S: 250 *
          C: MAIL FROM:<billing@acme.example>
          S: 250 *
          C: RCPT TO:<\(number)@example.org>
          S: 250 *
          C: RCPT TO:<bob@example.org>
          S: 250 *
          C: DATA
          S: 354 *
          C: (body)
          S: 250 2.0.0 Queued as 20*
          """ + quit, to: server.endpoint, body: Array(body.utf8))
      }
    }
    let names = try files()
    try #require(names.count == 3)
    for (number, name) in zip(1..., names) {
      let text = try String(contentsOfFile: directory.path(name), encoding: .utf8)
      #expect(name.hasSuffix(".eml"))
      #expect(
        text.hasPrefix(
          """
          X-Sandbox-Sender: <billing@acme.example>\r
          X-Sandbox-Recipient: <\(number)@example.org>\r
          X-Sandbox-Recipient: <bob@example.org>\r
          Received: from erp
          """))
      let endsSo = text.hasSuffix(body)
      #expect(endsSo)
    }
  }

  @Test func `what never came to its end leaves no file, and what a crash left is swept`() async throws {
    let half = "20260101T000000.000000Z-000001.eml.arriving"
    let beingWritten = "20260101T000000.000000Z-000002.eml.arriving"
    for name in [half, beingWritten] { try directory.write("half", to: name) }
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -4000)], ofItemAtPath: "\(directory.path)/\(half)")
    let part = String(repeating: "0123456789\\r\\n", count: 50_000)
    try await withServer(try Sandbox(directory: directory.path)) { server, _ in
      try await ScriptedClient.play(
        opened + """
          C: DATA
          S: 354 *
          C> "Subject: x\\r\\n\\r\\n\(part)"
          C: (resets)
          """, to: server.endpoint)
    }
    #expect(try files() == [beingWritten])  // by another process, for all we know
  }
}
