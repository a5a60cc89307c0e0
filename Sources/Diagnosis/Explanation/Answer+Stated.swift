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
    if answer.code.isEmpty { return answer.concepts.isDisjoint(with: [.certificate, .version]) ? .connect : .tls }
    if answer.code.count != 3 || Int(answer.code) == nil { return .token }
    if ["334", "432", "454", "534", "535", "538"].contains(answer.code) { return .signIn }
    guard let enhanced = answer.enhanced else { return .body }
    if enhanced.subject == 7, [8, 9].contains(enhanced.detail) { return .signIn }
    return enhanced.subject == 1 ? .recipient : .body
  }
}

extension Answer {
  /// - Parameters:
  ///   - text: a reply's lines with or without their codes, a token endpoint's `error: description`, or what an operating
  ///     system or TLS library says.
  ///   - phase: `nil`: the most probable one.
  package init(stated text: String, in phase: ConversationPhase?, family: ProviderFamily?) {
    let lines = text.split(whereSeparator: \.isNewline).map { StatedLine($0) }
    let first = lines.first
    self.init(
      code: lines.compactMap(\.code).first ?? "", enhanced: lines.compactMap(\.enhanced).first,
      words: lines.map(\.words).joined(separator: " "), phase: phase ?? .body, family: family)
    if phase == .token || first?.code == nil, let token = StatedToken(text) {
      self = Answer(tokenError: token.error, token.description, family: family)
      self.phase = phase ?? .body
    }
    if code.isEmpty { code = probableCode(in: phase) }
    if phase == nil { self.phase = .probable(for: self) }
  }

  /// With this the provider takes the message over.
  package var isAcceptance: Bool { phase == .body && code.hasPrefix("2") }

  fileprivate var concepts: Set<Concept> { Set(Grammar.read(NormalizedReply(self)).concepts.keys) }

  /// Words that were cut from a server's reply: most of what servers say in so many words is a lasting refusal. Empty for
  /// what no server said, but a resolver, an operating system or a TLS library.
  private func probableCode(in phase: ConversationPhase?) -> String {
    if let phase, phase == .token || Set.network.contains(phase) { return "" }
    if let enhanced { return "\(enhanced.kind)50" }
    let concepts = concepts
    if !concepts.isDisjoint(with: Concept.ofNetwork), concepts.isDisjoint(with: Concept.ofMail) { return "" }
    return phase == nil && concepts.contains(.credentials) ? "535" : "550"
  }
}

extension Concept {
  fileprivate static let ofNetwork: Set<Self> = [.network, .noSuchHost, .timeout, .version, .certificate]
  fileprivate static let ofMail: Set<Self> = [
    .sender, .recipient, .own, .account, .message, .header, .attachment, .relay, .signIn, .notSignedIn, .credentials,
    .limit, .tooMany, .spam, .sends, .receives,
  ]
}

/// One line of a reply.
private struct StatedLine {
  var code: String?
  var enhanced: EnhancedCode?
  var words: Substring

  init(_ line: Substring) {
    words = line.drop { $0 == " " }
    takeCode()
    takeEnhancedCode()
  }

  private mutating func takeCode() {
    let digits = words.prefix { $0.isASCII && $0.isNumber }
    let rest = words.dropFirst(digits.count)
    guard digits.count == 3, let number = Int(digits), (200..<600).contains(number),
      rest.isEmpty || rest.first == " " || rest.first == "-"
    else { return }
    code = String(digits)
    words = rest.dropFirst()
  }

  private mutating func takeEnhancedCode() {
    let numbers = words.prefix { !$0.isWhitespace }.split(separator: ".", omittingEmptySubsequences: false)
      .map { Int($0) }
    guard numbers.count == 3, let kind = numbers[0], let subject = numbers[1], let detail = numbers[2],
      [2, 4, 5].contains(kind)
    else { return }
    enhanced = EnhancedCode(kind, subject, detail)
    words = words.drop { !$0.isWhitespace }.dropFirst()
  }
}

/// What a token endpoint answered, as `error: description`. Its JSON is read where the relay reads it: see
/// ``ReplyExplanation/init(of:at:)``.
private struct StatedToken {
  let error: String
  let description: String

  init?(_ text: String) {
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
    guard name.contains("_"), text.dropFirst(name.count).first.map({ $0 == ":" }) ?? true else { return nil }
    error = String(name)
    description = text.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
  }
}
