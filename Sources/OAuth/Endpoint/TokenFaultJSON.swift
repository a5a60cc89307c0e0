// What a token endpoint's JSON says of a fault: RFC 6749 §5.2, and how others name the same.

import FoundationEssentials

struct TokenFaultJSON: Decodable {
  /// `nil` where nothing in it is an error.
  let error: String?
  /// For people; with the finer names and numbers that it does not hold itself, so that all of them are shown and looked up.
  let description: String

  private enum Key: String, CodingKey {
    case error
    case errorDescription = "error_description"
    case errorCodes = "error_codes"
    /// Microsoft's and Google's finer names.
    case suberror
    case subtype = "error_subtype"
    /// Kakao's.
    case kakaoCode = "error_code"
    /// Okta's names for both.
    case errorCode, errorSummary
    /// Inside an object in the place of `error`, as Google's other services, Yahoo and Facebook have it; Auth0 beside it.
    case status, type, errorID = "errorId", message
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    let inner = try? fields.nestedContainer(keyedBy: Key.self, forKey: .error)
    error =
      Self.text([.error, .errorCode], in: fields)
      ?? inner.flatMap { Self.text([.status, .type, .errorID], in: $0) ?? "error" }
    let said = Self.text([.errorDescription, .errorSummary, .message], in: fields)
    let description = said ?? inner.flatMap { Self.text([.message, .errorDescription], in: $0) } ?? ""
    let numbers = (try? fields.decode([Int].self, forKey: .errorCodes)) ?? []
    let names = [Key.suberror, .subtype, .kakaoCode].compactMap { Self.text([$0], in: fields) }
    let further = (numbers.map { "AADSTS\($0)" } + names).filter { !description.contains($0) }
    self.description = ([description] + further).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The first of `keys` that has a text or a number.
  private static func text(_ keys: [Key], in fields: KeyedDecodingContainer<Key>) -> String? {
    for key in keys {
      if let text = try? fields.decode(String.self, forKey: key), !text.isEmpty { return text }
      if key == .kakaoCode, let number = try? fields.decode(Int.self, forKey: key) { return "\(number)" }
    }
    return nil
  }
}
