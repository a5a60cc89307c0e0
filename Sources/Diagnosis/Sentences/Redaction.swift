// What a provider said, made fit to be shown: reply text is foreign, and goes into logs, the status file and reports.

package import Mailboxes
package import SMTP

package enum Redaction {
  /// More text than this is no help; a hostile server would send 64 KiB. In scalars: one character may be of any length.
  package static let longestText = 500
  /// A longer word is cut, so that it breaks no line of a terminal for good. Addresses of help pages are shorter. In scalars.
  package static let longestShownWord = 120
  /// A longer run of base64 is a token or a session's identifier, never a word.
  static let longestWord = 60

  /// Code, enhanced code and text on one line; control characters dropped, long runs of base64 replaced, capped.
  package static func shown(_ reply: Reply) -> String {
    let code = [String(reply.code), reply.enhanced?.description].compactMap { $0 }.joined(separator: " ")
    return shown("\(code) \(reply.lines.joined(separator: " "))")
  }

  package static func shown(_ text: String) -> String {
    let words = text.unicodeScalars.split(whereSeparator: isControlOrBlank).map { redactedWord(Substring($0)) }
    let line = words.joined(separator: " ")
    return cut(line[...], to: longestText).map(String.init) ?? line
  }

  /// - Returns: its beginning and `…`, so many scalars together; `nil` where it is no longer than that.
  package static func cut(_ text: Substring, to most: Int) -> Substring? {
    guard text.utf8.count > most, text.unicodeScalars.count > most else { return nil }
    return Substring(text.unicodeScalars.prefix(most - 1)) + "…"
  }

  /// The same reply without `secrets`.
  package static func redacted(_ reply: Reply, _ secrets: HiddenSecrets) -> Reply {
    Reply(reply.code, reply.enhanced, lines: reply.lines.map(secrets.hidden))
  }

  // Unicode's tables are asked for what is not ASCII only: this looks at each reply of a provider, scalar by scalar.
  private static func isControlOrBlank(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value <= 0x20 || scalar.value == 0x7F }
    return scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
  }

  private static func redactedWord(_ word: Substring) -> Substring {
    if word.utf8.count <= longestWord { return word }
    // The folders of a page's address are words.
    let signs = word.contains("://") ? "+=_-" : "+/=_-"
    let run = word.split { !($0.isASCII && ($0.isLetter || $0.isNumber || signs.contains($0))) }
    return run.contains { $0.count > longestWord } ? "[…]" : cut(word, to: longestShownWord) ?? word
  }
}
