// The process that asks for the relay: what it hands back, and what stays when the asker is killed.

import Foundation
import Mailboxes
import SMTP
import StorageSQLite
import Support
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
      (
        .page(503),
        .unavailable(status: 503, retryAfter: .seconds(10), words: "HTTP 503, a web page instead of a token")
      ),
    ] as [(FakeTokenServer.Answer, TokenError)])
  func `the helper hands back what the server meant`(answer: FakeTokenServer.Answer, meaning: TokenError) async throws {
    let server = try await FakeTokenServer(answer)
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    await #expect(throws: meaning) { try await source(server.grant(), mailbox, store).accessToken(now: noon) }
    #expect(server.requests == 1)
  }

  @Test func `the helper reads the client's assertion, and says what is wrong with it`() async throws {
    let server = try await FakeTokenServer(.token("one", refresh: "refresh-2"))
    let store = try store()
    let file = directory.path("assertion")
    var grant = server.grant()
    grant.proof = .assertionFile(file)
    let mailbox = try await connect(grant, in: store)
    await #expect(throws: TokenError.clientProof(.file(file, .missing))) {
      try await source(grant, mailbox, store).accessToken(now: Date())
    }
    try directory.write("federated", to: "assertion")
    #expect(try await source(grant, mailbox, store).accessToken(now: Date()).secret == Secret("one"))
    #expect(server.forms.map { $0["client_assertion"] } == ["federated"])
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
      guard case .unavailable(_, .some, let said) = error else { throw error }
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

  /// Starts the asker, which says `asking` when everything is ready but the helper; kills it once `moment` has come.
  private func ask(killedAt moment: () async throws -> Bool) async throws {
    let (process, output) = try start("ask", directory.path)
    let pid = process.processIdentifier
    #expect(try await BlockingThread { output.fileHandleForReading.availableData }.value == Data("asking\n".utf8))
    try await until(moment)
    kill(pid, SIGKILL)
    process.waitUntilExit()
  }

  private func start(_ words: String...) throws -> (Process, Pipe) {
    let process = Process()
    process.executableURL = URL(filePath: Self.probe)
    process.arguments = words
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    return (process, output)
  }

  @Test func `a service manager that ends what the relay left does not end a refresh`() async throws {
    var held = FakeTokenServer.Answer.token("one", refresh: "refresh-2")
    held.gate = Gate()
    let server = try await FakeTokenServer(held)
    let store = try store()
    let mailbox = try await connect(server.grant(), in: store)
    let (process, _) = try start("refresh-token", directory.path, "acme", "\(mailbox.generation)")
    try await until { server.requests == 1 }
    for number in [SIGTERM, SIGHUP, SIGINT] { kill(process.processIdentifier, number) }
    held.gate.open()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(try await store.refreshToken(of: "acme", generation: mailbox.generation) == Secret("refresh-2"))
  }

  @Test func `ten refreshes with a kill between any two steps leave the sign-in alive`() async throws {
    let server = try await RotatingServer()
    let store = try store()
    let mailbox = try await connect(server.grant, in: store)
    func saved() async throws -> Secret? { try await store.refreshToken(of: "acme", generation: mailbox.generation) }
    for _ in 1...2 {
      // While the server has not rotated yet, has not answered yet, has just answered, and when the new token is saved.
      for gate in [server.rotating, server.answering] {
        let before = server.passed
        gate.close()
        try await ask { server.passed == before + (gate === server.rotating ? 1 : 2) }
        gate.open()
        // The count first: before the server has rotated, the saved token is still the newest.
        try await until {
          guard server.passed == before + 3 else { return false }
          return try await saved() == server.newest
        }
      }
      var before = server.passed
      try await ask { server.passed == before + 3 }
      try await until { try await saved() == server.newest }
      before = server.passed
      try await ask { try await saved() == server.newest && server.passed == before + 3 }
    }
    #expect(server.rotations == 8)
    // Before the helper has asked: it may still do so, or was never started.
    for _ in 1...2 { try await ask { true } }
    let (last, output) = try start("ask", directory.path)
    let said = try await BlockingThread { output.fileHandleForReading.readDataToEndOfFile() }.value
    last.waitUntilExit()
    #expect(String(decoding: said, as: UTF8.self).contains("token access-"))
    #expect(!server.isRevoked)
    #expect(try await saved() == server.newest)
  }
}
