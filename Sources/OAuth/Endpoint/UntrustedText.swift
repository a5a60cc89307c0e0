// Text of a server or a browser, made fit to be shown to people and to be logged.

import FoundationEssentials
import Mailboxes

enum UntrustedText {
  /// In scalars: a single character may be of any length.
  private static let longest = 500

  /// `text` in one line of bounded length, without our `secrets` and without characters that control a terminal or the
  /// direction of writing.
  static func cleaned(_ text: String, hiding secrets: [Secret] = []) -> String {
    let words = HiddenSecrets(secrets).hidden(in: text).unicodeScalars
      .map { unshown.contains($0.properties.generalCategory) ? " " : $0 }
      .split(separator: " ")
    let line = Array(words.joined(separator: [" "]))
    let shown = String(String.UnicodeScalarView(line.prefix(longest)))
    return line.count > longest ? shown + "…" : shown
  }
}

private let unshown: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
