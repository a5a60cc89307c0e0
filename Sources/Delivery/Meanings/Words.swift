// What a provider said, made fit to be shown: reply text is foreign and goes into logs, status and reports.

package import SMTP

package enum Words {
  /// Octets are no help beyond this; a hostile server would send 64 KiB.
  static let maximumCharacters = 500
  /// Longer runs of base64 are a token or a session's blob, never a word.
  static let longestWord = 60

  /// Code, enhanced code and text on one line; control characters dropped, long blobs blotted out, capped.
  package static func shown(_ reply: Reply) -> String {
    let code = [String(reply.code), reply.enhanced?.description].compactMap { $0 }.joined(separator: " ")
    return shown("\(code) \(reply.lines.joined(separator: " "))")
  }

  package static func shown(_ text: String) -> String {
    let words = text.split(whereSeparator: isControlOrBlank).map(blottedWord)
    return String(words.joined(separator: " ").prefix(maximumCharacters))
  }

  /// The same reply without what must not be shown.
  static func blotted(_ reply: Reply, _ secrets: [String]) -> Reply {
    let lines = reply.lines.map { line in
      secrets.reduce(line) { $1.isEmpty ? $0 : $0.replacing($1, with: "[secret]") }
    }
    return Reply(reply.code, reply.enhanced, lines: lines)
  }

  private static func isControlOrBlank(_ character: Character) -> Bool {
    character.isWhitespace || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  private static func blottedWord(_ word: Substring) -> Substring {
    let run = word.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "+/=_-".contains($0))) }
    return run.contains { $0.count > longestWord } ? "[…]" : word
  }
}
