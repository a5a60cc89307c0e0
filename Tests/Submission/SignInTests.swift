// Apps that sign in at a listener: by every mechanism they become the app.

import Access
import Foundation
import Logging
import Mailboxes
import Platform
import SMTP
import Support
import Testing

@testable import Submission

/// A listener with one app, its password, and what the server's random words are.
private struct SigningIn {
  let store: MailboxStore
  let password: HiddenOctets
  let access: ListenerAccess

  init() async throws {
    let store = try MailboxStore.inMemory(entities: [])
    password = try await store.makePassword(
      PasswordOrder(app: "erp", keepsEquivalent: true), by: .ofThisProcess
    ).octets
    var app = App(name: "erp")
    app.signsIn = true
    app.signsInByCramMD5 = true
    let signIns = AppSignIns(registry: { store.apps }, apps: { [app] in [app] }, primitives: .withNonce("server"))
    access = ListenerAccess(lookup: ClientLookup(time: SystemTime()), signIns: signIns) {
      SendingRules(AccessRules(), over: Directory(entities: []))
    }
    self.store = store
  }

  /// The lines of a sign-in that goes well, without its last reply.
  func exchange(by mechanism: String) throws -> String {
    let clear = String(decoding: password.octets, as: UTF8.self)
    switch mechanism {
    case "PLAIN": return "C: AUTH PLAIN \(base64("\0erp\0\(clear)"))"
    case "LOGIN":
      return """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: \(base64("erp"))
        S: 334 UGFzc3dvcmQ6
        C: \(base64(clear))
        """
    case "CRAM-MD5":
      let challenge = "<server@letterhead>"
      let digest = try #require(ScramPrimitives.openSSL.hmacMD5(password.octets, Array(challenge.utf8)))
      let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      return "C: AUTH CRAM-MD5\nS: 334 \(base64(challenge))\nC: \(base64("erp \(digits)"))"
    default: return try scram()
    }
  }

  private func scram() throws -> String {
    let mechanism = try #require(SASLMechanism.named("SCRAM-SHA-256"))
    var client = try mechanism.client(with: .password(username: "erp", password), .withNonce("client"))
    let verifier = try #require(store.apps.credentials["erp"]).verifier(at: .now)
    let first = "r=clientserver,s=\(text(Base64.encode(verifier.salt))),i=\(verifier.iterations)"
    let beginning = client.initialResponse()
    let response = text(Base64.encode(try #require(beginning)))
    let proof = text(Base64.encode(try client.respond(to: Array(first.utf8))))
    return """
      C: AUTH SCRAM-SHA-256 \(response)
      S: 334 \(base64(first))
      C: \(proof)
      S: 334 *
      C> "\\r\\n"
      """
  }
}

private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }
private func base64(_ clear: String) -> String { text(Base64.encode(Array(clear.utf8))) }

extension ScramPrimitives {
  fileprivate static func withNonce(_ nonce: String) -> ScramPrimitives {
    ScramPrimitives(
      sha256: openSSL.sha256, hmac: openSSL.hmac, pbkdf2: openSSL.pbkdf2, hmacMD5: openSSL.hmacMD5,
      nonce: { Array(nonce.utf8) })
  }
}

@Suite(.timeLimit(.minutes(1))) struct SignInTests {
  private static let greeted = "S: 220 *\nC: HELO app\nS: 250 *\n"

  @Test(arguments: ["PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5"])
  func `a client is the app as which it has signed in, by whichever mechanism`(mechanism: String) async throws {
    let signingIn = try await SigningIn()
    let mail = RecordedMail()
    try await withServer(mail, access: signingIn.access) { server, _ in
      try await ScriptedClient.play(
        Self.greeted + signingIn.exchange(by: mechanism) + """

          S: 235 2.7.0 Signed in
          C: MAIL FROM:<erp@acme.example>
          S: 250 *
          C: RCPT TO:<ada@example.org>
          S: 250 *
          C: DATA
          S: 354 *
          C: (body)
          S: 250 2.0.0 *
          """ + quit, to: server.endpoint)
    }
    #expect(mail.kept.map(\.app) == ["erp"])
    #expect(signingIn.access.signIns.lastSignIn(of: "erp") != nil)
  }

  @Test(arguments: ["PLAIN", "SCRAM-SHA-256"])
  func `a wrong password makes nobody the app, and is counted, by whichever mechanism`(mechanism: String) async throws {
    let signingIn = try await SigningIn()
    let exchange = try signingIn.exchange(by: mechanism)
    // From now on another password is the right one. SCRAM's salt stays.
    let rotation = PasswordOrder(app: "erp", rotates: true)
    _ = try await signingIn.store.makePassword(rotation, by: .ofThisProcess)
    let withoutProof = exchange.replacing("\nS: 334 *\nC> \"\\r\\n\"", with: "")
    let lines = Lines()
    try await withServer(RecordedMail(), access: signingIn.access, log: lines.logger) { server, _ in
      try await ScriptedClient.play(
        Self.greeted + withoutProof + "\nS: 535 5.7.8 *" + quit, to: server.endpoint)
    }
    let wrong = lines.all.filter { $0.message == "wrong_password" }
    #expect(wrong.map { $0.metadata["user"]?.description } == ["erp"])
    #expect(signingIn.access.signIns.lastSignIn(of: "erp") == nil)
  }

  @Test(arguments: [
    (Security.starttls, "S: 220 *\nC: STARTTLS\nS: 220 *\n(starts TLS)\n"), (.tls, "(starts TLS)\nS: 220 *\n"),
  ])
  func `another host signs in where the line is encrypted, however that began`(
    security: Security, beginning: String
  ) async throws {
    let signingIn = try await SigningIn()
    let mail = RecordedMail()
    var settings = ListenerSettings(address: "127.0.0.1:0", security: security)
    settings.proxies = [try #require(ClientNetwork("127.0.0.0/8"))]
    settings.allow = [try #require(ClientNetwork("192.0.2.0/24"))]
    try await withServer(mail, settings: settings, certificate: .good, access: signingIn.access) { server, _ in
      try await ScriptedClient.play(
        "C: PROXY TCP4 192.0.2.7 192.0.2.1 56324 25\n" + beginning + "C: HELO app\nS: 250 *\n"
          + signingIn.exchange(by: "PLAIN") + """

            S: 235 2.7.0 Signed in
            C: MAIL FROM:<erp@acme.example>
            S: 250 *
            C: RCPT TO:<ada@example.org>
            S: 250 *
            C: DATA
            S: 354 *
            C: (body)
            S: 250 2.0.0 *
            """ + quit, to: server.endpoint)
    }
    #expect(mail.kept.map(\.app) == ["erp"])
  }
}
