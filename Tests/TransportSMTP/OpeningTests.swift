// From dialling to EHLO: TLS both ways, and every way in which a server is not what it was taken for.

import Diagnosis
import Foundation
import Mailboxes
import SMTP
import Sockets
import Support
import TLS
import Testing
import Transport
import TransportSupport

@testable import TransportSMTP

@Suite struct `Opening a session` {
  private static func trusting(_ security: Security, signIn: SignIn = .none) throws -> Mailbox {
    var mailbox = Mailbox.test(at: "127.0.0.1", port: 1, security: security, signIn: signIn)
    mailbox.authoritiesPEM = try String(contentsOfFile: TestCertificate.authorityFile, encoding: .utf8)
    return mailbox
  }

  private static let startsTLS = """
    S: 220 ready
    C: EHLO relay.example
    S: 250-smtp.provider.example
    S: 250-AUTH PLAIN
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 2.0.0 Go ahead
    (starts TLS)
    """

  @Test func `with STARTTLS forgets what was offered in the clear`() async throws {
    let password = SignIn.password(username: "office", Secret("sesame"))
    let played = try await upstream(
      to: try Self.trusting(.starttls, signIn: password),
      script: Self.startsTLS + """

        C: EHLO relay.example
        S: 250-smtp.provider.example
        S: 250 AUTH LOGIN
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: b2ZmaWNl
        S: 334 UGFzc3dvcmQ6
        C: c2VzYW1l
        S: 235 2.7.0 OK
        """)
    #expect(played.error == nil)
    #expect(played.mechanism == "LOGIN")
  }

  @Test func `with TLS from the first byte`() async throws {
    let played = try await upstream(
      sending: [.order], to: try Self.trusting(.tls),
      script: "(starts TLS)\n" + opening("PIPELINING", "CHUNKING") + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        """)
    #expect(played.outcomes.map(\.kind) == [.delivered])
  }

  @Test func `stops where STARTTLS is missing`() async throws {
    let played = try await upstream(to: try Self.trusting(.starttls), script: opening("AUTH PLAIN"))
    #expect(played.error == .startTLSMissing(masked: false))
  }

  @Test func `stops where STARTTLS is refused`() async throws {
    let played = try await upstream(
      to: try Self.trusting(.starttls),
      script: opening("STARTTLS") + "C: STARTTLS\nS: 454 4.7.0 TLS not available\n")
    #expect(played.error == .answered(Reply(454, EnhancedCode(4, 7, 0), "TLS not available"), .startTLS))
  }

  @Test func `stops when words come behind the 220 to STARTTLS`() async throws {
    let played = try await upstream(
      to: try Self.trusting(.starttls),
      script: opening("STARTTLS") + """
        C: STARTTLS
        S> "220 2.0.0 Go ahead\\r\\n250-smtp.provider.example\\r\\n250 AUTH PLAIN\\r\\n"
        """)
    #expect(played.error == .startTLSInjected)
  }

  @Test func `names the certificate that has run out`() async throws {
    let error = try await tlsError(.expired)
    guard case .tls(.expired) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `names the certificate for another name`() async throws {
    let error = try await tlsError(.wrongName)
    guard case .tls(.wrongName(let names)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!names.isEmpty)
  }

  @Test(arguments: [true, false]) func `names the issuer that nobody knows`(_ isSelfSigned: Bool) async throws {
    let error = try await tlsError(isSelfSigned ? .selfSigned : .otherAuthority)
    guard case .tls(.unknownIssuer(_, let selfSigned)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(selfSigned || !isSelfSigned)
  }

  private func tlsError(_ certificate: TestCertificate) async throws -> TransportError? {
    try await openingError(try Self.trusting(.starttls), certificate: certificate, script: Self.startsTLS)
  }

  // MARK: The wrong port

  @Test func `with TLS at a port that speaks STARTTLS says so`() async throws {
    let error = try await peerThatOnlySays("220 smtp.provider.example ESMTP\r\n", to: try Self.trusting(.tls))
    guard case .tls(.notTLS(let octets)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(octets.starts(with: "220".utf8))
    let outcome = Outcome(of: .tls(.notTLS(firstOctets: octets)), for: .test(security: .tls), now: noon)
    #expect(outcome.remedy.contains("--security starttls"))
  }

  @Test func `with STARTTLS at a port that wants TLS at once says so`() async throws {
    var timeouts = briefly
    timeouts.greeting = .milliseconds(200)
    let error = try await openingError(
      try Self.trusting(.starttls), timeouts: timeouts, script: "(starts TLS)\nS: 220 ready\n")
    #expect(error == .expectsTLS)
  }

  @Test(arguments: ["\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F"]) func `a TLS alert for a greeting says the same`(
    _ said: String
  ) async throws {
    let error = try await peerThatOnlySays(said, to: .test(security: .starttls))
    #expect(error == .expectsTLS)
  }

  @Test(arguments: ["HTTP/1.1 400 Bad Request", "* OK IMAP4rev1 ready", "+OK POP3 ready", "SSH-2.0-OpenSSH_9.2"])
  func `another protocol's greeting is told as such`(_ greeting: String) async throws {
    let error = try await peerThatOnlySays(greeting + "\r\n", to: .test(security: .starttls))
    #expect(error == .notSMTP(greeting))
  }

  @Test func `a port that hangs up without a word`() async throws {
    let error = try await peerThatOnlySays("", to: .test())
    #expect(error == .noGreeting(timedOut: false))
  }

  @Test(arguments: [(Provider.smtp, TransportError.refused), (.other, .redirected(to: "127.0.0.1"))])
  func `a port where nobody listens`(_ provider: Provider, _ expected: TransportError) async throws {
    let error = try await openingError(.test(at: "127.0.0.1", port: 1, provider: provider), through: .test)
    #expect(error == expected)
  }

  @Test(arguments: [
    (ResolveError.notFound, TransportError.nameNotFound), (.noAddress, .nameHasNoAddress),
    (.temporary("no servers"), .lookUpFailed("no servers")),
  ])
  func `a name that leads nowhere`(_ answer: ResolveError, _ expected: TransportError) async throws {
    let network = Network(
      hostname: "relay.example", resolver: Resolver(lookUp: { _ in .failure(answer) }), dialer: Dialer())
    let error = try await openingError(.test(), through: network)
    #expect(error == expected)
  }

  private func peerThatOnlySays(_ words: String, to mailbox: Mailbox) async throws -> TransportError? {
    let server = try OneLiner(words)
    var mailbox = mailbox
    mailbox.server.host = server.endpoint.host
    mailbox.server.port = server.endpoint.port
    return try await openingError(mailbox, through: .test)
  }
}
