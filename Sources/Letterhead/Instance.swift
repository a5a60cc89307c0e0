// The word by which this relay knows its own Received lines again, for years: it is how mail loops are found.

import Foundation

enum Instance {
  /// The word kept in `directory`, made at first use. If it cannot be kept, one for this run: loops are then still
  /// found by their length.
  static func word(in directory: String) -> String {
    let file = URL(fileURLWithPath: directory).appending(path: "instance")
    if let kept = try? String(contentsOf: file, encoding: .utf8), kept.utf8.count == 16, kept.allSatisfy(\.isHexDigit) {
      return kept
    }
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    let word = String(repeating: "0", count: 16 - digits.count) + digits
    try? word.write(to: file, atomically: true, encoding: .utf8)
    return word
  }
}
