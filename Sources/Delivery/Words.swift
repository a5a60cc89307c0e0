// What a provider said, made fit to be shown: reply text is foreign and goes into logs, status and reports.

package import SMTP

package enum Words {
  /// Octets are no help beyond this; a hostile server would send 64 KiB.
  static let maximumCharacters = 500
  /// Longer runs of base64 are a token or a session's blob, never a word.
  static let longestWord = 60

  /// Code, enhanced code and text on one line; control characters dropped, long blobs and secrets blotted out, capped.
  package static func shown(_ reply: Reply, without secrets: [String] = []) -> String {
    let code = [String(reply.code), reply.enhanced?.description].compactMap { $0 }.joined(separator: " ")
    return shown("\(code) \(reply.lines.joined(separator: " "))", without: secrets)
  }

  package static func shown(_ text: String, without secrets: [String] = []) -> String {
    var text = text
    for secret in secrets where !secret.isEmpty { text = text.replacing(secret, with: "[secret]") }
    let words = text.split(whereSeparator: isControlOrBlank).map(blottedWord)
    return String(words.joined(separator: " ").prefix(maximumCharacters))
  }

  private static func isControlOrBlank(_ character: Character) -> Bool {
    character.isWhitespace || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  private static func blottedWord(_ word: Substring) -> Substring {
    let run = word.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "+/=_-".contains($0))) }
    return run.contains { $0.count > longestWord } ? "[…]" : word
  }
}
