// An answer to a POST as facts that Diagnosis reads: the HTTP status, the error's own code and words, and for how long it
// wants not to be asked. RFC 9110; the JSON of Microsoft's and Google's errors. Pure.

import Diagnosis
package import FoundationEssentials
package import HTTP
package import SMTP

package struct PostAnswer: Sendable {
  package let status: Int
  /// `ErrorSendAsDenied`, `userRateLimitExceeded`; empty where the answer names none.
  package let code: String
  private let words: String
  private let retryAfter: Int?

  package init(_ response: HTTPResponse, now: Date) {
    status = response.status
    let error = try? JSONDecoder().decode(ErrorJSON.self, from: Data(response.body)).error
    code = error?.name ?? ""
    words = error?.message ?? Self.plainWords(of: response)
    retryAfter = response["Retry-After"].flatMap { Self.seconds($0, now: now) }
  }

  /// `403 ErrorSendAsDenied: The user account …`, with `Retry-After: 120` behind it where the server wants to be left alone.
  package var reply: Reply {
    // A line end in it would begin a line of its own in a failure report.
    let text = Redaction.shown([code, words].filter { !$0.isEmpty }.joined(separator: ": "))
    return Reply(status, nil, lines: [text] + (retryAfter.map { ["Retry-After: \($0)"] } ?? []))
  }

  /// Seconds or a date (RFC 9110 §10.2.3), at most a day.
  private static func seconds(_ value: String, now: Date) -> Int? {
    let wait = Double(value) ?? HTTPDate.parse(value)?.timeIntervalSince(now)
    guard let wait, wait.isFinite, wait > 0 else { return nil }
    return Int(min(wait, 86_400).rounded(.up))
  }

  /// Of an answer without an error in JSON.
  private static func plainWords(of response: HTTPResponse) -> String {
    if response["Content-Type"]?.lowercased().hasPrefix("text/html") ?? false { return "a web page" }
    return String(decoding: response.body.prefix(500), as: UTF8.self)
  }
}

private struct ErrorJSON: Decodable {
  let error: APIError

  struct APIError: Decodable {
    let name: String
    let message: String

    private enum Key: String, CodingKey { case code, message, status, errors }
    private struct Reason: Decodable { let reason: String }

    /// Microsoft's `code` is a name. Google's is the status again; its `reason` says more than its `status`.
    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      let reasons = try? fields.decode([Reason].self, forKey: .errors)
      let name = (try? fields.decode(String.self, forKey: .code)) ?? reasons?.first?.reason
      self.name = name ?? (try? fields.decode(String.self, forKey: .status)) ?? ""
      message = (try? fields.decode(String.self, forKey: .message)) ?? ""
    }
  }
}
