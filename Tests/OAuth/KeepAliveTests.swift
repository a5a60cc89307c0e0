// A sign-in is used at least weekly, and no more often for it.

import Foundation
import Mailboxes
import SMTP
import StorageSQLite
import Support
import Testing

@testable import OAuth

@Suite struct KeepAliveTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func connect(_ grant: OAuthGrant) async throws -> (MailboxStore, Mailbox) {
    let store = try SQLiteStorage.openMailboxes(
      in: directory.path, entities: [Entity(key: "acme", name: "Acme")], credentials: nil)
    let mailbox = try await store.connect(
      Mailbox(
        entity: "acme", address: Address(localPart: "office", domain: "acme.example"),
        server: Server(host: "smtp.acme.example", port: 465, security: .tls), signIn: .oauth(grant), connectedAt: noon))
    return (store, mailbox)
  }

  private let day: TimeInterval = 86_400

  @Test(arguments: [false, true])
  func `a sign-in unused for six days is used once, whether the server rotates or not`(rotates: Bool) async throws {
    let server = try await FakeTokenServer(.token("one", refresh: rotates ? "refresh-2" : nil))
    let (store, mailbox) = try await connect(server.grant())
    let source = TokenSource(server.grant(), of: mailbox, in: store)
    try await source.keepAlive(now: noon + 5.9 * day)
    #expect(server.requests == 0)
    for hour in 0..<24 { try await source.keepAlive(now: noon + 6 * day + Double(hour) * 3600) }
    #expect(server.requests == 1)
    #expect(try await store.lastUse(of: "acme", generation: mailbox.generation) == noon + 6 * day)
    try await source.keepAlive(now: noon + 12 * day)
    #expect(server.requests == 2)
  }

  @Test func `what another process used counts`() async throws {
    let server = try await FakeTokenServer(.token("one"))
    let (store, mailbox) = try await connect(server.grant())
    _ = try await TokenSource(server.grant(), of: mailbox, in: store).accessToken(now: noon + 4 * day)
    try await TokenSource(server.grant(), of: mailbox, in: store).keepAlive(now: noon + 7 * day)
    #expect(server.requests == 1)
  }

  @Test func `a sign-in that lapsed all the same is told at once, and asked about once in thirty seconds`() async throws
  {
    let server = try await FakeTokenServer(.error("invalid_grant"))
    let (store, mailbox) = try await connect(server.grant())
    let source = TokenSource(server.grant(), of: mailbox, in: store)
    await #expect(throws: TokenError.refused(error: "invalid_grant", description: "")) {
      try await source.keepAlive(now: noon + 7 * day)
    }
    try await source.keepAlive(now: noon + 7 * day + 29)
    #expect(server.requests == 1)
  }

  @Test func `an app's own sign-in does not lapse`() async throws {
    let server = try await FakeTokenServer(.token("one"))
    var grant = server.grant()
    grant.entitlement = .clientCredentials
    let (store, mailbox) = try await connect(grant)
    let source = TokenSource(grant, of: mailbox, in: store)
    try await source.keepAlive(now: noon + 30 * day)
    #expect(server.requests == 0)
    #expect(try await source.accessToken(now: noon).secret == Secret("one"))
    #expect(try await store.refreshToken(of: "acme", generation: mailbox.generation) == nil)
  }

  @Test func `an end that the provider names anew is kept`() async throws {
    let server = try await FakeTokenServer(
      .init(body: "{\"access_token\":\"a\",\"refresh_token_expires_in\":86400}"))
    let (store, mailbox) = try await connect(server.grant())
    _ = try await TokenSource(server.grant(), of: mailbox, in: store).accessToken(now: noon)
    let saved = try #require(try await store.load().mailbox(of: "acme"))
    guard case .oauth(let grant) = saved.signIn else { throw CancellationError() }
    #expect(grant.entitlement == .refreshToken(Secret("refresh-1"), lapses: noon + day))
  }
}
