// An answer in the form in which rules compare it: in lower case, and no longer than any sentence that is known.

import SMTP

package struct NormalizedReply: Sendable {
  /// In scalars. No sentence that is known begins further back; a hostile server would send 64 KiB.
  private static let longestText = 2000

  let code: String
  let enhanced: EnhancedCode?
  /// In lower case.
  let text: String
  let phase: ConversationPhase
  let family: ProviderFamily?
  /// The words as the grammar reads them.
  let wording: Wording

  package init(_ answer: Answer) {
    code = answer.code
    let words = Substring(answer.words.unicodeScalars.prefix(Self.longestText))
    enhanced = answer.enhanced ?? Self.enhancedCode(in: words)
    text = words.lowercased()
    phase = answer.phase
    family = answer.family
    wording = Wording(String(words))
  }

  /// qmail and its kin write the code into the words: `(#5.1.1)`.
  private static func enhancedCode(in words: Substring) -> EnhancedCode? {
    guard let mark = words.lastIndex(of: "#") else { return nil }
    let numbers = words[mark...].dropFirst().prefix { $0.isNumber || $0 == "." }.split(separator: ".").map { Int($0) }
    guard numbers.count == 3, let kind = numbers[0], let subject = numbers[1], let detail = numbers[2] else {
      return nil
    }
    return EnhancedCode(kind, subject, detail)
  }

  /// - Parameter codes: three-digit codes or first digits, separated by blanks; empty: any.
  func hasCode(among codes: String) -> Bool {
    codes.isEmpty || codes.split(separator: " ").contains { $0 == code || $0.count == 1 && code.hasPrefix($0) }
  }
}
