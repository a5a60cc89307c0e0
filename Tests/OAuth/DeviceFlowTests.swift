// Typing a code on another device, in a time that passes only when a test says so.

import Foundation
import Mailboxes
import Synchronization
import Platform
import Testing

@testable import OAuth

/// Time in which every wait is over at once, and is remembered.
final class PassingTime: TimeSource {
  private let state = Mutex((now: noon, waits: [Int]()))

  var now: Date { state.withLock { $0.now } }
  var waits: [Int] { state.withLock { $0.waits } }

  func sleep(until time: Date) async {
    state.withLock { state in
      state.waits.append(Int(time.timeIntervalSince(state.now).rounded()))
      state.now = time
    }
  }
}

@Suite struct DeviceFlowTests {
  private let time = PassingTime()

  private static let codes = FakeTokenServer.Answer(
    body: """
      {"device_code":"d-secret","user_code":"ABCD-EFGH","verification_uri":"https://login.example/device",\
      "verification_uri_complete":"https://login.example/device?c=ABCD-EFGH","expires_in":60}
      """)
  private static let tokens = FakeTokenServer.Answer(
    body: "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"scope\":\"mail\"}")

  private func flow(at server: FakeTokenServer) throws -> DeviceFlow {
    try DeviceFlow(
      at: .test(server.url, scopes: ["mail", "offline_access"]), by: OAuthClient(id: "app", tokenURL: server.url),
      endpoint: .unproxied(), time: time)
  }

  private func signIn(_ answers: FakeTokenServer.Answer...) async throws -> PersonSignIn {
    let server = try await FakeTokenServer([Self.codes] + answers)
    let flow = try flow(at: server)
    return try await flow.signIn(with: try await flow.start())
  }

  @Test func `the person is shown code and address, and asking starts after five seconds`() async throws {
    let server = try await FakeTokenServer(Self.codes, .error("authorization_pending"), Self.tokens)
    let flow = try flow(at: server)
    let authorization = try await flow.start()
    #expect(authorization.userCode == "ABCD-EFGH")
    #expect(authorization.verificationURI == "https://login.example/device")
    #expect(authorization.verificationURIComplete == "https://login.example/device?c=ABCD-EFGH")
    #expect(authorization.expiresAt == noon + 60)
    #expect(!"\(authorization)".contains("d-secret"))
    #expect(try await flow.signIn(with: authorization).refreshToken == Secret("r"))
    #expect(time.waits == [5, 5])
    #expect(server.forms[0] == ["client_id": "app", "scope": "mail offline_access"])
    #expect(
      server.forms[1] == [
        "client_id": "app", "device_code": "d-secret", "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
      ])
  }

  @Test func `slow_down adds five seconds for the rest`() async throws {
    _ = try await signIn(.error("slow_down"), .error("authorization_pending"), .error("slow_down", 429), Self.tokens)
    #expect(time.waits == [5, 10, 10, 15])
  }

  @Test func `trouble on the way is sat out, more slowly each time`() async throws {
    _ = try await signIn(.page(503), .error("server_error", 500), Self.tokens)
    #expect(time.waits == [5, 10, 20])
  }

  @Test(
    arguments: [
      (.error("access_denied"), .refused(error: "access_denied", description: "")),
      (.error("authorization_declined"), .refused(error: "authorization_declined", description: "")),  // Microsoft
      (.error("expired_token"), .timedOut),
      (.error("code_expired"), .timedOut),
      (.error("invalid_client", 401), .token(.misconfigured(error: "invalid_client", description: ""))),
      (.error("authorization_pending"), .timedOut),
      (.page(503), .timedOut),
    ] as [(FakeTokenServer.Answer, SignInError)])
  func `each end has its own fault`(answer: FakeTokenServer.Answer, fault: SignInError) async throws {
    await #expect(throws: fault) { try await signIn(answer) }
    #expect(time.now <= noon + 120)
  }

  @Test(
    arguments: [
      (.error("invalid_scope"), .misconfigured(error: "invalid_scope", description: "")),  // Google, for mail
      (.init(body: "{}"), .unavailable(retryAfter: nil, words: "an answer without a device code")),
      (
        .init(body: "{\"device_code\":\"d\",\"user_code\":7}"),
        .unavailable(retryAfter: nil, words: "an answer without a device code")
      ),
      (
        .init(body: "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"file:///etc/passwd\"}"),
        .unavailable(retryAfter: nil, words: "an answer without a device code")
      ),
      (.page(200), .unavailable(retryAfter: nil, words: "an answer without a device code")),
    ] as [(FakeTokenServer.Answer, TokenError)])
  func `a start that fails is told`(answer: FakeTokenServer.Answer, fault: TokenError) async throws {
    let server = try await FakeTokenServer(answer)
    let flow = try flow(at: server)
    await #expect(throws: SignInError.token(fault)) { try await flow.start() }
    #expect(server.requests == 1)
  }

  @Test func `a caller who leaves is not waited for`() async throws {
    let server = try await FakeTokenServer(Self.codes)
    let flow = try DeviceFlow(
      at: .test(server.url), by: OAuthClient(id: "app", tokenURL: server.url), endpoint: .unproxied())
    let authorization = try await flow.start()
    let signingIn = Task { try await flow.signIn(with: authorization) }
    signingIn.cancel()
    await #expect(throws: SignInError.cancelled) { try await signingIn.value }
  }

  @Test func `a provider without a device endpoint does not offer this`() throws {
    let url = try #require(URL(string: "https://login.example/token"))
    var service = OAuthService.test(url)
    service.deviceURL = nil
    #expect(throws: SignInError.notOffered) {
      try DeviceFlow(at: service, by: OAuthClient(id: "app", tokenURL: url), endpoint: .unproxied())
    }
  }
}
