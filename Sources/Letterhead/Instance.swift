// The word by which this relay recognises its own Received lines, the same for years: mail loops are found by it.

import Foundation

enum Instance {
  /// Whether a relay has run on `directory`: the word is made when the state is open and before anything is accepted.
  static func isStored(in directory: String) -> Bool {
    FileManager.default.fileExists(atPath: file(in: directory).path)
  }

  /// The word stored in `directory`, made at first use. If it cannot be stored, one for this run: a loop is then found
  /// by the number of its Received lines alone.
  static func word(in directory: String) -> String {
    let file = file(in: directory)
    if let kept = try? String(contentsOf: file, encoding: .utf8), kept.utf8.count == 16, kept.allSatisfy(\.isHexDigit) {
      return kept
    }
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    let word = String(repeating: "0", count: 16 - digits.count) + digits
    try? word.write(to: file, atomically: true, encoding: .utf8)
    return word
  }

  private static func file(in directory: String) -> URL {
    URL(fileURLWithPath: directory).appending(path: "instance")
  }
}
