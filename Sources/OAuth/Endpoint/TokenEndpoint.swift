// Asks a token endpoint, for any grant: the refresh token's here, a code's or a device's in the sign-in flows.

package import Foundation
package import Mailboxes
import System

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
  private static let largestAnswer = 1 << 20

  private let timeLimit: Duration
  private let environment: [String: String]

  package init(
    timeLimit: Duration = Self.timeLimit, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.timeLimit = timeLimit
    self.environment = environment
  }

  /// Secrets go over https; plain http only to this very machine, for tests and sidecars.
  package static func allows(_ url: URL) -> Bool {
    guard let host = url.host?.lowercased(), !host.isEmpty else { return false }
    return switch url.scheme?.lowercased() {
    case "https": true
    case "http": isLoopback(host.trimmingCharacters(in: brackets))
    default: false
    }
  }

  /// - Throws: never `.disconnected` nor `.cancelled`.
  package func ask(_ request: TokenRequest, now: Date) async throws(TokenError) -> TokenAnswer {
    try await reply(to: request, now: now).read()
  }

  func reply(to request: TokenRequest, now: Date) async throws(TokenError) -> TokenReply {
    guard Self.allows(request.url) else {
      throw .misconfigured(error: "", description: "the token URL must begin with https://")
    }
    guard !Self.wouldLeaveByProxy(request.url, environment) else {
      throw .misconfigured(error: "", description: "a proxy is set for http; add the token URL's host to no_proxy")
    }
    let answer: HTTPAnswer
    do throws(HTTPFailure) {
      answer = try await HTTPExchange.post(
        request.body, to: request.url, limit: Self.largestAnswer, within: timeLimit)
    } catch {
      throw .unavailable(retryAfter: nil, words: error.words)
    }
    return TokenReply(answer, to: request, now: now)
  }

  /// libcurl, under URLSession, takes its proxies from the environment, for loopback hosts too: the secrets would leave
  /// this machine in clear. Through https a proxy sees nothing.
  static func wouldLeaveByProxy(_ url: URL, _ environment: [String: String]) -> Bool {
    guard url.scheme?.lowercased() == "http" else { return false }
    guard ["http_proxy", "all_proxy", "ALL_PROXY"].contains(where: { environment[$0]?.isEmpty == false }) else {
      return false
    }
    let exempt = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").lowercased()
    let hosts = exempt.split { $0 == "," || $0 == " " }.map { $0.trimmingCharacters(in: brackets) }
    let host = (url.host ?? "").lowercased().trimmingCharacters(in: brackets)
    return !hosts.contains("*") && !hosts.contains(host)
  }
}

private let brackets = CharacterSet(charactersIn: "[]")
