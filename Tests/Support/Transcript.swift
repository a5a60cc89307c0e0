// A conversation written down, one line a step: `C:` is the client, `S:` the server.
// Only the writing. Rehearsal plays it against values, ScriptedPeer and ScriptedClient over a socket.

/// One conversation, to be kept line by line and to its end.
package struct Transcript: Sendable {
  package enum Side: String, Sendable {
    case client = "C"
    case server = "S"

    package var other: Side { self == .client ? .server : .client }
  }

  package enum Event: Equatable, Sendable {
    /// The message: after DATA up to the lone dot, after BDAT as many octets as it announced.
    case body
    case startsTLS
    case closes
    case resets
    case waits(Duration)
  }

  package enum Action: Equatable, Sendable {
    /// One line without its CRLF. Heard, a final `*` stands for the rest; said, it goes out as written.
    case line([UInt8])
    /// Exactly these octets, line end or not.
    case raw([UInt8])
    case event(Event)
  }

  package struct Step: Sendable {
    /// `nil`: an event written without a side belongs to both, `(closes)` and the like to whoever is played.
    package let side: Side?
    package let action: Action
    /// As written, for the print of a failure.
    package let text: String
  }

  package let steps: [Step]

  /// - Throws: `TranscriptError` for a line that is neither `C:`, `S:`, `C>`, `S>`, an event nor a remark.
  package init(_ text: String) throws(TranscriptError) {
    var steps: [Step] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let step = try Self.step(of: String(line)) { steps.append(step) }
    }
    self.steps = steps
  }

  private static func step(of line: String) throws(TranscriptError) -> Step? {
    let text = line.trimmingPrefix(while: { $0 == " " })
    if text.isEmpty || text.hasPrefix("#") { return nil }
    if text.hasPrefix("(") { return Step(side: nil, action: .event(try event(of: text)), text: String(text)) }
    guard let side = Side(rawValue: String(text.prefix(1))) else { throw TranscriptError(line: line) }
    let rest = text.dropFirst(2).trimmingPrefix(while: { $0 == " " })
    switch text.dropFirst().first {
    case ":" where rest.hasPrefix("(") && rest.hasSuffix(")"):
      return Step(side: side, action: .event(try event(of: rest)), text: String(text))
    case ":":
      // Blanks at the end of a line are part of it; the one behind the colon is not.
      let said = text.dropFirst(2)
      return Step(side: side, action: .line(Array(said.dropFirst(said.first == " " ? 1 : 0).utf8)), text: String(text))
    case ">":
      guard let octets = octets(quoted: rest) else { throw TranscriptError(line: line) }
      return Step(side: side, action: .raw(octets), text: String(text))
    default:
      throw TranscriptError(line: line)
    }
  }

  private static func event(of text: Substring) throws(TranscriptError) -> Event {
    switch text {
    case "(body)": return .body
    case "(starts TLS)": return .startsTLS
    case "(closes)": return .closes
    case "(resets)": return .resets
    default:
      let words = text.dropFirst().dropLast().split(separator: " ")
      guard words.count == 3, words[0] == "waits", let number = Double(words[1]) else {
        throw TranscriptError(line: String(text))
      }
      if words[2].hasPrefix("millisecond") { return .waits(.seconds(number / 1_000)) }
      return .waits(.seconds(words[2].hasPrefix("minute") ? number * 60 : number))
    }
  }

  /// `"…"` with `\r \n \t \0 \\ \" \xNN`.
  private static func octets(quoted text: Substring) -> [UInt8]? {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return nil }
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "r"): 13, UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "0"): 0,
      UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "\""): 0x22,
    ]
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...].dropFirst().dropLast()
    while let octet = rest.popFirst() {
      guard octet == 0x5C else {
        octets.append(octet)
        continue
      }
      guard let escape = rest.popFirst() else { return nil }
      if let plain = simple[escape] {
        octets.append(plain)
      } else if escape == UInt8(ascii: "x"),
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        octets.append(value)
        rest = rest.dropFirst(2)
      } else {
        return nil
      }
    }
    return octets
  }
}

/// A transcript that cannot be read is the test's own mistake.
package struct TranscriptError: Error, CustomStringConvertible {
  package let line: String

  package var description: String { "not a line of a transcript: \(line)" }
}

extension StringProtocol where SubSequence == Substring {
  fileprivate func trimmingPrefix(while predicate: (Character) -> Bool) -> Substring {
    self[...].drop(while: predicate)
  }
}
