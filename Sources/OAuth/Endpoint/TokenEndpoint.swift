// Asks a token endpoint, for any grant: the refresh token's here, a code's or a device's in the sign-in flows.

package import FoundationEssentials
package import HTTP
package import Mailboxes

/// A successful answer (RFC 6749 §5.1).
package struct TokenAnswer: Sendable, Equatable {
  package var accessToken: Secret
  /// An hour where the server did not say.
  package var lifetime: Duration
  /// Where the server rotates it, or gives it for the first time.
  package var refreshToken: Secret?
  /// When the refresh token ends whatever we do, where the server said so.
  package var refreshTokenLapses: Date?
  package var scope: String?
  package var idToken: Secret?
}

package struct TokenEndpoint: Sendable {
  /// For one request, all in all.
  package static let timeLimit = Duration.seconds(30)
  private static let longestAnswer = 1 << 20

  private let client: HTTPClient
  private let authoritiesPEM: String?
  private let timeLimit: Duration

  /// - Parameter authoritiesPEM: trusted besides the system's; those of the mailbox that is signed in to.
  package init(over client: HTTPClient, trusting authoritiesPEM: String?, within timeLimit: Duration = Self.timeLimit) {
    self.client = client
    self.authoritiesPEM = authoritiesPEM
    self.timeLimit = timeLimit
  }

  /// Secrets go over https; plain http only to this very machine, for tests and sidecars.
  package static func allows(_ url: URL) -> Bool { HTTPAddress.allows(url) }

  /// - Throws: never `.disconnected`; `.cancelled` when the caller was.
  package func ask(_ request: TokenRequest, now: Date) async throws(TokenError) -> TokenAnswer {
    try await reply(to: request, now: now).read()
  }

  func reply(to request: TokenRequest, now: Date) async throws(TokenError) -> TokenReply {
    do throws(HTTPError) {
      return TokenReply(try await client.send(httpRequest(for: request)), to: request, now: now)
    } catch {
      throw TokenError(error)
    }
  }

  private func httpRequest(for request: TokenRequest) -> HTTPRequest {
    var http = HTTPRequest("POST", request.url, within: timeLimit, longestAnswer: Self.longestAnswer)
    http.fields = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
    http.body = .octets(request.body)
    http.authoritiesPEM = authoritiesPEM
    return http
  }
}

extension TokenError {
  /// No answer came, which says nothing about the grant unless the request was not even allowed.
  init(_ error: HTTPError) {
    self =
      switch error {
      case .notAllowed: .misconfigured(error: "", description: "the token URL must begin with https://")
      case .proxyWouldRead:
        .misconfigured(error: "", description: "a proxy is set for http; add the token URL's host to no_proxy")
      case .cancelled: .cancelled
      // The proxy's, not the token endpoint's.
      case .proxyRefused(407): .unavailable(status: 407, retryAfter: nil, words: "HTTP 407 from the proxy")
      case .proxyRefused(let status): .unavailable(retryAfter: nil, words: "HTTP \(status) from the proxy")
      case .unreachable(let words), .untrusted(let words), .lost(let words, _), .noBody(let words):
        .unavailable(retryAfter: nil, words: UntrustedText.cleaned(words))
      case .timedOut(let limit, _):
        .unavailable(retryAfter: nil, words: "no answer within \(limit.components.seconds) seconds")
      case .tooLong(let limit): .unavailable(retryAfter: nil, words: "an answer of more than \(limit) octets")
      case .malformed: .unavailable(retryAfter: nil, words: "the request cannot be written down")
      case .closed: .unavailable(retryAfter: nil, words: "this process is about to end")
      }
  }
}
