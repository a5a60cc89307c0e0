// A token server that rotates, can be held at each step, and revokes everything when a token comes twice.

import Mailboxes
import Synchronization

@testable import OAuth

final class RotatingServer: Sendable {
  private struct State {
    var rotations = 0
    var isRevoked = false
    var passed = 0
  }

  /// Shared with the server below, which calls back.
  private final class Steps: Sendable {
    let rotating = Gate(isClosed: false)
    let answering = Gate(isClosed: false)
    let state = Mutex(State())

    func answer(_ body: String) async throws -> FakeTokenServer.Answer {
      state.withLock { $0.passed += 1 }
      try await rotating.pass()
      let answer = state.withLock { state in
        guard !state.isRevoked, body.contains("refresh_token=refresh-\(state.rotations + 1)&") else {
          state.isRevoked = true
          return FakeTokenServer.Answer.error("invalid_grant", description: "used before")
        }
        state.rotations += 1
        state.passed += 1
        return .token("access-\(state.rotations)", refresh: "refresh-\(state.rotations + 1)")
      }
      try await answering.pass()
      state.withLock { $0.passed += 1 }
      return answer
    }
  }

  private let server: FakeTokenServer
  private let steps = Steps()

  init() async throws { server = try await FakeTokenServer(answering: steps.answer) }

  /// Closed, a request has come and nothing has been rotated.
  var rotating: Gate { steps.rotating }
  /// Closed, the token was rotated and the answer has not been sent.
  var answering: Gate { steps.answering }

  var grant: OAuthGrant { server.grant() }
  var rotations: Int { steps.state.withLock { $0.rotations } }
  var isRevoked: Bool { steps.state.withLock { $0.isRevoked } }
  /// The only refresh token that is good.
  var newest: Secret { Secret("refresh-\(rotations + 1)") }
  /// Three for each request: it came, was rotated, was answered.
  var passed: Int { steps.state.withLock { $0.passed } }
}
