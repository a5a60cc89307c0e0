// What two refusals have in common when they say the same of different messages: addresses, numbers and identifiers are
// taken out. Pure.

package import SMTP

package struct RefusalPattern: Hashable, Sendable {
  package let code: Int
  package let enhanced: String
  package let words: [String]

  /// In scalars. No sentence is longer; a hostile server would send 64 KiB.
  private static let longestText = 2000

  /// - Parameter addresses: what the refusal may name: the recipients, and the mailbox.
  package init(_ reply: Reply, naming addresses: [Address]) {
    code = reply.code
    enhanced = reply.enhanced?.description ?? ""
    let text = Substring(reply.lines.joined(separator: " ").unicodeScalars.prefix(Self.longestText))
    let names = Set(addresses.flatMap { [$0.localPart, $0.domain, $0.text] }.map { $0.lowercased() })
    words = text.split(whereSeparator: Self.separates).compactMap { word in
      Self.isIdentifier(word) || names.contains(word.lowercased()) ? nil : word.lowercased()
    }
  }

  private static func separates(_ character: Character) -> Bool {
    character.isWhitespace || "<>()[]{}\"'`,;:!?=".contains(character)
  }

  /// An address, a host, a number, or what a server calls a session.
  private static func isIdentifier(_ word: Substring) -> Bool {
    let inner = word.withoutEnding(in: ".-")
    if inner.isEmpty || inner.contains(where: { $0.isNumber || $0 == "@" || $0 == "." || $0 == "/" || $0 == "_" }) {
      return true
    }
    // CamelCase of eight characters and more.
    return inner.count >= 8 && zip(inner, inner.dropFirst()).contains { $0.isLowercase && $1.isUppercase }
  }
}

extension Substring {
  fileprivate func withoutEnding(in marks: String) -> Substring {
    var rest = self
    while let last = rest.last, marks.contains(last) { rest = rest.dropLast() }
    return rest
  }
}
