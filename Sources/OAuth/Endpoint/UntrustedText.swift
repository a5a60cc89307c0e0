// Text of a server or a browser, made fit to be shown to people and to be logged.

import Diagnosis
import FoundationEssentials
import Mailboxes

enum UntrustedText {
  /// `text` in one line of bounded length and of bounded words, without our `secrets` and without characters that control a terminal or the
  /// direction of writing.
  static func cleaned(_ text: String, hiding secrets: [Secret] = []) -> String {
    let words = HiddenSecrets(secrets).hidden(in: text).unicodeScalars
      .map { unshown.contains($0.properties.generalCategory) ? " " : $0 }
      .split(separator: " ")
      .map { Substring(String(String.UnicodeScalarView($0))) }
    let line = words.map { Redaction.cut($0, to: Redaction.longestShownWord) ?? $0 }.joined(separator: " ")
    return Redaction.cut(line[...], to: Redaction.longestText).map(String.init) ?? line
  }
}

private let unshown: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
