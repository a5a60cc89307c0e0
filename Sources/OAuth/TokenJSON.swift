// The JSON of a token endpoint, read without trusting any field to have its type.

import Foundation

struct TokenJSON: Decodable {
  let accessToken: String?
  let refreshToken: String?
  let idToken: String?
  let scope: String?
  let lifetime: Duration
  let error: String?
  let errorDescription: String?

  private enum Key: String, CodingKey {
    case accessToken = "access_token"
    case refreshToken = "refresh_token"
    case idToken = "id_token"
    case expiresIn = "expires_in"
    case scope, error
    case errorDescription = "error_description"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) -> String? { try? fields.decode(String.self, forKey: key) }
    accessToken = text(.accessToken)
    refreshToken = text(.refreshToken)
    idToken = text(.idToken)
    scope = text(.scope)
    error = text(.error)
    errorDescription = text(.errorDescription)
    // A number, a string (old Microsoft endpoints), or left out (RFC 6749 §5.1 allows that).
    let number = try? fields.decode(Double.self, forKey: .expiresIn)
    lifetime = Self.lifetime(number ?? text(.expiresIn).flatMap(Double.init))
  }

  private static func lifetime(_ seconds: Double?) -> Duration {
    guard let seconds, seconds.isFinite, seconds > 0 else { return .seconds(3600) }
    return .seconds(min(seconds, 86_400))
  }
}
