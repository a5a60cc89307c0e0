// Text as an argument of a command. RFC 3501 §4.3.

import SMTP

enum IMAPString {
  /// - Parameter text: without control characters.
  static func quoted(_ text: [UInt8]) -> [UInt8] {
    let (mark, escape) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    return [mark] + text.flatMap { $0 == mark || $0 == escape ? [escape, $0] : [$0] } + [mark]
  }
}
