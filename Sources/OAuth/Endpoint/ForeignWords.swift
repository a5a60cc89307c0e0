// What a server or a browser says of us, as it may be shown and logged.

import Foundation
import Mailboxes

enum ForeignWords {
  /// In scalars.
  private static let longest = 500

  /// `text` in one line, without our `secrets`, excessive length, and what would steer a terminal or turn its direction.
  static func clean(_ text: String, hiding secrets: [Secret] = []) -> String {
    // By octets and scalars: an accent behind a secret would make its last character another one, and a single
    // character may be of any length.
    var octets = Array(text.utf8)
    for secret in secrets where !secret.isEmpty {
      octets.replace(secret.withOctets { Array($0) }, with: "[secret]".utf8)
      octets.replace(secret.withOctets { Form.escaped($0) }, with: "[secret]".utf8)
    }
    let words = String(decoding: octets, as: UTF8.self).unicodeScalars
      .map { unshown.contains($0.properties.generalCategory) ? " " : $0 }
      .split(separator: " ")
    let line = Array(words.joined(separator: [" "]))
    let shown = String(String.UnicodeScalarView(line.prefix(longest)))
    return line.count > longest ? shown + "…" : shown
  }
}

private let unshown: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
