// An answer to a POST as facts that Diagnosis reads: the HTTP status, the error's own code and words, and for how long it
// wants not to be asked. RFC 9110; the JSON of Microsoft's and Google's errors. Pure.

import Diagnosis
package import FoundationEssentials
package import HTTP
package import Mailboxes
package import SMTP

package struct PostAnswer: Sendable {
  package let status: Int
  /// `ErrorSendAsDenied`, `userRateLimitExceeded`; empty where the answer names none.
  package let code: String
  /// The server has given the request a name, as Graph does.
  package let isNamed: Bool
  private let words: String
  private let retryAfter: Int?

  /// - Parameter secrets: hidden before anything is cut, so that no part of one remains.
  package init(_ response: HTTPResponse, hiding secrets: HiddenSecrets, now: Date) {
    status = response.status
    isNamed = response["request-id"] != nil
    let error = try? JSONDecoder().decode(ErrorJSON.self, from: Data(response.body)).error
    code = secrets.hidden(in: error?.name ?? "")
    words = secrets.hidden(in: error?.message ?? Self.plainWords(of: response))
    retryAfter = response["Retry-After"].flatMap { Self.seconds($0, now: now) }
  }

  /// `403 ErrorSendAsDenied: The user account …`, with `Retry-After: 120` behind it where the server wants to be left alone.
  package var reply: Reply {
    // A line end in it would begin a line of its own in a failure report.
    let text = Redaction.shown([code, words].filter { !$0.isEmpty }.joined(separator: ": "))
    return Reply(status, nil, lines: [text] + (retryAfter.map { ["Retry-After: \($0)"] } ?? []))
  }

  /// The same where the interface means the message's size.
  var replyToTooLarge: Reply {
    Reply(status, nil, lines: reply.lines.filter { !$0.isEmpty } + (status == 200 ? ["in place of 202"] : []))
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
    return String(decoding: response.body, as: UTF8.self)
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
