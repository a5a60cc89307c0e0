// An identity server whose certificate is of the company's own authority, as `connect --ca-file` names it.

import Foundation
import HTTP
import Mailboxes
import SMTP
import Sockets
import StorageSQLite
import Support
import Testing

@testable import OAuth

private func script(answering body: String) -> String {
  """
  (starts TLS)
  C: POST /token HTTP/1.1
  C: Host: localhost*
  C: User-Agent: *
  C: Content-Type: application/x-www-form-urlencoded
  C: Accept: application/json
  C: Content-Length: *
  C:
  S: HTTP/1.1 200 OK
  S: Content-Length: \(body.utf8.count)
  S:
  S> "\(body.replacing("\"", with: "\\\""))"
  """
}

private let tokens = script(answering: "{\"access_token\":\"one\",\"refresh_token\":\"refresh-2\"}")

@Suite struct PrivateAuthorityTests {
  private let directory: TemporaryDirectory
  private let authority: String

  init() throws {
    directory = try TemporaryDirectory()
    authority = try String(contentsOfFile: TestCertificate.authorityFile, encoding: .utf8)
  }

  private func url(of server: ScriptedPeer) throws -> URL {
    try #require(URL(string: "https://localhost:\(server.endpoint.port)/token"))
  }

  private func grant(at server: ScriptedPeer) throws -> OAuthGrant {
    OAuthGrant(
      username: "office@acme.example", mechanism: .xoauth2, tokenURL: try url(of: server), clientID: "letterhead",
      refreshToken: Secret("refresh-1"))
  }

  private func endpoint(trusting authority: String?) -> TokenEndpoint {
    TokenEndpoint(over: HTTPClient(), trusting: authority)
  }

  @Test(arguments: [nil, RefreshHelper(HelperTests.probe)])
  func `a refresh trusts the mailbox's own authority, in this process and in the helper`(helper: RefreshHelper?)
    async throws
  {
    let server = try ScriptedPeer(tokens)
    let grant = try grant(at: server)
    let store = try SQLiteStorage.openMailboxes(in: directory.path, entities: [Entity(key: "acme", name: "Acme")])
    let mailbox = try await store.connect(
      Mailbox(
        entity: "acme", address: Address(localPart: "office", domain: "acme.example"),
        server: Server(host: "smtp.acme.example", port: 465, security: .tls), signIn: .oauth(grant),
        authoritiesPEM: authority, connectedAt: noon))
    let source = TokenSource(grant, of: mailbox, in: store, helper: helper)
    #expect(try await source.accessToken(now: noon).secret == Secret("one"))
    #expect(try await store.refreshToken(of: "acme", generation: mailbox.generation) == Secret("refresh-2"))
  }

  @Test func `without the authority no secret is sent, and the words name the certificate`() async throws {
    let server = try ScriptedPeer("(starts TLS)", tokens)
    let grant = try grant(at: server)
    let store = UnsavedTokenStore(grant)
    do throws(TokenError) {
      _ = try await TokenSource(grant, store: store, endpoint: endpoint(trusting: nil)).accessToken(now: noon)
      Issue.record("a token")
    } catch {
      guard case .unavailable(_, _, let words) = error else { throw error }
      #expect(words.contains("certificate"))
    }
    let source = TokenSource(grant, store: store, endpoint: endpoint(trusting: authority))
    #expect(try await source.accessToken(now: noon).secret == Secret("one"))
  }

  @Test func `a browser's code is exchanged there`() async throws {
    let server = try ScriptedPeer(tokens)
    let url = try url(of: server)
    let request = try AuthorizationRequest(
      to: .test(url), by: OAuthClient(id: "letterhead", tokenURL: url), redirectURI: "http://127.0.0.1:1")
    let person = try await request.signIn(with: Secret("code-1"), at: endpoint(trusting: authority), now: noon)
    #expect(person.refreshToken == Secret("refresh-2"))
  }

  @Test func `a device's code is asked for and exchanged there`() async throws {
    let codes = "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"https://login.example/\"}"
    let server = try ScriptedPeer(script(answering: codes), tokens)
    var service = OAuthService.test(try url(of: server))
    service.deviceURL = try url(of: server).absoluteString
    let flow = try DeviceFlow(
      at: service, by: OAuthClient(id: "letterhead", tokenURL: try url(of: server)),
      endpoint: endpoint(trusting: authority), time: PassingTime())
    #expect(try await flow.signIn(with: try await flow.start()).refreshToken == Secret("refresh-2"))
  }
}
