// An answer as a person states it: pasted from a log, a status or a bounce, with its line breaks or without.

import Foundation
import Mailboxes
import SMTP

extension ConversationPhase {
  /// The phase by our name or by one that logs use: `banner`, `ehlo`, `auth`, `rcpt`, `eod`, `end-of-data`.
  package init?(named name: String) {
    let name = name.lowercased()
    guard let phase = Self(rawValue: name) ?? Self.otherNames[name] else { return nil }
    self = phase
  }

  private static let otherNames: [String: Self] = [
    "banner": .greeting, "ehlo": .hello, "helo": .hello, "auth": .signIn, "rcpt": .recipient, "rcpt to": .recipient,
    "mail from": .mail, "eod": .body, "end-of-data": .body, "dot": .body, "dns": .lookUp, "oauth": .token,
  ]

  /// What a reply most probably answers, when nobody says it: a refused sign-in has codes of its own, a recipient's fault
  /// has enhanced codes of its own, and most other refusals come at the end of the data.
  package static func probable(for answer: Answer) -> Self {
    if answer.words.isEmpty, answer.code.isEmpty { return .body }
    if ["334", "432", "454", "534", "535", "538"].contains(answer.code) { return .signIn }
    if answer.code.count != 3 || Int(answer.code) == nil { return answer.code.isEmpty ? .connect : .token }
    return answer.enhanced?.subject == 1 ? .recipient : .body
  }
}

extension Answer {
  /// - Parameters:
  ///   - text: a reply's lines with or without their codes, `error: description` or the JSON of a token endpoint, or what
  ///     an operating system or TLS library says.
  ///   - phase: `nil`: the most probable one.
  package init(stated text: String, in phase: ConversationPhase?, family: ProviderFamily?) {
    let lines = text.split(whereSeparator: \.isNewline).map { StatedLine($0) }
    let first = lines.first
    self.init(
      code: lines.compactMap(\.code).first ?? "", enhanced: lines.compactMap(\.enhanced).first,
      words: lines.map(\.words).joined(separator: " "), phase: phase ?? .body, family: family)
    if phase == .token || first?.code == nil, let token = StatedToken(text) {
      code = token.error
      words = token.description
    }
    if phase == nil { self.phase = .probable(for: self) }
  }
}

/// One line of a reply.
private struct StatedLine {
  var code: String?
  var enhanced: EnhancedCode?
  var words: Substring

  init(_ line: Substring) {
    words = line.drop { $0 == " " }
    let digits = words.prefix { $0.isASCII && $0.isNumber }
    let rest = words.dropFirst(digits.count)
    guard digits.count == 3, let number = Int(digits), (200..<600).contains(number),
      rest.isEmpty || rest.first == " " || rest.first == "-"
    else { return }
    code = String(digits)
    words = rest.dropFirst()
    let numbers = words.prefix { !$0.isWhitespace }.split(separator: ".", omittingEmptySubsequences: false)
      .map { Int($0) }
    guard numbers.count == 3, let kind = numbers[0], let subject = numbers[1], let detail = numbers[2],
      [2, 4, 5].contains(kind)
    else { return }
    enhanced = EnhancedCode(kind, subject, detail)
    words = words.drop { !$0.isWhitespace }.dropFirst()
  }
}

/// What a token endpoint answered: `{"error": …}`, the same inside `{"status": …, "body": …}`, or `error: description`.
private struct StatedToken {
  let error: String
  let description: String

  init?(_ text: String) {
    if let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] {
      let body = object["body"] as? [String: Any] ?? object
      error = body["error"] as? String ?? body["errorCode"] as? String ?? ""
      description =
        body["error_description"] as? String ?? body["errorSummary"] as? String ?? object["body"] as? String ?? ""
    } else {
      let name = text.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
      guard name.contains("_"), text.dropFirst(name.count).first.map({ $0 == ":" }) ?? true else { return nil }
      error = String(name)
      description = text.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
    }
  }
}
