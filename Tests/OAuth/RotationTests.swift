// A rotated refresh token is on disk before anybody holds the access token, whoever rotates and whatever breaks.

import Foundation
import Mailboxes
import SMTP
import StorageSQLite
import Support
import Synchronization
import Testing

@testable import OAuth

@Suite struct RotationTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func store() throws -> MailboxStore {
    try SQLiteStorage.openMailboxes(in: directory.path, entities: [Entity(key: "acme", name: "Acme")], credentials: nil)
  }

  private func connect(_ grant: OAuthGrant, in store: MailboxStore) async throws -> Mailbox {
    try await store.connect(
      Mailbox(
        entity: "acme", address: Address(localPart: "office", domain: "acme.example"),
        server: Server(host: "smtp.acme.example", port: 465, security: .tls), signIn: .oauth(grant), connectedAt: noon))
  }

  @Test func `the rotated token is on disk when the access token is handed out, and is used next`() async throws {
    let server = try await FakeTokenServer(.token("one", refresh: "refresh-2"), .token("two", refresh: "refresh-3"))
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    _ = try await TokenSource(server.grant(), of: mailbox, in: store).accessToken(now: noon)
    let restarted = try self.store()
    #expect(try await restarted.refreshToken(of: "acme", generation: mailbox.generation) == Secret("refresh-2"))
    _ = try await TokenSource(server.grant(), of: mailbox, in: restarted).accessToken(now: noon)
    #expect(server.forms.map { $0["refresh_token"] } == ["refresh-1", "refresh-2"])
  }

  @Test func `a server that does not rotate leaves the refresh token as it is`() async throws {
    let server = try await FakeTokenServer(.token("one"), .token("two", refresh: ""))
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    let source = TokenSource(server.grant(), of: mailbox, in: store)
    for hour in [0.0, 3600] { _ = try await source.accessToken(now: noon + hour) }
    #expect(try await store.refreshToken(of: "acme", generation: mailbox.generation) == Secret("refresh-1"))
  }

  @Test func `two processes refreshing at once take turns, each with the newest token`() async throws {
    var slow = FakeTokenServer.Answer.token("one", refresh: "refresh-2")
    slow.delay = .milliseconds(200)
    let server = try await FakeTokenServer(slow, .token("two", refresh: "refresh-3"))
    let (relay, commandLine) = (try store(), try store())
    let mailbox = try await connect(server.grant(), in: relay)
    let sources = [relay, commandLine].map { TokenSource(server.grant(), of: mailbox, in: $0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for source in sources { group.addTask { _ = try await source.accessToken(now: noon) } }
      try await group.waitForAll()
    }
    #expect(server.forms.map { $0["refresh_token"] } == ["refresh-1", "refresh-2"])
  }

  @Test func `a grant tested before it is saved is saved as the test left it`() async throws {
    let server = try await FakeTokenServer(.token("one", refresh: "refresh-2"))
    let unsaved = UnsavedTokenStore(server.grant())
    _ = try await TokenSource(server.grant(), store: unsaved).accessToken(now: noon)
    #expect(await unsaved.grant == server.grant(refreshToken: "refresh-2"))
  }

  @Test func `a disconnected mailbox gets no token`() async throws {
    let server = try await FakeTokenServer(.token("one"))
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    _ = try await store.disconnect("acme")
    await #expect(throws: TokenError.disconnected) {
      try await TokenSource(server.grant(), of: mailbox, in: store).accessToken(now: noon)
    }
    #expect(server.requests == 0)
  }

  @Test func `while the disk refuses the rotated token nobody gets the access token, and it is not lost`() async throws
  {
    let server = try await FakeTokenServer(.token("one", refresh: "refresh-2"), .error("invalid_grant"))
    let tokens = StubbornTokenStore(refusals: 2)
    let source = TokenSource(server.grant(), store: tokens)
    for minute in [0.0, 1] {
      await #expect(throws: TokenError.unavailable(retryAfter: .seconds(minute == 0 ? 10 : 20), words: "disk full")) {
        try await source.accessToken(now: noon + minute * 60)
      }
    }
    #expect(try await source.accessToken(now: noon + 120).secret == Secret("one"))
    #expect(tokens.recorded == [Secret("refresh-2")])
    #expect(server.requests == 1)
  }

  @Test func `the token is kept before it is handed out, not beside it`() async throws {
    let server = try await FakeTokenServer(.token("one", refresh: "refresh-2"))
    let tokens = StubbornTokenStore(delay: .milliseconds(200))
    let source = TokenSource(server.grant(), store: tokens)
    _ = try await source.accessToken(now: noon)
    #expect(tokens.recorded == [Secret("refresh-2")])
  }
}

/// A store whose disk refuses, or takes its time.
private final class StubbornTokenStore: TokenStore {
  private struct DiskFull: Error, CustomStringConvertible {
    let description = "disk full"
  }

  private let state: Mutex<(refusals: Int, recorded: [Secret])>
  private let delay: Duration

  init(refusals: Int = 0, delay: Duration = .zero) {
    state = Mutex((refusals, []))
    self.delay = delay
  }

  var recorded: [Secret] { state.withLock { $0.recorded } }

  func exclusively<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result { try await body() }

  func refreshToken() async throws -> Secret? { Secret("refresh-1") }

  func record(_ use: SignInUse) async throws {
    try await Task.sleep(for: delay)
    try state.withLock { state in
      state.refusals -= 1
      guard state.refusals < 0 else { throw DiskFull() }
      if let token = use.refreshToken { state.recorded.append(token) }
    }
  }

  func lastUse() async throws -> Date { noon }
}
