// Signing in on another device by typing a short code there. RFC 8628.

package import FoundationEssentials
package import Mailboxes
package import Platform

/// What the person is shown, and what the polling needs.
package struct DeviceAuthorization: Sendable, Equatable {
  let deviceCode: Secret
  package let userCode: String
  package let verificationURI: String
  /// With the code in it, where the provider has such an address.
  package let verificationURIComplete: String?
  package let expiresAt: Date
  let interval: Duration
}

package struct DeviceFlow: Sendable {
  private let client: OAuthClient
  private let url: URL
  private let scopes: [String]
  private let endpoint: TokenEndpoint
  private let time: any TimeSource

  /// - Throws: `.notOffered`.
  package init(
    at service: OAuthService, tenant: String? = nil, by client: OAuthClient, endpoint: TokenEndpoint,
    time: any TimeSource = SystemTime()
  ) throws(SignInError) {
    guard let url = service.deviceURL(tenant: tenant), TokenEndpoint.allows(url) else { throw .notOffered }
    (self.client, self.url, self.endpoint, self.time) = (client, url, endpoint, time)
    scopes = service.scopes
  }

  package func start() async throws(SignInError) -> DeviceAuthorization {
    let now = time.now
    do throws(TokenError) {
      let request = try await client.request([("scope", .plain(scopes.joined(separator: " ")))], to: url, now: now)
      let reply = try await endpoint.reply(to: request, now: now)
      try reply.checkSuccess()
      guard let json = reply.decoded(DeviceJSON.self), let authorization = json.authorization(now: now) else {
        throw .unavailable(retryAfter: nil, words: "an answer without a device code")
      }
      return authorization
    } catch {
      throw SignInError(error)
    }
  }

  /// Asks until the person has decided. While the provider cannot be asked, it waits and asks again (§3.5).
  ///
  /// - Throws: `.timedOut` when the code ran out, `.refused` when the person said no.
  package func signIn(with authorization: DeviceAuthorization) async throws(SignInError) -> PersonSignIn {
    var interval = authorization.interval
    while true {
      await time.sleep(for: interval)
      if Task.isCancelled { throw .cancelled }
      guard time.now < authorization.expiresAt else { throw .timedOut }
      switch try await poll(authorization.deviceCode) {
      case .answer(let answer): return try PersonSignIn(answer, for: scopes)
      case .pending: break
      case .tooFast: interval += .seconds(5)
      case .unavailable(let wanted): interval = max(min(interval * 2, .seconds(60)), min(wanted, .seconds(300)))
      }
    }
  }

  private enum Poll {
    case answer(TokenAnswer)
    case pending
    case tooFast
    case unavailable(retryAfter: Duration)
  }

  private func poll(_ deviceCode: Secret) async throws(SignInError) -> Poll {
    let now = time.now
    do throws(TokenError) {
      let request = try await client.request(
        [
          ("grant_type", .plain("urn:ietf:params:oauth:grant-type:device_code")),
          ("device_code", .secret(deviceCode)),
        ], now: now)
      let reply = try await endpoint.reply(to: request, now: now)
      switch reply.error {
      case "authorization_pending": return .pending
      case "slow_down": return .tooFast
      default: return .answer(try reply.read())
      }
    } catch .unavailable(_, let wanted, _) {
      return .unavailable(retryAfter: wanted ?? .zero)
    } catch .refused("expired_token", _), .refused("code_expired", _) {
      throw .timedOut
    } catch .refused(let error, let description) where ["access_denied", "authorization_declined"].contains(error) {
      throw .refused(error: error, description: description)
    } catch {
      throw SignInError(error)
    }
  }
}

/// §3.2, without trusting any field to have its type.
struct DeviceJSON: Decodable {
  let deviceCode, userCode, verificationURI, verificationURIComplete: String?
  let expiresIn, interval: Double?

  private enum Key: String, CodingKey {
    case deviceCode = "device_code"
    case userCode = "user_code"
    case verificationURI = "verification_uri"
    /// Google's and older servers' name for it.
    case verificationURL = "verification_url"
    case verificationURIComplete = "verification_uri_complete"
    case expiresIn = "expires_in"
    case interval
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) -> String? { try? fields.decode(String.self, forKey: key) }
    func seconds(_ key: Key) -> Double? {
      let seconds = (try? fields.decode(Double.self, forKey: key)) ?? text(key).flatMap(Double.init)
      return seconds.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    }
    (deviceCode, userCode) = (text(.deviceCode), text(.userCode))
    verificationURI = text(.verificationURI) ?? text(.verificationURL)
    verificationURIComplete = text(.verificationURIComplete)
    (expiresIn, interval) = (seconds(.expiresIn), seconds(.interval))
  }

  /// What is shown to a person goes to a terminal, and perhaps to whatever opens addresses there.
  func authorization(now: Date) -> DeviceAuthorization? {
    guard let deviceCode, !deviceCode.isEmpty, let userCode, !userCode.isEmpty,
      let verificationURI = verificationURI.flatMap(Self.address)
    else { return nil }
    return DeviceAuthorization(
      deviceCode: Secret(deviceCode), userCode: UntrustedText.cleaned(userCode),
      verificationURI: verificationURI, verificationURIComplete: verificationURIComplete.flatMap(Self.address),
      expiresAt: now + min(expiresIn ?? 900, 86_400), interval: .seconds(min(max(interval ?? 5, 1), 300)))
  }

  private static func address(_ text: String) -> String? {
    guard text.utf8.count <= 2048, let url = URL(string: text), TokenEndpoint.allows(url) else { return nil }
    return url.absoluteString
  }
}
