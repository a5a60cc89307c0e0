// What a server or a browser says of us, as it may be shown and logged.

import Foundation
import Mailboxes

enum ForeignWords {
  private static let longest = 500

  /// `text` in one line, without our `secrets`, excessive length, and what would steer a terminal or turn its direction.
  static func clean(_ text: String, hiding secrets: [Secret] = []) -> String {
    var text = text
    for secret in secrets where !secret.isEmpty {
      text = text.replacing(secret.reveal(), with: "[secret]")
      text = text.replacing(secret.withOctets { String(decoding: Form.escaped($0), as: UTF8.self) }, with: "[secret]")
    }
    // By scalars: one character may have any number of marks on it.
    let scalars = text.unicodeScalars.map { unshown.contains($0.properties.generalCategory) ? " " : $0 }
    let line = String(String.UnicodeScalarView(scalars)).split(separator: " ").joined(separator: " ")
    let shown = line.unicodeScalars.prefix(longest)
    return shown.endIndex < line.unicodeScalars.endIndex ? String(shown) + "…" : line
  }
}

private let unshown: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
