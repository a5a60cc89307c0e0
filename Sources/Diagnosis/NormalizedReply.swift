// An answer in the form in which rules compare it: in lower case, and no longer than any sentence that is known.

import SMTP

package struct NormalizedReply: Sendable {
  /// No sentence that is known begins further back; a hostile server would send 64 KiB.
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
    enhanced = answer.enhanced
    text = answer.words.prefix(Self.longestText).lowercased()
    phase = answer.phase
    family = answer.family
    wording = Wording(String(answer.words.prefix(Self.longestText)))
  }

  /// - Parameter codes: three-digit codes or first digits, separated by blanks; empty: any.
  func hasCode(among codes: String) -> Bool {
    codes.isEmpty || codes.split(separator: " ").contains { $0 == code || $0.count == 1 && code.hasPrefix($0) }
  }
}
