// Signing in: which mechanism, and every way in which it fails.

import Diagnosis
import Foundation
import Mailboxes
import OAuth
import SMTP
import Sockets
import Support
import Platform
import Testing
import Transport
import TransportSupport

@testable import TransportSMTP

@Suite struct `Signing in` {
  private static let plain = "C: AUTH PLAIN AG9mZmljZQBzZXNhbWU=\n"

  @Test func `PLAIN goes before LOGIN`() async throws {
    let played = try await upstream(
      to: .byPassword, script: opening("AUTH LOGIN PLAIN") + Self.plain + "S: 235 2.7.0 OK\n")
    #expect(played.mechanism == "PLAIN")
  }

  @Test func `LOGIN where there is nothing else, whatever it is asked in`() async throws {
    let played = try await upstream(
      to: .byPassword,
      script: opening("AUTH LOGIN XOAUTH2") + """
        C: AUTH LOGIN
        S: 334 User Name
        C: b2ZmaWNl
        S: 334 UGFzc3dvcmQ6
        C: c2VzYW1l
        S: 235 2.7.0 OK
        """)
    #expect(played.mechanism == "LOGIN")
  }

  @Test func `SCRAM goes before PLAIN, and its server must prove itself`() async throws {
    let played = try await upstream(
      to: .byPassword,
      script: opening("AUTH PLAIN SCRAM-SHA-256") + """
        C: AUTH SCRAM-SHA-256 *
        S: 235 2.7.0 Come in
        """)
    #expect(played.error == .serverUnproven)
  }

  @Test(arguments: [500, 504]) func `LOGIN follows PLAIN when PLAIN was not looked at`(_ code: Int) async throws {
    let played = try await upstream(
      to: .byPassword,
      script: opening("AUTH PLAIN LOGIN") + Self.plain + """
        S: \(code) 5.5.4 Unrecognized authentication type
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: b2ZmaWNl
        S: 334 UGFzc3dvcmQ6
        C: c2VzYW1l
        S: 235 2.7.0 OK
        """)
    #expect(played.mechanism == "LOGIN")
  }

  @Test func `a refused password is tried once, with one mechanism, and not shown when the server repeats it`()
    async throws
  {
    let played = try await upstream(
      to: .byPassword,
      script: opening("AUTH PLAIN LOGIN") + Self.plain + "S: 535 5.7.8 No: AG9mZmljZQBzZXNhbWU= is wrong\n")
    let error = try #require(played.error)
    #expect(error == .answered(Reply(535, EnhancedCode(5, 7, 8), "No: [secret] is wrong"), .signIn))
  }

  @Test func `a pinned mechanism is never changed for another`() async throws {
    var mailbox = Mailbox.byPassword
    mailbox.mechanism = "SCRAM-SHA-256"
    let played = try await upstream(to: mailbox, script: opening("AUTH PLAIN LOGIN"))
    #expect(played.error == .mechanismMissing(wanted: "SCRAM-SHA-256", offered: ["PLAIN", "LOGIN"]))
  }

  @Test func `needs a server that offers it`() async throws {
    let played = try await upstream(to: .byPassword, script: opening("PIPELINING"))
    #expect(played.error == .noSignInOffered)
  }

  @Test func `no secret goes over an open line to another host`() async throws {
    // A name that resolves to loopback is no loopback host: names can be made to point anywhere.
    var mailbox = Mailbox.byPassword
    mailbox.server.host = "localhost.localdomain"
    let network = Network(
      hostname: "relay.example", resolver: .init(lookUp: { _ in .success(["127.0.0.1"]) }), dialer: .init())
    let error = try await openingError(mailbox, through: network, script: opening("AUTH PLAIN"))
    #expect(error == .wouldExposeSecret)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.8.9.10", true), ("::1", true), ("127.example", false), ("127.0.0.1.example", false),
    ("10.0.0.1", false), ("127.0.0", false), ("", false),
  ])
  func `only a loopback address is one`(_ host: String, _ isLoopback: Bool) {
    #expect(isLoopbackAddress(host) == isLoopback)
  }

  // MARK: Tokens

  @Test func `a token goes on a line of its own`() async throws {
    let played = try await upstream(
      to: .byToken, tokens: Tokens("t1"),
      script: opening("AUTH LOGIN XOAUTH2") + """
        C: AUTH XOAUTH2
        S: 334 
        C: dXNlcj1vZmZpY2VAZmlybS5leGFtcGxlAWF1dGg9QmVhcmVyIHQxAQE=
        S: 235 2.7.0 OK
        """)
    #expect(played.mechanism == "XOAUTH2")
  }

  /// Google tells why in a challenge that wants an empty line; Microsoft refuses at once.
  private static let google = """
    C: AUTH XOAUTH2
    S: 334 
    C: *
    S: 334 eyJzdGF0dXMiOiI0MDEifQ==
    C: 
    S: 535-5.7.8 Username and Password not accepted.
    S: 535 5.7.8 BadCredentials - gsmtp
    """
  private static let microsoft = """
    C: AUTH XOAUTH2
    S: 334 
    C: *
    S: 535 5.7.3 Authentication unsuccessful
    """

  @Test(arguments: [google, microsoft])
  func `a refused token is renewed once, on a new connection`(_ refusal: String) async throws {
    let tokens = Tokens("t1", "t2")
    let played = try await upstream(
      to: .byToken, tokens: tokens,
      script: opening("AUTH XOAUTH2") + refusal,
      opening("AUTH XOAUTH2") + """
        C: AUTH XOAUTH2
        S: 334 
        C: dXNlcj1vZmZpY2VAZmlybS5leGFtcGxlAWF1dGg9QmVhcmVyIHQyAQE=
        S: 235 2.7.0 OK
        """)
    #expect(played.error == nil)
    #expect(tokens.rejected == ["t1"])
  }

  @Test(arguments: [google, microsoft])
  func `refused again, it is the sign-in that is refused`(_ refusal: String) async throws {
    let played = try await upstream(
      to: .byToken, tokens: Tokens("t1", "t2", "t3"),
      script: opening("AUTH XOAUTH2") + refusal, opening("AUTH XOAUTH2") + refusal)
    let error = try #require(played.error)
    let outcome = Outcome(of: error, for: .byToken, now: noon)
    #expect(outcome.kind == .broken && outcome.fault?.class == .auth)
    #expect(outcome.summary.contains("the access token") && outcome.remedy.contains("sign in again"))
    #expect(!"\(outcome.summary) \(outcome.remedy)".lowercased().contains("password"))
  }

  @Test func `what the server says of the token is read, and shown behind its refusal`() async throws {
    let tokens = Tokens("t1", "t2")
    let said = #"{"status":"403","schemes":"Bearer","scope":"https://mail.google.com/"}"#
    let played = try await upstream(
      to: .byToken, tokens: tokens,
      script: opening("AUTH XOAUTH2") + """
        C: AUTH XOAUTH2
        S: 334 
        C: *
        S: 334 \(Data(said.utf8).base64EncodedString())
        C: 
        S: 535 5.7.8 Username and Password not accepted.
        """)
    let outcome = Outcome(of: try #require(played.error), for: .byToken, now: noon)
    #expect(outcome.kind == .broken && outcome.fault?.class == .consent && tokens.rejected == [])
    #expect(outcome.words == "535 5.7.8 Username and Password not accepted. \(said)")
  }

  @Test func `a policy is not cured by another token`() async throws {
    let tokens = Tokens("t1", "t2")
    let played = try await upstream(
      to: .byToken, tokens: tokens,
      script: opening("AUTH XOAUTH2") + """
        C: AUTH XOAUTH2
        S: 334 
        C: *
        S: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.
        """)
    #expect(played.error != nil && tokens.rejected == [])
  }

  @Test func `OAUTHBEARER has a framing of its own`() async throws {
    let played = try await upstream(
      to: .byBearer, tokens: Tokens("t1"),
      script: opening("AUTH XOAUTH2 OAUTHBEARER") + """
        C: AUTH OAUTHBEARER
        S: 334 
        C: *
        S: 334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
        C: AQ==
        S: 525 5.7.1 Unauthorized IP address
        """)
    #expect(Outcome(of: try #require(played.error), for: .byBearer, now: noon).kind == .broken)
  }
}
