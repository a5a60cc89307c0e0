// Into what a server takes: 8-bit, large, and not ASCII.

import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Support
import Testing

@testable import Delivery

@Suite struct `A message on its way out` {
  private static let eightBit =
    "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    + "Content-Transfer-Encoding: 8bit\r\n\r\ncaf\u{e9}\r\n"

  @Test func `is encoded where the server takes 7 bits only`() async throws {
    let message = try await outgoing(Self.eightBit, for: [])
    #expect(!message.uses8BitMIME)
    #expect(text(of: message).contains("quoted-printable") && text(of: message).hasSuffix("caf=C3=A9\r\n"))
  }

  @Test func `goes as it is where the server takes 8 bits`() async throws {
    let message = try await outgoing(Self.eightBit, for: ["8BITMIME"])
    #expect(message.uses8BitMIME && text(of: message).hasSuffix("\r\n\r\ncaf\u{e9}\r\n"))
  }

  @Test func `fails with the reason where it must not be changed`() async throws {
    let signed =
      "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b; protocol=x\r\n\r\n--b\r\n"
      + "Content-Type: text/plain\r\n\r\ncaf\u{e9}\r\n--b\r\nContent-Type: x/y\r\n\r\nsig\r\n--b--\r\n"
    let error = await #expect(throws: UpstreamError.self) { try await outgoing(signed, for: []) }
    guard case .unfitMessage = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `to an address beyond ASCII needs SMTPUTF8`() async throws {
    let plain = "Subject: x\r\n\r\nx\r\n"
    let error = await #expect(throws: UpstreamError.self) {
      try await outgoing(plain, to: "j\u{fc}rgen", for: ["8BITMIME"])
    }
    #expect(error == .needsSMTPUTF8)
    #expect(try await outgoing(plain, to: "j\u{fc}rgen", for: ["8BITMIME", "SMTPUTF8"]).usesSMTPUTF8)
  }

  @Test func `does not say SMTPUTF8 where nothing needs it`() async throws {
    #expect(try await !outgoing("Subject: x\r\n\r\nx\r\n", for: ["8BITMIME", "SMTPUTF8"]).usesSMTPUTF8)
  }

  @Test(arguments: [["PIPELINING", "CHUNKING", "8BITMIME"], ["PIPELINING", "8BITMIME"], ["PIPELINING"]])
  func `from a file arrives octet for octet, or encoded`(_ extensions: [String]) async throws {
    let line = String(repeating: "caf\u{e9} ", count: 11) + ".\r\n.\r\n"
    let body = String(repeating: line, count: 4_000)
    let provider = try FakeProvider(extensions: extensions)
    let relay = try Relaying()
    let writer = try await relay.spool.startBody()
    let octets = Array(
      "Subject: large\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\(body)".utf8)
    for start in stride(from: 0, to: octets.count, by: 65_536) {
      try await writer.append(Array(octets[start..<min(start + 65_536, octets.count)]))
    }
    let envelope = Envelope(sender: nil, recipients: [Address(localPart: "ada", domain: "example.org")])
    _ = try await relay.spool.accept(
      NewMessage(entity: "acme", envelope: envelope, content: .stored(try await writer.finish()), client: "test"),
      now: Date())
    try await relay.connect(to: provider)
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    let text = try #require(provider.arrivals.first?.text)
    if extensions.contains("8BITMIME") {
      #expect(text.hasSuffix("\r\n\r\n" + (extensions.contains("CHUNKING") ? body : stuffed(body))))
    } else {
      #expect(text.contains("quoted-printable") && text.utf8.allSatisfy { $0 < 0x80 })
    }
  }

  /// The fake provider keeps the dots.
  private func stuffed(_ text: String) -> String {
    text.replacingOccurrences(of: "\r\n.", with: "\r\n..")
  }

  private func outgoing(
    _ text: String, to recipient: String = "ada", for extensions: [String]
  ) async throws -> OutgoingMessage {
    let message = SpooledMessage(
      id: MessageID(rawValue: 1), entity: "acme",
      envelope: Envelope(sender: nil, recipients: [Address(localPart: recipient, domain: "example.org")]),
      content: .octets(Array(text.utf8)), receivedAt: noon)
    let rewrite = SenderRewrite(
      Mailbox.test().identity(of: Entity(key: "acme", name: "Acme")), hostname: "relay.example")
    return try await OutgoingMessage(
      message, rewrittenBy: rewrite, for: Extensions(parsing: Reply(250, lines: ["fake"] + extensions)))
  }

  private func text(of message: OutgoingMessage) -> String {
    guard case .octets(let body) = message.body else { return "" }
    return String(decoding: message.header + body, as: UTF8.self)
  }
}
