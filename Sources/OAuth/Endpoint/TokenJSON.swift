// The JSON of a token endpoint, read without trusting any field to have its type.

import FoundationEssentials

struct TokenJSON: Decodable {
  let accessToken: String?
  let refreshToken: String?
  let idToken: String?
  let scope: String?
  let lifetime: Duration
  /// In seconds: Google's `refresh_token_expires_in`, which some others call `refresh_expires_in` or, as Microsoft does
  /// in places, `refresh_token_expires_in` in a string. `nil` where the token has no end that is known.
  let refreshTokenLifetime: Double?
  let fault: TokenFaultJSON

  private enum Key: String, CodingKey {
    case accessToken = "access_token"
    case refreshToken = "refresh_token"
    case idToken = "id_token"
    case expiresIn = "expires_in"
    case refreshTokenExpiresIn = "refresh_token_expires_in"
    case refreshExpiresIn = "refresh_expires_in"
    case scope
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) -> String? { try? fields.decode(String.self, forKey: key) }
    accessToken = text(.accessToken)
    refreshToken = text(.refreshToken)
    idToken = text(.idToken)
    scope = text(.scope)
    fault = try TokenFaultJSON(from: decoder)
    // A number, a string (old Microsoft endpoints), or left out (RFC 6749 §5.1 allows that).
    func seconds(_ key: Key) -> Double? {
      let seconds = (try? fields.decode(Double.self, forKey: key)) ?? text(key).flatMap(Double.init)
      return seconds.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    }
    lifetime = .seconds(min(seconds(.expiresIn) ?? 3600, 86_400))
    let rest = seconds(.refreshTokenExpiresIn) ?? seconds(.refreshExpiresIn)
    refreshTokenLifetime = rest.map { min($0, 10 * 365 * 86_400) }
  }
}
