// What a failed conversation looks like: the transcript, with a mark where the two parted.

/// The conversation was not as written.
package struct Divergence: Error, CustomStringConvertible {
  package let description: String

  /// - Parameters:
  ///   - at: the step that was not kept; the count of steps when all were and more was said.
  ///   - instead: what happened there, as a sentence or the line that was heard.
  package init(from transcript: Transcript, at step: Int, instead: String, connection: Int? = nil) {
    var lines = ["The conversation parted from its transcript" + (connection.map { " (connection \($0)):" } ?? ":")]
    for (index, written) in transcript.steps.enumerated() {
      lines.append((index == step ? "--> " : "    ") + written.text)
      if index == step { lines.append("    ^^^ \(instead)") }
    }
    if step >= transcript.steps.count { lines.append("--> (the end of the transcript)\n    ^^^ \(instead)") }
    description = lines.joined(separator: "\n")
  }

  package init(_ sentence: String) { description = sentence }
}

extension Transcript {
  /// Whether a heard line (without its line end) is the written one. A final `*` matches any rest.
  package static func line(_ heard: some Collection<UInt8>, matches written: [UInt8]) -> Bool {
    guard written.last == UInt8(ascii: "*") else { return heard.elementsEqual(written) }
    return heard.starts(with: written.dropLast())
  }
}

/// Octets for people: printable ASCII as it is, the rest escaped as a transcript's `C>` would write it.
package func readable(_ octets: some Sequence<UInt8>) -> String {
  var text = ""
  for octet in octets {
    switch octet {
    case 13: text += "\\r"
    case 10: text += "\\n"
    case 9: text += "\\t"
    case 0x20...0x7E: text.append(Character(UnicodeScalar(octet)))
    default: text += "\\x" + (octet < 16 ? "0" : "") + String(octet, radix: 16)
    }
  }
  return text
}
