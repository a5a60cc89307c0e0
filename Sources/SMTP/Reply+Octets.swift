// A reply as it is sent. RFC 5321 §4.2, with the enhanced code on each line as RFC 2034 §4 asks for.

extension Reply {
  /// With CRLF behind each line. Control characters become question marks, so that no text can be read as two replies.
  package func octets() -> [UInt8] {
    var output: [UInt8] = []
    append(to: &output)
    return output
  }

  /// The same, appended to `output`, so that replies to pipelined commands are sent in one write.
  package func append(to output: inout [UInt8]) {
    for (index, line) in lines.enumerated() {
      output.append(digits: code)
      output.append(index == lines.count - 1 ? .space : UInt8(ascii: "-"))
      if let enhanced {
        output.append(enhanced)
        output.append(.space)
      }
      output.append(text: line)
      output.append(.cr)
      output.append(.lf)
    }
  }

  /// In one line, as people quote it: `550 5.7.1 No entity …`. Of several lines, with a blank between them.
  package var text: String {
    let words = lines.joined(separator: " ")
    return enhanced.map { "\(code) \($0) \(words)" } ?? "\(code) \(words)"
  }
}

extension [UInt8] {
  fileprivate mutating func append(text: String) {
    let start = count
    append(contentsOf: text.utf8)
    for index in start..<count where self[index].isControl { self[index] = UInt8(ascii: "?") }
  }

  fileprivate mutating func append(_ enhanced: EnhancedCode) {
    append(digits: enhanced.kind)
    append(.dot)
    append(digits: enhanced.subject)
    append(.dot)
    append(digits: enhanced.detail)
  }

  fileprivate mutating func append(digits number: Int) {
    if number >= 10 { append(digits: number / 10) }
    append(0x30 + UInt8(truncatingIfNeeded: number % 10))
  }
}
