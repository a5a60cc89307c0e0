// Text that people wrote for other people to read.

import Foundation

/// One line, without anything that could hide or disguise the text beside it.
package struct PlainText: Sendable, Equatable {
  package let text: String

  /// - Parameter limit: in octets.
  package init?(_ text: String, limit: Int = 1000) {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard !text.isEmpty, text.utf8.count <= limit, text.unicodeScalars.allSatisfy(Self.isPlain) else { return nil }
    self.text = text
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Line ends, terminal sequences, and marks that change the direction of the text.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}
