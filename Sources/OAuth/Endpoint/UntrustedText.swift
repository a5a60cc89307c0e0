// Text of a server or a browser, made fit to be shown to people and to be logged.

import Diagnosis
import FoundationEssentials
import Mailboxes

enum UntrustedText {
  /// `text` in one line of bounded length and of bounded words, without our `secrets` and without characters that control a terminal or the
  /// direction of writing.
  static func cleaned(_ text: String, hiding secrets: [Secret] = []) -> String {
    // Octets and scalars are compared, not characters: an accent behind a secret would change the secret's last character,
    // and a single character may be of any length.
    var octets = Array(text.utf8)
    for secret in secrets where !secret.isEmpty {
      octets.replace(secret.withOctets { Array($0) }, with: "[secret]".utf8)
      octets.replace(secret.withOctets { Form.escaped($0) }, with: "[secret]".utf8)
    }
    let words = String(decoding: octets, as: UTF8.self).unicodeScalars
      .map { unshown.contains($0.properties.generalCategory) ? " " : $0 }
      .split(separator: " ")
      .map { Substring(String(String.UnicodeScalarView($0))) }
    let line = words.map { Redaction.cut($0, to: Redaction.longestShownWord) ?? $0 }.joined(separator: " ")
    return Redaction.cut(line[...], to: Redaction.longestText).map(String.init) ?? line
  }
}

private let unshown: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
