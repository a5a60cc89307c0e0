// What a token endpoint is asked for each kind of grant and proof.

import Cryptography
import Foundation
import Mailboxes
import Testing

@testable import OAuth

/// A key of this run, and a certificate for it, by the openssl command.
enum TestKey {
  static let (key, certificate): (Secret, [UInt8]) = {
    let directory = FileManager.default.temporaryDirectory.appending(path: "lh-key.\(getpid())")
    defer { try? FileManager.default.removeItem(at: directory) }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let (key, certificate) = (directory.appending(path: "key"), directory.appending(path: "pem"))
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=letterhead", "-days", "30", "-keyout",
        key.path, "-out", certificate.path,
      ]
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return (Secret(octets: try Data(contentsOf: key)), Array(try Data(contentsOf: certificate)))
    } catch {
      fatalError("openssl makes no key: \(error)")
    }
  }()
}

/// The parts of an assertion, once its signature was found to be the key's.
struct ReadAssertion {
  let header: [String: String]
  let claims: [String: Any]

  init(_ assertion: String) throws {
    let parts = assertion.split(separator: ".").map(String.init)
    let signature = try #require(Base64URL.decode(parts[2]))
    let ours = try RSAKey(pem: TestKey.key).signature(of: Array((parts[0] + "." + parts[1]).utf8))
    #expect(signature == ours)
    func json(_ part: String) throws -> Any {
      try JSONSerialization.jsonObject(with: Data(try #require(Base64URL.decode(part))))
    }
    header = try #require(try json(parts[0]) as? [String: String])
    claims = try #require(try json(parts[1]) as? [String: Any])
  }

  func text(_ claim: String) -> String? { claims[claim] as? String }
  func seconds(_ claim: String) -> Int? { claims[claim] as? Int }
}

@Suite struct GrantTests {
  private func grant(_ entitlement: OAuthGrant.Entitlement, _ proof: OAuthGrant.ClientProof = .none) throws
    -> OAuthGrant
  {
    OAuthGrant(
      username: "office@acme.example", mechanism: .xoauth2,
      tokenURL: try #require(URL(string: "https://login.example/token")), clientID: "app-1", proof: proof,
      scope: "mail",
      entitlement: entitlement)
  }

  private func fields(_ grant: OAuthGrant) async throws -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: try await grant.request(refreshToken: nil, now: noon).fields.map { name, value in
        switch value {
        case .plain(let text): (name, text)
        case .secret(let secret): (name, secret.reveal())
        }
      })
  }

  @Test func `a public client sends no proof, a confidential one its secret`() async throws {
    #expect(
      try await fields(grant(.refreshToken(Secret("r")))) == [
        "grant_type": "refresh_token", "client_id": "app-1", "refresh_token": "r", "scope": "mail",
      ])
    #expect(
      try await fields(grant(.clientCredentials, .secret(Secret("s")))) == [
        "grant_type": "client_credentials", "client_id": "app-1", "client_secret": "s", "scope": "mail",
      ])
  }

  @Test func `a client with a certificate signs who it is, once and for five minutes`() async throws {
    let key = try SigningKey(certificate: TestKey.certificate, privateKey: TestKey.key)
    let grant = try grant(.clientCredentials, .certificate(key))
    let fields = try await fields(grant)
    #expect(fields["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    #expect(fields["client_secret"] == nil)
    let assertion = try ReadAssertion(try #require(fields["client_assertion"]))
    #expect(assertion.header == ["alg": "RS256", "typ": "JWT", "x5t#S256": key.name])
    #expect(assertion.text("iss") == "app-1")
    #expect(assertion.text("sub") == "app-1")
    #expect(assertion.text("aud") == "https://login.example/token")
    #expect(assertion.seconds("exp") == Int(noon.timeIntervalSince1970) + 300)
    let next = try ReadAssertion(try #require(try await self.fields(grant)["client_assertion"]))
    #expect(assertion.text("jti") != next.text("jti"))
  }

  @Test func `a service account signs for the mailbox, with its key's id, for an hour at most`() async throws {
    let fields = try await fields(grant(.serviceAccount(SigningKey(privateKey: TestKey.key, name: "key-1"))))
    #expect(fields.keys.sorted() == ["assertion", "grant_type"])
    #expect(fields["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
    let assertion = try ReadAssertion(try #require(fields["assertion"]))
    #expect(assertion.header["kid"] == "key-1")
    #expect(assertion.text("iss") == "app-1")
    #expect(assertion.text("sub") == "office@acme.example")
    #expect(assertion.text("scope") == "mail")
    #expect(assertion.seconds("iat") == Int(noon.timeIntervalSince1970))
    #expect(assertion.seconds("exp") == Int(noon.timeIntervalSince1970) + 3600)
  }

  @Test func `assertions are secrets`() async throws {
    for grant in [
      try grant(.serviceAccount(SigningKey(privateKey: TestKey.key, name: "key-1"))),
      try grant(
        .clientCredentials, .certificate(SigningKey(certificate: TestKey.certificate, privateKey: TestKey.key))),
    ] {
      let request = try await grant.request(refreshToken: nil, now: noon)
      #expect(request.dependsOnClock)
      #expect(request.secrets.count == 1)
      #expect(!"\(request)".contains("ey"))
    }
  }

  @Test func `a key that cannot sign is told as a misconfiguration, without the key`() async throws {
    let grant = try grant(.serviceAccount(SigningKey(privateKey: Secret("rubbish"), name: "key-1")))
    await #expect(
      throws: TokenError.misconfigured(error: "", description: "the saved private key cannot sign: unreadable")
    ) {
      try await grant.request(refreshToken: nil, now: noon)
    }
  }

  @Test func `certificate and key must belong together, and say which of them is wrong`() {
    #expect(throws: SigningKey.Failure.certificate(.unreadable)) {
      try SigningKey(certificate: Array("no".utf8), privateKey: TestKey.key)
    }
    #expect(throws: SigningKey.Failure.privateKey(.unreadable)) {
      try SigningKey(certificate: TestKey.certificate, privateKey: Secret("no"))
    }
  }

  @Test func `a token without a refresh token is renewed at four fifths of its life`() async throws {
    let server = try await FakeTokenServer(.token("one"), .token("two"))
    var grant = server.grant()
    grant.entitlement = .clientCredentials
    let source = TokenSource(grant, store: UnsavedTokenStore(grant))
    let first = try await source.accessToken(now: noon)
    #expect(try await source.accessToken(now: noon + 2879) == first)
    #expect(try await source.accessToken(now: noon + 2880).secret == Secret("two"))
    #expect(server.forms[0]["grant_type"] == "client_credentials")
  }
}

@Suite struct ServiceAccountFileTests {
  private func read(_ change: (inout [String: String]) -> Void = { _ in }) throws -> ServiceAccountFile {
    var fields = [
      "type": "service_account", "client_email": "mailer@project.example", "private_key": TestKey.key.reveal(),
      "private_key_id": "key-1", "client_id": "1234", "token_uri": "https://oauth2.example/token", "project_id": "p",
    ]
    change(&fields)
    return try ServiceAccountFile(
      try JSONEncoder().encode(fields), tokenURL: try #require(URL(string: "https://oauth2.example/token")))
  }

  @Test func `the file gives account, key and number`() throws {
    let file = try read()
    #expect(file.account == "mailer@project.example")
    #expect(file.key == SigningKey(privateKey: TestKey.key, name: "key-1"))
    #expect(file.clientID == "1234")
  }

  @Test(arguments: ["client_email", "private_key", "private_key_id", "token_uri"])
  func `what is missing is named`(field: String) {
    #expect(throws: ServiceAccountFile.Failure.missing(field: field)) { try read { $0[field] = nil } }
    #expect(throws: ServiceAccountFile.Failure.missing(field: field)) { try read { $0[field] = "" } }
  }

  @Test func `another kind of file, another service and a bad key are told apart`() throws {
    #expect(throws: ServiceAccountFile.Failure.otherKind(type: "authorized_user")) {
      try read { $0["type"] = "authorized_user" }
    }
    #expect(throws: ServiceAccountFile.Failure.otherTokenURL("https://evil.example/token")) {
      try read { $0["token_uri"] = "https://evil.example/token" }
    }
    #expect(throws: ServiceAccountFile.Failure.privateKey(.unreadable)) { try read { $0["private_key"] = "no" } }
    let url = try #require(URL(string: "https://oauth2.example/token"))
    #expect(throws: ServiceAccountFile.Failure.unreadable) { try ServiceAccountFile(Data("[]".utf8), tokenURL: url) }
    // Google's file of an OAuth client.
    #expect(throws: ServiceAccountFile.Failure.otherKind(type: "")) {
      try ServiceAccountFile(Data("{\"installed\":{}}".utf8), tokenURL: url)
    }
  }
}
