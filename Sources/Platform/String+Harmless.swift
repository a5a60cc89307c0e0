// Text of strangers, made fit for a terminal, a log and JSON: what steers a terminal or the direction of writing is shown
// and does nothing.

extension String {
  /// The text with an escape in place of each scalar that steers: control characters (C0, DEL, C1), the marks that set
  /// the direction of writing, and Unicode's line ends.
  ///
  /// Goes by scalars: a Swift character may hold a harmless letter and a mark behind it.
  /// - Parameters:
  ///   - kept: scalars that stay, such as the line ends of a text of several lines.
  ///   - escape: how one is shown.
  package func harmless(
    keeping kept: [Unicode.Scalar] = [], as escape: (Unicode.Scalar) -> String = { $0.visible }
  ) -> String {
    guard unicodeScalars.contains(where: { $0.steers && !kept.contains($0) }) else { return self }
    var result = ""
    result.reserveCapacity(utf8.count + 16)
    for scalar in unicodeScalars {
      if scalar.steers, !kept.contains(scalar) {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// A terminal, a log reader or a browser would act on it.
  package var steers: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F: true
    // ALM, LRM, RLM, the embeddings and overrides, the isolates (UAX #9); line and paragraph separator.
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// `\u{1B}`, as Swift writes it.
  package var visible: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }

  /// `\u001b`, as JSON writes it. All scalars that steer have four digits.
  package var inJSON: String {
    let digits = String(value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
