// The process that asks for the relay: what it hands back, and what stays when the asker is killed.

import Foundation
import Mailboxes
import SMTP
import StorageSQLite
import Support
import Synchronization
import Testing

@testable import OAuth

@Suite(.serialized) struct HelperTests {
  private let directory: TemporaryDirectory
  /// Beside this test binary.
  static let probe = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "refresh-probe").path

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

  private func source(_ grant: OAuthGrant, _ mailbox: Mailbox, _ store: MailboxStore) -> TokenSource {
    TokenSource(grant, of: mailbox, in: store, helper: RefreshHelper(Self.probe))
  }

  @Test func `the helper hands back the access token, and the rotated one is on disk`() async throws {
    let server = try await FakeTokenServer(.token("one", refresh: "refresh-2"))
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    let token = try await source(server.grant(), mailbox, store).accessToken(now: Date())
    #expect(token.secret == Secret("one"))
    #expect(abs(token.expiresAt.timeIntervalSinceNow - 3600) < 30)
    #expect(try await store.refreshToken(of: "acme", generation: mailbox.generation) == Secret("refresh-2"))
    #expect(abs(try await store.lastUse(of: "acme", generation: mailbox.generation).timeIntervalSinceNow) < 30)
  }

  @Test(
    arguments: [
      (.error("invalid_grant", description: "revoked"), .refused(error: "invalid_grant", description: "revoked")),
      (.error("invalid_client", 401), .misconfigured(error: "invalid_client", description: "")),
      (.page(503), .unavailable(retryAfter: .seconds(10), words: "HTTP 503, a web page instead of a token")),
    ] as [(FakeTokenServer.Answer, TokenError)])
  func `the helper hands back what the server meant`(answer: FakeTokenServer.Answer, meaning: TokenError) async throws {
    let server = try await FakeTokenServer(answer)
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    await #expect(throws: meaning) { try await source(server.grant(), mailbox, store).accessToken(now: noon) }
    #expect(server.requests == 1)
  }

  @Test func `a mailbox that was connected anew meanwhile is not refreshed`() async throws {
    let server = try await FakeTokenServer(.token("one"))
    let store = try store()
    let old = try await connect(server.grant(), in: store)
    _ = try await connect(server.grant(), in: store)
    await #expect(throws: TokenError.disconnected) {
      try await source(server.grant(), old, store).accessToken(now: noon)
    }
    #expect(server.requests == 0)
  }

  @Test func `without a helper this process asks`() async throws {
    let server = try await FakeTokenServer(.token("one", refresh: "refresh-2"))
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    let source = TokenSource(server.grant(), of: mailbox, in: store, helper: RefreshHelper("/nowhere/letterhead"))
    #expect(try await source.accessToken(now: noon).secret == Secret("one"))
  }

  @Test(arguments: [("/bin/false", "ended with code 1"), ("/bin/true", "ended with code 0")])
  func `a helper that says nothing is an outage, never a refusal`(program: String, words: String) async throws {
    let server = try await FakeTokenServer(.token("one"))
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    let source = TokenSource(server.grant(), of: mailbox, in: store, helper: RefreshHelper(program))
    do throws(TokenError) {
      _ = try await source.accessToken(now: noon)
      Issue.record("a token, of all things")
    } catch {
      guard case .unavailable(.some, let said) = error else { throw error }
      #expect(said.contains(words))
    }
    #expect(server.requests == 0)
  }

  @Test func `a helper that floods is ended, and that is an outage`() async throws {
    let helper = RefreshHelper("/bin/sh", arguments: ["-c", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done"])
    await #expect(throws: RefreshHelper.Failure.silent("the helper that renews the sign-in was ended by signal 9")) {
      try await helper.run("state", "acme", 1)
    }
  }

  @Test func `what the helper could not save is saved by whoever started it`() async throws {
    let token = try JSONEncoder().encode(
      RefreshReport.unsaved(
        .init(FreshToken(token: AccessToken(secret: Secret("one"), expiresAt: noon + 3600), renewAt: noon + 3000)),
        refreshToken: "refresh-2", lapses: noon + 86_400, at: noon))
    let server = try await FakeTokenServer(.error("invalid_grant"))
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    let script = try directory.write(
      "#!/bin/sh\ncat <<'E'\n\(String(decoding: token, as: UTF8.self))\nE\n", to: "helper", mode: 0o700)
    let source = TokenSource(server.grant(), of: mailbox, in: store, helper: RefreshHelper(script))
    #expect(try await source.accessToken(now: noon).secret == Secret("one"))
    let saved = try #require(try await store.load().mailbox(of: "acme"))
    #expect(
      saved.signIn == .oauth(server.grant(refreshToken: "refresh-2").used(SignInUse(at: noon, lapses: noon + 86_400))))
    #expect(server.requests == 0)
  }

  // MARK: Killed

  /// Starts the asker, and kills it after `time`, or lets it end.
  private func ask(killedAfter time: Duration?) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: Self.probe)
    process.arguments = ["ask", directory.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let pid = process.processIdentifier
    let said = BlockingThread {
      // It says `asking` when everything is ready but the helper.
      var said = output.fileHandleForReading.availableData
      if let time {
        usleep(UInt32(time / .microseconds(1)))
        kill(pid, SIGKILL)
      }
      said += output.fileHandleForReading.readDataToEndOfFile()
      return String(decoding: said, as: UTF8.self)
    }
    let words = try await said.value
    process.waitUntilExit()
    return words
  }

  @Test func `a service manager that ends what the relay left does not end a refresh`() async throws {
    var slow = FakeTokenServer.Answer.token("one", refresh: "refresh-2")
    slow.delay = .milliseconds(400)
    let server = try await FakeTokenServer(slow)
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    let process = Process()
    process.executableURL = URL(filePath: Self.probe)
    process.arguments = ["refresh-token", directory.path, "acme", "\(mailbox.generation)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    try await until { server.requests == 1 }
    for number in [SIGTERM, SIGHUP, SIGINT] { kill(process.processIdentifier, number) }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(try await store.refreshToken(of: "acme", generation: mailbox.generation) == Secret("refresh-2"))
  }

  @Test func `ten refreshes with a kill between any two steps leave the sign-in alive`() async throws {
    let server = try await RotatingServer()
    let store = try store()
    let mailbox = try await connect(server.grant, in: store)
    // Before the helper has asked, while the server thinks, when it has rotated and not answered, while the helper saves.
    for milliseconds in [0, 20, 50, 80, 110, 140, 170, 200, 300, 500] {
      _ = try await ask(killedAfter: .milliseconds(milliseconds))
    }
    let last = try await ask(killedAfter: nil)
    #expect(last.contains("token access-"), "\(last)")
    #expect(!server.isRevoked)
    #expect(server.rotations >= 3, "the kills came before anything was asked: \(server.rotations)")
    let current = try await store.refreshToken(of: "acme", generation: mailbox.generation)
    #expect(current == Secret("refresh-\(server.rotations + 1)"))
  }
}

/// A token server that rotates, thinks a while before and after, and revokes everything when a token comes twice.
private final class RotatingServer: Sendable {
  private let server: FakeTokenServer
  private let state: State

  private final class State: Sendable {
    let seen = Mutex<(rotations: Int, isRevoked: Bool)>((0, false))

    func answer(_ body: String) -> FakeTokenServer.Answer {
      seen.withLock { seen in
        guard !seen.isRevoked, body.contains("refresh_token=refresh-\(seen.rotations + 1)&") else {
          seen.isRevoked = true
          return .error("invalid_grant", description: "used before")
        }
        seen.rotations += 1
        var answer = FakeTokenServer.Answer.token("access-\(seen.rotations)", refresh: "refresh-\(seen.rotations + 1)")
        answer.delay = .milliseconds(60)
        return answer
      }
    }
  }

  init() async throws {
    let state = State()
    self.state = state
    server = try await FakeTokenServer(answering: state.answer)
  }

  var grant: OAuthGrant { server.grant() }
  var rotations: Int { state.seen.withLock { $0.rotations } }
  var isRevoked: Bool { state.seen.withLock { $0.isRevoked } }
}
