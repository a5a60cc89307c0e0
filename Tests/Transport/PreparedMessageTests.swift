// A message is put into what a server takes: 8-bit, large, and not ASCII.

import Diagnosis
import Foundation
import Mailboxes
import Message
import SMTP
import Testing
import TransportSupport

@testable import Transport

@Suite struct `A message on its way out` {
  private static let eightBit =
    "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    + "Content-Transfer-Encoding: 8bit\r\n\r\ncaf\u{e9}\r\n"

  @Test func `is encoded where the server takes 7 bits only`() async throws {
    let message = try await outgoing(Self.eightBit, for: Capabilities(takes8BitMIME: false, takesSMTPUTF8: false))
    #expect(!message.uses8BitMIME)
    #expect(try await text(of: message).contains("quoted-printable"))
    #expect(try await text(of: message).hasSuffix("caf=C3=A9\r\n"))
  }

  @Test func `goes as it is where the server takes 8 bits`() async throws {
    let message = try await outgoing(Self.eightBit, for: Capabilities(takesSMTPUTF8: false))
    #expect(message.uses8BitMIME)
    #expect(try await text(of: message).hasSuffix("\r\n\r\ncaf\u{e9}\r\n"))
  }

  @Test func `fails with the reason where it must not be changed`() async throws {
    let signed =
      "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b; protocol=x\r\n\r\n--b\r\n"
      + "Content-Type: text/plain\r\n\r\ncaf\u{e9}\r\n--b\r\nContent-Type: x/y\r\n\r\nsig\r\n--b--\r\n"
    let error = await #expect(throws: TransportError.self) {
      try await outgoing(signed, for: Capabilities(takes8BitMIME: false, takesSMTPUTF8: false))
    }
    guard case .unfitMessage = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `to an address beyond ASCII needs SMTPUTF8`() async throws {
    let plain = "Subject: x\r\n\r\nx\r\n"
    let error = await #expect(throws: TransportError.self) {
      try await outgoing(plain, to: "j\u{fc}rgen", for: Capabilities(takesSMTPUTF8: false))
    }
    #expect(error == .needsSMTPUTF8)
    #expect(try await outgoing(plain, to: "j\u{fc}rgen", for: Capabilities()).usesSMTPUTF8)
  }

  @Test func `does not say SMTPUTF8 where nothing needs it`() async throws {
    #expect(try await !outgoing("Subject: x\r\n\r\nx\r\n", for: Capabilities()).usesSMTPUTF8)
  }

  @Test(arguments: [true, false])
  func `from a stored body goes out octet for octet, or encoded`(_ takes8BitMIME: Bool) async throws {
    let line = String(repeating: "caf\u{e9} ", count: 11) + ".\r\n.\r\n"
    let body = String(repeating: line, count: 4_000)
    let top = "Subject: large\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    let stored = PiecewiseBody(Array((top + body).utf8), octetsAtOnce: 65_536)
    let message = try await outgoing(.stored(stored), for: Capabilities(takes8BitMIME: takes8BitMIME))
    let text = try await text(of: message)
    if takes8BitMIME {
      #expect(text.hasSuffix("\r\n\r\n" + body))
      #expect(message.octetCount == text.utf8.count)
    } else {
      #expect(text.contains("quoted-printable") && text.utf8.allSatisfy { $0 < 0x80 })
      #expect(message.octetCount == nil)
    }
  }

  @Test func `from a stored body that cannot be read waits`() async throws {
    var stored = PiecewiseBody(Array("Subject: x\r\n\r\nx\r\n".utf8), octetsAtOnce: 4)
    stored.failsAfter = 2
    let error = await #expect(throws: TransportError.self) {
      try await outgoing(.stored(stored), for: Capabilities())
    }
    guard case .bodyUnreadable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  private func outgoing(
    _ text: String, to recipient: String = "ada", for capabilities: Capabilities
  ) async throws -> PreparedMessage {
    try await outgoing(.octets(Array(text.utf8)), to: recipient, for: capabilities)
  }

  private func outgoing(
    _ content: MessageContent, to recipient: String = "ada", for capabilities: Capabilities
  ) async throws -> PreparedMessage {
    let envelope = Envelope(sender: nil, recipients: [Address(localPart: recipient, domain: "example.org")])
    let identity = Mailbox.test().identity(of: Entity(key: "acme", name: "Acme"))
    return try await PreparedMessage(
      content, to: envelope, receivedAt: noon, id: "1",
      rewrittenBy: SenderRewrite(identity, hostname: "relay.example"), for: capabilities)
  }

  private func text(of message: PreparedMessage) async throws -> String {
    var octets = message.header
    let pieces = message.body.pieces
    while let piece = try await pieces.next() { octets += piece }
    return String(decoding: octets, as: UTF8.self)
  }
}
