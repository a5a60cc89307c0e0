// What messages alike have in common: the envelope's sender, and the subject's words without its numbers. Pure.

package import SMTP

/// Two messages of one app are alike when this is equal.
package struct MessageLikeness: Hashable, Sendable {
  /// Of the text of a subject: a hostile one may be long.
  private static let longestSubject = 200

  private let digest: Int

  /// - Parameter subject: decoded, as people read it.
  package init(sender: Address?, subject: String) {
    var hasher = Hasher()
    hasher.combine(sender?.text.lowercased())
    hasher.combine(Self.folded(subject))
    digest = hasher.finalize()
  }

  /// The words in small letters, with `#` for each number and each identifier in hexadecimal digits, and for several in
  /// a row: `Job 4711 (2026-11-29 12:30): FAILED` is `job # failed`.
  static func folded(_ subject: String) -> String {
    let words = subject.prefix(longestSubject).lowercased().split { !$0.isLetter && !$0.isNumber }
    var result: [String] = []
    for word in words {
      let folded = isIdentifier(word) ? "#" : withoutNumbers(word)
      if folded != "#" || result.last != "#" { result.append(folded) }
    }
    return result.joined(separator: " ")
  }

  /// `a94a8fe5`, `deadbeef`; no word of people's, such as `added`.
  private static func isIdentifier(_ word: Substring) -> Bool {
    word.utf8.count >= 4 && word.allSatisfy { $0.isASCII && $0.isHexDigit }
      && (word.utf8.count >= 8 || word.contains(where: \.isNumber))
  }

  /// `erp01` is `erp#`.
  private static func withoutNumbers(_ word: Substring) -> String {
    var result = ""
    for character in word {
      if !character.isNumber { result.append(character) } else if result.last != "#" { result.append("#") }
    }
    return result
  }
}
