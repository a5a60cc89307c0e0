// Handing over messages, by every road a server offers.

import Diagnosis
import Mailboxes
import Message
import SMTP
import Sockets
import Support
import Testing
import Transport
import TransportSupport

@testable import TransportSMTP

@Suite struct `Handing over a message` {
  @Test func `goes step by step where nothing else is offered`() async throws {
    let played = try await upstream(
      sending: [.test(to: "ada", "bob")],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: RCPT TO:<bob@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: 250 2.0.0 queued as 1
        """)
    #expect(played.outcomes.map(\.kind) == [.delivered, .delivered])
    #expect(played.outcomes[0].words == "250 2.0.0 queued as 1")
    #expect(played.conversations[0].bodies == [Array("Subject: test\r\n\r\nHello.\r\n".utf8)])
  }

  @Test func `has delivered nothing where DATA is answered with 250, and trusts that server no further`() async throws {
    let played = try await upstream(
      sending: [.order],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 250 2.0.0 OK
        """)
    #expect(played.outcomes.map(\.kind) == [.deferred])
  }

  @Test func `falls back to HELO where neither TLS nor sign-in is needed`() async throws {
    let played = try await upstream(
      sending: [.order],
      script: """
        S: 220 old ready
        C: EHLO relay.example
        S: 502 5.5.1 What?
        C: HELO relay.example
        S: 250 old
        C: MAIL FROM:<office@firm.example>
        S: 250 OK
        C: RCPT TO:<ada@example.org>
        S: 250 OK
        C: DATA
        S: 354 Go
        C: (body)
        S: 250 OK
        """)
    #expect(played.outcomes.map(\.kind) == [.delivered])
  }

  @Test(arguments: Pieces.allWays) func `takes three flights with PIPELINING`(_ cut: Pieces) async throws {
    let played = try await upstream(
      sending: [.test(to: "ada", "nobody")], cut: cut,
      script: opening("PIPELINING", "SIZE 1000") + """
        C: MAIL FROM:<office@firm.example> SIZE=25
        C: RCPT TO:<ada@example.org>
        C: RCPT TO:<nobody@example.org>
        C: DATA
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 550 5.1.1 No such user
        S: 354 Go ahead
        C: (body)
        S: 250 2.0.0 OK
        """)
    #expect(played.outcomes.map(\.kind) == [.delivered, .failed])
    #expect(played.outcomes[1].words == "550 5.1.1 No such user")
  }

  @Test(arguments: Pieces.allWays) func `takes one flight with PIPELINING and CHUNKING`(_ cut: Pieces) async throws {
    let played = try await upstream(
      sending: [.test(to: "ada", body: ".dot\r\n"), .test(to: "bob")], cut: cut,
      script: opening("PIPELINING", "CHUNKING", "8BITMIME") + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: BDAT 23 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK 1
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<bob@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK 2
        """)
    #expect(played.transmissions.map { $0.outcomes.map(\.words) } == [["250 2.0.0 OK 1"], ["250 2.0.0 OK 2"]])
    #expect(played.conversations[0].bodies[0] == Array("Subject: test\r\n\r\n.dot\r\n".utf8))
  }

  @Test func `waits for the envelope's replies before a large body`() async throws {
    let body = String(repeating: String(repeating: "x", count: 70) + "\r\n", count: 5_000)
    let played = try await upstream(
      sending: [.test(to: "ada", body: body), .test(to: "nobody", body: body)],
      script: opening("PIPELINING", "CHUNKING") + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        C: BDAT 360017 LAST
        C: (body)
        S: 250 2.0.0 OK
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<nobody@example.org>
        S: 250 2.1.0 OK
        S: 550 5.1.1 No such user
        """)
    #expect(played.transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.failed]])
    #expect(played.conversations[0].bodies[0].count == 360_017)
  }

  @Test func `ends DATA with a lone dot when it was accepted for nobody`() async throws {
    let played = try await upstream(
      sending: [.test(to: "nobody"), .order],
      script: opening("PIPELINING") + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<nobody@example.org>
        C: DATA
        S: 250 2.1.0 OK
        S: 550 5.1.1 No such user
        S: 354 Go ahead
        C: .
        S: 554 5.5.1 No valid recipients
        C: RSET
        S: 250 2.0.0 OK
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: DATA
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 354 Go ahead
        C: (body)
        S: 250 2.0.0 OK
        """)
    #expect(played.transmissions.map { $0.outcomes.map(\.kind) } == [[.failed], [.delivered]])
  }

  @Test func `hears out a flight whose MAIL was refused, and the next message goes`() async throws {
    let played = try await upstream(
      sending: [.order, .order],
      script: opening("PIPELINING", "CHUNKING") + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 451 4.9.9 Not now
        S: 503 5.5.1 MAIL first
        S: 503 5.5.1 MAIL first
        C: RSET
        S: 250 2.0.0 OK
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        """)
    #expect(played.transmissions.map { $0.outcomes.map(\.words) } == [["451 4.9.9 Not now"], ["250 2.0.0 OK"]])
  }

  @Test func `refuses what is larger than the server takes without asking it`() async throws {
    let played = try await upstream(sending: [.order], script: opening("SIZE 20"))
    #expect(played.outcomes.map(\.kind) == [.failed])
    #expect(played.outcomes[0].summary.contains("25 octets") && played.outcomes[0].summary.contains("20"))
  }

  @Test func `says 8BITMIME where it is needed`() async throws {
    let played = try await upstream(
      sending: [.test(to: "ada", body: "caf\u{e9}\r\n", uses8BitMIME: true)],
      script: opening("8BITMIME") + """
        C: MAIL FROM:<office@firm.example> BODY=8BITMIME
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: 250 2.0.0 OK
        """)
    #expect(played.outcomes.map(\.kind) == [.delivered])
  }

  @Test func `with many recipients goes in flights of a hundred`() async throws {
    let envelope = Envelope(
      sender: Address(localPart: "office", domain: "firm.example"),
      recipients: (0..<150).map { Address(localPart: "r\($0)", domain: "example.org") })
    var message = PreparedMessage.order
    message.envelope = envelope
    let asked = (0..<150).map { "C: RCPT TO:<r\($0)@example.org>\n" }
    let script =
      opening("PIPELINING", "CHUNKING") + "C: MAIL FROM:<office@firm.example>\n" + asked[..<100].joined()
      + String(repeating: "S: 250 OK\n", count: 101) + asked[100...].joined()
      + String(repeating: "S: 250 OK\n", count: 50) + "C: BDAT 25 LAST\nC: (body)\nS: 250 2.0.0 OK\n"
    let played = try await upstream(sending: [message], script: script)
    #expect(played.outcomes.count { $0.kind == .delivered } == 150)
  }

  @Test(arguments: [["PIPELINING", "CHUNKING"], ["PIPELINING"], []])
  func `from a disk goes octet for octet, in one chunk or with its dots doubled`(_ extensions: [String]) async throws {
    let provider = try FakeProvider(extensions: extensions)
    let body = String(repeating: String(repeating: "café ", count: 11) + ".\r\n.\r\n", count: 4_000)
    var message = PreparedMessage.order
    message.body = .stored(PiecewiseBody(Array(body.utf8), octetsAtOnce: 65_536), skipping: 0, encoder: nil)
    let endpoint = provider.endpoint
    let transmissions = try await onLoop { [message] loop in
      let queue = try await TestQueue(.test(at: endpoint.host, port: endpoint.port), on: loop)
      return await queue.sendTogether([message])
    }
    #expect(transmissions[0].outcomes.map(\.kind) == [.delivered])
    // The fake provider keeps the dots.
    let expected = extensions.contains("CHUNKING") ? body : body.replacing("\r\n.", with: "\r\n..")
    let isWhole = provider.arrivals.first?.text.hasSuffix("\r\n\r\n" + expected)
    #expect(isWhole == true)
  }
}
