// When a token is asked for, when not, and what is on disk by then.

import Foundation
import Mailboxes
import SMTP
import Support
import Synchronization
import Testing

@testable import OAuth

@Suite struct TokenSourceTests {
  @Test func `the request is a form, and every value survives it`() async throws {
    let server = try await FakeTokenServer(.token("t"))
    let secret = "a&b=c+d%e f/ü\"';"
    let grant = server.grant(refreshToken: "1//x+y&z", clientSecret: secret, scope: "mail offline_access")
    _ = try await TokenSource(grant, store: UnsavedTokenStore(grant)).accessToken(now: noon)
    #expect(
      server.forms == [
        [
          "grant_type": "refresh_token", "refresh_token": "1//x+y&z", "client_id": "letterhead",
          "client_secret": secret, "scope": "mail offline_access",
        ]
      ])
  }

  @Test func `a token is kept until ten minutes before its end`() async throws {
    let server = try await FakeTokenServer(.token("one", expiresIn: "\"3600\""), .token("two"))
    let source = server.source()
    let first = try await source.accessToken(now: noon)
    #expect(first == AccessToken(secret: Secret("one"), expiresAt: noon + 3600))
    #expect(try await source.accessToken(now: noon + 2999) == first)
    #expect(server.requests == 1)
    #expect(try await source.accessToken(now: noon + 3000).secret == Secret("two"))
  }

  @Test func `a token of five minutes is kept for four`() async throws {
    let server = try await FakeTokenServer(.token("short", expiresIn: "300"))
    let source = server.source()
    for second in [0.0, 100, 239] { _ = try await source.accessToken(now: noon + second) }
    #expect(server.requests == 1)
    _ = try await source.accessToken(now: noon + 240)
    #expect(server.requests == 2)
  }

  @Test func `fifty callers at once make one request`() async throws {
    var answer = FakeTokenServer.Answer.token("shared")
    answer.gate = Gate()
    let server = try await FakeTokenServer(answer)
    let source = server.source()
    let tokens = try await withThrowingTaskGroup(of: AccessToken.self) { group in
      for _ in 0..<50 { group.addTask { try await source.accessToken(now: noon) } }
      try await until { await source.waitingCallers == 50 }
      answer.gate.open()
      return try await group.reduce(into: []) { $0.append($1.secret) }
    }
    #expect(tokens == Array(repeating: Secret("shared"), count: 50))
    #expect(server.requests == 1)
  }

  @Test func `a caller who goes away does not take the refresh with him`() async throws {
    var answer = FakeTokenServer.Answer.token("late", refresh: "refresh-2")
    answer.gate = Gate()
    let server = try await FakeTokenServer(answer)
    let grant = server.grant()
    let tokens = UnsavedTokenStore(grant)
    let source = TokenSource(grant, store: tokens)
    let caller = Task { try await source.accessToken(now: noon) }
    try await until { server.requests == 1 }
    caller.cancel()
    await #expect(throws: TokenError.cancelled) { try await caller.value }
    answer.gate.open()
    #expect(try await source.accessToken(now: noon).secret == Secret("late"))
    #expect(await tokens.grant.refreshToken == Secret("refresh-2"))
    #expect(server.requests == 1)
  }

  @Test func `a token the mail server refused is replaced once, and an older refusal changes nothing`() async throws {
    let server = try await FakeTokenServer(.token("one"), .token("two"))
    let source = server.source()
    let first = try await source.accessToken(now: noon)
    await source.reject(first)
    #expect(try await source.accessToken(now: noon).secret == Secret("two"))
    await source.reject(first)
    #expect(try await source.accessToken(now: noon).secret == Secret("two"))
    #expect(server.requests == 2)
  }

  // MARK: When it fails

  @Test func `a refused grant is not asked about again for thirty seconds`() async throws {
    let server = try await FakeTokenServer(.error("invalid_grant", description: "revoked"), .token("back"))
    let source = server.source()
    let refusal = TokenError.refused(error: "invalid_grant", description: "revoked")
    for second in [0.0, 15, 29] {
      await #expect(throws: refusal) { try await source.accessToken(now: noon + second) }
    }
    #expect(server.requests == 1)
    #expect(try await source.accessToken(now: noon + 30).secret == Secret("back"))
  }

  @Test func `during an outage a token that is still good stays in use, and a refused grant ends it`() async throws {
    let server = try await FakeTokenServer(.token("one"), .error("x", 503), .error("invalid_grant"))
    let source = server.source()
    let first = try await source.accessToken(now: noon)
    #expect(try await source.accessToken(now: noon + 3001) == first)
    #expect(try await source.accessToken(now: noon + 3002) == first)
    #expect(server.requests == 2)
    await #expect(throws: TokenError.refused(error: "invalid_grant", description: "")) {
      try await source.accessToken(now: noon + 3100)
    }
  }

  @Test func `a token past its end is no help in an outage, nor is one the mail server refused`() async throws {
    let server = try await FakeTokenServer(.token("one"), .error("x", 503))
    let source = server.source()
    let first = try await source.accessToken(now: noon)
    await #expect(throws: TokenError.self) { try await source.accessToken(now: noon + 3600) }
    await source.reject(first)
    await #expect(throws: TokenError.self) { try await source.accessToken(now: noon + 3000) }
  }

  @Test func `outages are met with growing pauses, and the caller is told how long`() async throws {
    let server = try await FakeTokenServer(.page(503))
    let source = server.source()
    var now = noon
    var pauses: [Int] = []
    for round in 1...7 {
      for _ in 1...2 {
        do throws(TokenError) {
          _ = try await source.accessToken(now: now)
        } catch {
          guard case .unavailable(_, let pause?, _) = error else { throw error }
          if pauses.count < round { pauses.append(Int(pause / .seconds(1))) }
        }
      }
      #expect(server.requests == round)
      now += Double(pauses[round - 1])
    }
    #expect(pauses == [10, 20, 40, 80, 160, 300, 300])
  }

  @Test func `the server's Retry-After is kept, also when the clock was set back`() async throws {
    var busy = FakeTokenServer.Answer.error("rate_limit_exceeded", 429)
    busy.headers["Retry-After"] = "90"
    let server = try await FakeTokenServer(busy, .token("back"))
    let source = server.source()
    await #expect(throws: TokenError.unavailable(status: 429, retryAfter: .seconds(90), words: "rate_limit_exceeded: "))
    {
      try await source.accessToken(now: noon)
    }
    await #expect(throws: TokenError.unavailable(status: 429, retryAfter: .seconds(30), words: "rate_limit_exceeded: "))
    {
      try await source.accessToken(now: noon + 60)
    }
    #expect(try await source.accessToken(now: noon - 86_400).secret == Secret("back"))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["Basic realm=\"token\"", "Bearer", "Negotiate", "NTLM", "Digest realm=x, nonce=y"])
  func `a refused client may be told with 401 and WWW-Authenticate, which is answered at once`(scheme: String)
    async throws
  {
    var refusal = FakeTokenServer.Answer.error("invalid_client", 401, description: "No such client")
    refusal.headers["WWW-Authenticate"] = scheme
    let server = try await FakeTokenServer(refusal)
    await #expect(throws: TokenError.misconfigured(error: "invalid_client", description: "No such client")) {
      try await server.source(timeLimit: .seconds(50)).accessToken(now: noon)
    }
    #expect(server.requests == 1)
  }

  @Test func `a redirect is not followed`() async throws {
    let target = try await FakeTokenServer(.token("stolen"))
    let server = try await FakeTokenServer(
      .init(status: 307, headers: ["Location": target.url.absoluteString], body: ""))
    let words = try await unavailability(at: server)
    #expect(words == "HTTP 307, a redirect to 127.0.0.1, which is not followed")
    #expect(target.requests == 0)
  }

  @Test func `a web page, a flood and a silence are outages`() async throws {
    let flood = String(repeating: " ", count: 1 << 20) + "{}"
    let words = [
      try await unavailability(at: FakeTokenServer(.page(200))),
      try await unavailability(at: FakeTokenServer(.init(body: flood))),
    ]
    #expect(words == ["HTTP 200, a web page instead of a token", "an answer of more than 1048576 octets"])
    let silence = FakeTokenServer.Answer(body: "{}", gate: Gate())
    let afterwards = try await unavailability(at: FakeTokenServer(silence), timeLimit: .seconds(1))
    #expect(afterwards == "no answer within 1 seconds")
  }

  @Test func `a host that is not there is an outage`() async throws {
    let url = try #require(URL(string: "http://127.0.0.1:\(Ports.unused())/token"))
    let server = try await FakeTokenServer(.token("t"))
    var grant = server.grant()
    grant.tokenURL = url
    #expect(try await !unavailability(of: TokenSource(grant, store: UnsavedTokenStore(grant))).isEmpty)
    #expect(server.requests == 0)
  }

  @Test func `a secret is never sent in clear to another machine`() async throws {
    var grant = try await FakeTokenServer(.token("t")).grant()
    grant.tokenURL = try #require(URL(string: "http://login.example/token"))
    let source = TokenSource(grant, store: UnsavedTokenStore(grant))
    await #expect(throws: TokenError.misconfigured(error: "", description: "the token URL must begin with https://")) {
      try await source.accessToken(now: noon)
    }
  }

  private func unavailability(
    at server: FakeTokenServer, timeLimit: Duration = .seconds(5)
  ) async throws -> String {
    let words = try await unavailability(of: server.source(timeLimit: timeLimit))
    // Also keeps the server there until it has been asked.
    #expect(server.requests == 1)
    return words
  }

  private func unavailability(of source: TokenSource) async throws -> String {
    do throws(TokenError) {
      _ = try await source.accessToken(now: noon)
    } catch {
      if case .unavailable(_, _, let words) = error { return words }
      throw error
    }
    Issue.record("a token, of all things")
    return ""
  }
}
