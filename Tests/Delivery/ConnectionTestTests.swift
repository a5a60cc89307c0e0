// What `connect` and `test` print: each step as it happens, and a sentence with a remedy where one fails.

import Foundation
import Mailboxes
import SMTP
import Sockets
import Support
import Testing

@testable import Delivery

@Suite struct `The test of a connection` {
  @Test func `walks the chain and reports each step`() async throws {
    let (steps, finding) = try await test(
      .byPassword,
      script: opening("SIZE 1000", "AUTH PLAIN") + """
        C: AUTH PLAIN AG9mZmljZQBzZXNhbWU=
        S: 235 2.7.0 OK
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RSET
        S: 250 2.0.0 OK
        """)
    #expect(steps.map(\.step) == [.name, .tcp, .greeting, .extensions, .signIn, .sender])
    #expect(steps.allSatisfy { $0.fault == nil && !$0.detail.isEmpty })
    #expect(steps[3].detail == "SIZE 1000, AUTH PLAIN")
    #expect(steps[4].detail == "PLAIN as office")
    #expect(finding == ConnectionTest.Finding(mechanism: "PLAIN", maximumOctets: 1000))
  }

  @Test func `names certificate and version over TLS`() async throws {
    var mailbox = Mailbox.test(security: .tls)
    mailbox.authoritiesPEM = try String(contentsOfFile: TestCertificate.authorityFile, encoding: .utf8)
    let (steps, _) = try await test(
      mailbox,
      script: "(starts TLS)\n" + opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RSET
        S: 250 2.0.0 OK
        """)
    #expect(steps.map(\.step) == [.name, .tcp, .tls, .greeting, .extensions, .sender])
    #expect(steps[2].detail.hasPrefix("TLSv1.3, certificate for localhost") && steps[2].detail.contains("valid until"))
  }

  @Test func `sends a real message when asked to`() async throws {
    let (steps, finding) = try await test(
      .test(), sendingTo: Address(localPart: "ada", domain: "example.org"),
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
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
    #expect(steps.last == ConnectionTest.Step(step: .message, detail: "250 2.0.0 queued as 7", fault: nil))
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
    #expect(steps.last?.step == .sender && steps.last?.fault?.class == .policy)
  }

  @Test func `takes a recipient's refusal for a fault as well`() async throws {
    let (steps, finding) = try await test(
      .test(), sendingTo: Address(localPart: "nobody", domain: "example.org"),
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
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

  @Test(arguments: [
    (UpstreamError.nameNotFound, OpeningStep.name), (.refused, .tcp), (.connectTimedOut, .tcp),
    (.startTLSMissing(masked: false), .tls), (.notSMTP("SSH-2.0"), .greeting), (.noSignInOffered, .signIn),
  ])
  func `names the step that an error ended`(_ error: UpstreamError, _ step: OpeningStep) {
    #expect(error.step(after: []) == step)
  }

  @Test func `of a sandbox goes to the built-in server`() async throws {
    let peer = try ScriptedPeer(opening() + "C: MAIL FROM:<office@firm.example>\nS: 250 OK\nC: RSET\nS: 250 OK\n")
    let endpoint = peer.endpoint
    var network = Network.test
    network.sandboxEndpoint = { endpoint }
    let mailbox = Mailbox.test(at: Endpoint(host: "sandbox", port: 25), provider: .sandbox)
    let finding = try await run(ConnectionTest(mailbox, through: network, patience: briefly))
    #expect(finding != nil)
    _ = try await peer.finish()
  }

  private func run(_ test: ConnectionTest) async throws -> ConnectionTest.Finding? {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    return await test.run(on: loop) { _ in }
  }

  private func test(
    _ mailbox: Mailbox, sendingTo recipient: Address? = nil, script: String
  ) async throws -> ([ConnectionTest.Step], ConnectionTest.Finding?) {
    let peer = try ScriptedPeer(script)
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    var mailbox = mailbox
    mailbox.server.host = peer.endpoint.host
    mailbox.server.port = peer.endpoint.port
    var steps: [ConnectionTest.Step] = []
    let finding = await ConnectionTest(mailbox, through: .test, patience: briefly)
      .run(on: loop, sendingTo: recipient) { steps.append($0) }
    _ = try await peer.finish()
    return (steps, finding)
  }
}
