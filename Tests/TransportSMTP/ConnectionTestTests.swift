// What `connect` and `test` print: each step as it happens, and a sentence with a remedy where one fails.

import Diagnosis
import Foundation
import Mailboxes
import SMTP
import Sockets
import Support
import Testing
import Transport
import TransportSupport

@testable import TransportSMTP

@Suite struct `The test of a connection` {
  @Test func `walks the chain and reports each step`() async throws {
    let (steps, finding) = try await test(
      .byPassword,
      script: opening("SIZE 1000", "AUTH PLAIN") + """
        C: AUTH PLAIN AG9mZmljZQBzZXNhbWU=
        S: 235 2.7.0 OK
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<office@firm.example>
        S: 250 2.1.5 OK
        C: RSET
        S: 250 2.0.0 OK
        """)
    #expect(steps.map(\.step) == [.name, .tcp, .greeting, .extensions, .signIn, .sender, .recipient])
    #expect(steps.allSatisfy { if case .passed(let detail) = $0.result { !detail.isEmpty } else { false } })
    #expect(steps[3].result == .passed("SIZE 1000, AUTH PLAIN"))
    #expect(steps[4].result == .passed("PLAIN as office"))
    #expect(finding?.mechanism == "PLAIN" && finding?.capabilities.maximumOctets == 1000)
  }

  @Test func `names certificate and version over TLS`() async throws {
    var mailbox = Mailbox.test(security: .tls)
    mailbox.authoritiesPEM = try String(contentsOfFile: TestCertificate.authorityFile, encoding: .utf8)
    let (steps, _) = try await test(
      mailbox,
      script: "(starts TLS)\n" + opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<office@firm.example>
        S: 250 2.1.5 OK
        C: RSET
        S: 250 2.0.0 OK
        """)
    #expect(steps.map(\.step) == [.name, .tcp, .tls, .greeting, .extensions, .sender, .recipient])
    guard case .passed(let detail) = steps[2].result else {
      Issue.record("\(steps[2])")
      return
    }
    #expect(detail.hasPrefix("TLSv1.3, certificate for localhost") && detail.contains("valid until"))
  }

  @Test func `sends a real message when asked to`() async throws {
    let (steps, finding) = try await test(
      .test(), sendingTo: Address(localPart: "ada", domain: "example.org"),
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<office@firm.example>
        S: 250 2.1.5 OK
        C: RSET
        S: 250 2.0.0 OK
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: 250 2.0.0 queued as 7
        """)
    #expect(steps.last == StepReport(.message, .passed("250 2.0.0 queued as 7")))
    #expect(finding != nil)
  }

  @Test func `ends at the step that fails, with sentence, remedy and the server's words`() async throws {
    let (steps, finding) = try await test(
      .byPassword,
      script: opening("AUTH PLAIN") + """
        C: AUTH PLAIN AG9mZmljZQBzZXNhbWU=
        S: 535 5.7.8 Bad credentials
        """)
    #expect(finding == nil)
    #expect(steps.map(\.step) == [.name, .tcp, .greeting, .extensions, .signIn])
    let fault = try #require(steps.last?.fault)
    #expect(fault.upstream == "535 5.7.8 Bad credentials")
    #expect(fault.remedy.contains("letterhead connect acme"))
  }

  @Test func `tells a sender that is refused`() async throws {
    let (steps, finding) = try await test(
      .test(),
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 553 5.7.1 <office@firm.example>: Sender address rejected: not owned by user x
        """)
    #expect(finding == nil)
    #expect(steps.last?.step == .sender && steps.last?.fault?.class == .sender)
  }

  @Test func `takes a recipient's refusal for a fault as well`() async throws {
    let (steps, finding) = try await test(
      .test(), sendingTo: Address(localPart: "nobody", domain: "example.org"),
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<office@firm.example>
        S: 250 2.1.5 OK
        C: RSET
        S: 250 2.0.0 OK
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<nobody@example.org>
        S: 550 5.1.1 No such user
        """)
    #expect(finding == nil)
    #expect(steps.last?.step == .message && steps.last?.fault?.upstream == "550 5.1.1 No such user")
  }

  /// Many servers say only at RCPT what they have against the client, the greeting or the sender.
  @Test(arguments: [
    "554 5.7.1 <office@firm.example>: Relay access denied", "550 5.7.1 Authentication required",
    "550 Requested action not taken", "554 Something new",
  ])
  func `ends where a refusal of the mailbox as recipient is not its own fault`(_ reply: String) async throws {
    let (steps, finding) = try await toItself(reply)
    #expect(finding == nil)
    #expect(steps.last?.step == .recipient && steps.last?.fault?.upstream == reply)
  }

  @Test(arguments: [
    "452 4.2.2 Mailbox full", "450 4.2.0 Greylisted, please try again later", "550 5.1.1 No such user",
  ])
  func `notes a fault of the mailbox as recipient, and goes on`(_ reply: String) async throws {
    let (steps, finding) = try await toItself(reply)
    #expect(finding != nil)
    guard case .noted(let detail)? = steps.last?.result else {
      Issue.record("\(steps)")
      return
    }
    #expect(detail == "answers and reports to office@firm.example may be lost: \(reply)")
  }

  private func toItself(_ reply: String) async throws -> ([StepReport], ConnectionTest.Finding?) {
    try await test(
      .test(),
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<office@firm.example>
        S: \(reply)
        C: RSET
        S: 250 2.0.0 OK
        """)
  }

  @Test func `goes on at the provider's other port where the first is blocked`() async throws {
    let provider = try FakeProvider()
    let closed = Server(host: "127.0.0.1", port: Ports.unused(), security: .none)
    let open = Server(host: "127.0.0.1", port: provider.endpoint.port, security: .none)
    var mailbox = Mailbox.test()
    mailbox.server = closed
    let (steps, finding) = try await walk(mailbox, otherServers: [closed, open])
    #expect(finding?.server == open)
    #expect(steps.map(\.step) == [.name, .tcp, .name, .tcp, .greeting, .extensions, .sender, .recipient])
    #expect(steps[1].result == .noted("port \(closed.port) is blocked here, \(open.port) answers"))
  }

  @Test(arguments: [
    (TransportError.nameNotFound, TransportStep.name), (.refused, .tcp), (.connectTimedOut, .tcp),
    (.startTLSMissing(masked: false), .tls), (.notSMTP("SSH-2.0"), .greeting), (.noSignInOffered, .signIn),
  ])
  func `names the step that an error ended`(_ error: TransportError, _ step: TransportStep) {
    let loop = EventLoop(name: "test")
    #expect(SMTPTransport(.test(), through: .test, timeouts: .test, on: loop).step(of: error, after: []) == step)
  }

  private func test(
    _ mailbox: Mailbox, sendingTo recipient: Address? = nil, script: String
  ) async throws -> ([StepReport], ConnectionTest.Finding?) {
    let peer = try ScriptedPeer(script)
    var mailbox = mailbox
    mailbox.server.host = peer.endpoint.host
    mailbox.server.port = peer.endpoint.port
    let walked = try await walk(mailbox, sendingTo: recipient)
    _ = try await peer.finish()
    return walked
  }

  private func walk(
    _ mailbox: Mailbox, sendingTo recipient: Address? = nil, otherServers: [Server] = []
  ) async throws -> ([StepReport], ConnectionTest.Finding?) {
    try await onLoop { loop in
      let transport = SMTPTransport(mailbox, through: .test, timeouts: briefly, on: loop, otherServers: otherServers)
      var steps: [StepReport] = []
      let finding = await ConnectionTest(of: transport, hostname: "relay.example")
        .run(sendingTo: recipient) { steps.append($0) }
      return (steps, finding)
    }
  }
}
