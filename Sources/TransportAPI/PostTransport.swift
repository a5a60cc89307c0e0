// One mailbox's way out over a provider's own interface: HTTPS, an access token, one POST a message.

package import Diagnosis
package import Foundation
package import HTTP
package import Mailboxes
package import OAuth
package import Platform
import SMTP
import Synchronization
package import Transport

package struct PostTransport: ReachableTransport {
  package let mailbox: Mailbox
  let api: any MailAPI
  let http: HTTPClient
  /// From the last octet of a message to the answer.
  let answerWithin: Duration
  let sizes: LearnedSizes
  private let tokens: (any TokenSupply)?
  private let time: any TimeSource

  /// - Parameters:
  ///   - answerWithin: from the last octet of a message to the answer: giving up earlier sends messages twice.
  ///   - time: by which tokens are judged to be fresh.
  package init(
    _ mailbox: Mailbox, by api: any MailAPI, over http: HTTPClient, answerWithin: Duration,
    tokens: (any TokenSupply)?, time: any TimeSource = SystemTime()
  ) {
    self.mailbox = mailbox
    self.api = api
    self.http = http
    self.answerWithin = answerWithin
    self.tokens = tokens
    self.time = time
    sizes = LearnedSizes(api.sizes)
  }

  package var alternatives: [any Transport] { [] }
  package var maximumOctets: Int? { sizes.limit }

  package func forgetRefusals() { sizes.forgetRefused() }

  // MARK: Opening

  package func open(observing observe: StepObserver) async throws(TransportError) -> any TransportSession {
    try await reach(observing: observe)
    let token = try await token()
    observe(.passed(.signIn, Self.found(in: token)))
    return PostSession(over: self)
  }

  /// Any answer shows that the way is open.
  package func reach(observing observe: StepObserver) async throws(TransportError) {
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await http.send(request("HEAD", "/", within: .seconds(30)))
    } catch {
      throw TransportError(error)
    }
    if response.isThroughProxy {
      observe(.passed(.tcp, "through the proxy at \(response.peer)"))
    } else {
      let address = response.peer.prefix { $0 != " " }
      observe(.passed(.name, "\(mailbox.server.host) is \(address)"))
      observe(.passed(.tcp, response.peer))
    }
    if mailbox.server.security != .none {
      observe(.passed(.tls, "the certificate of \(mailbox.server.host) is trusted"))
    }
  }

  func request(_ method: String, _ path: String, within limit: Duration) -> HTTPRequest {
    let host = mailbox.server.host.contains(":") ? "[\(mailbox.server.host)]" : mailbox.server.host
    let scheme = mailbox.server.security == .none ? "http" : "https"
    let text = "\(scheme)://\(host):\(mailbox.server.port)\(path)"
    // What is no address is refused by the client, since its scheme is not https.
    var request = HTTPRequest(method, URL(string: text) ?? URL(filePath: "/"), within: limit, longestAnswer: 1 << 18)
    request.authoritiesPEM = mailbox.authoritiesPEM
    return request
  }

  package func openSentFolder() async throws(SentFolderError) -> (any SentFolder)? {
    guard let listing = api.sent else {
      throw .notPermitted(words: "\(api.transport.label) reads nothing by the permission to send")
    }
    return ListedSentFolder(listing, over: self)
  }

  // MARK: Sign-in

  func token() async throws(TransportError) -> AccessToken {
    guard let tokens else { throw .unfitCredentials }
    return try await tokens.token(for: api.transport, now: time.now)
  }

  func reject(_ token: AccessToken) async { await tokens?.reject(token) }

  package var keepsSignInAlive: Bool { tokens != nil }

  package func keepSignInAlive(now: Date) async throws(TransportError) {
    try await tokens?.keepSignInAlive(now: now)
  }

  private static func found(in token: AccessToken) -> String {
    guard let claims = AccessTokenClaims(token.secret) else { return "an access token" }
    let permissions = claims.permissions.isEmpty ? "no permissions in it" : claims.permissions.joined(separator: ", ")
    return "an access token for \(claims.audience) (\(permissions))"
  }

  // MARK: Steps

  package func step(of error: TransportError, after done: [TransportStep]) -> TransportStep {
    switch error {
    case .nameNotFound, .nameHasNoAddress, .lookUpFailed: .name
    case .refused, .connectTimedOut, .unreachable, .onlyIPv6, .redirected: .tcp
    case .tls, .wouldExposeSecret: .tls
    case .token, .wrongAudience, .tokenRefused, .unfitCredentials: .signIn
    case .lost where !done.contains(.tcp): .tcp
    default: done.contains(.signIn) && !done.contains(.permission) ? .permission : .message
    }
  }
}

extension TransportStep {
  /// What the provider says to a request that is no message.
  static let permission = TransportStep("Permission")
}

/// What one mailbox's sessions have learnt of the largest message, all together.
final class LearnedSizes: Sendable {
  private let sizes: Mutex<SizeLimit>

  init(_ sizes: SizeLimit) { self.sizes = Mutex(sizes) }

  var limit: Int { sizes.withLock { $0.limit } }
  func passed(_ octets: Int) { sizes.withLock { $0.passed(octets) } }
  func refused(_ octets: Int) { sizes.withLock { $0.refused(octets) } }
  func isInDoubt(_ octets: Int) -> Bool { sizes.withLock { $0.isInDoubt(octets) } }
  func forgetRefused() { sizes.withLock { $0.forgetRefused() } }
}
