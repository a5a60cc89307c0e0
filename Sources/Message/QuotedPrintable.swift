// Quoted-printable, piece by piece: RFC 2045 §6.7. Line breaks stay line breaks; no line of the result is over 76.

import SMTP

struct QuotedPrintable: Sendable {
  /// The text is quoted-printable already, but with raw 8-bit octets or over-long lines in it: only those change.
  private let isMending: Bool
  private var column = 0
  /// A blank that has to be encoded if it is the last octet of its line.
  private var heldBlank: UInt8?
  private var holdsReturn = false

  private static let maximumColumn = 75

  init(mending: Bool = false) { isMending = mending }

  static func encode(_ text: some Sequence<UInt8>) -> [UInt8] {
    var encoder = QuotedPrintable()
    var output: [UInt8] = []
    for byte in text { encoder.take(byte, into: &output) }
    encoder.finish(into: &output)
    return output
  }

  mutating func feed(_ piece: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    for byte in piece { take(byte, into: &output) }
  }

  mutating func finish(into output: inout [UInt8]) {
    releaseReturn(into: &output)
    releaseBlank(endsLine: true, into: &output)
  }

  private mutating func take(_ byte: UInt8, into output: inout [UInt8]) {
    if byte == .lf {
      holdsReturn = false
      releaseBlank(endsLine: true, into: &output)
      output += [UInt8].crlf
      column = 0
      return
    }
    releaseReturn(into: &output)
    if byte == .cr {
      holdsReturn = true
      return
    }
    releaseBlank(endsLine: false, into: &output)
    if byte.isBlank {
      heldBlank = byte
    } else if byte.isControl || byte.is8Bit || byte == UInt8(ascii: "=") && !isMending {
      putEncoded(byte, into: &output)
    } else {
      // An equals sign of the text is followed by two digits, which must stay on the same line.
      makeRoom(byte == UInt8(ascii: "=") ? 3 : 1, in: &output)
      put(byte, into: &output)
    }
  }

  private mutating func releaseReturn(into output: inout [UInt8]) {
    guard holdsReturn else { return }
    holdsReturn = false
    releaseBlank(endsLine: false, into: &output)
    putEncoded(.cr, into: &output)
  }

  private mutating func releaseBlank(endsLine: Bool, into output: inout [UInt8]) {
    guard let blank = heldBlank else { return }
    heldBlank = nil
    if !endsLine {
      makeRoom(1, in: &output)
      put(blank, into: &output)
    } else if !isMending {
      putEncoded(blank, into: &output)
    }
    // Blanks at the end of an encoded line were added in transport, and are dropped (rule 3).
  }

  private mutating func putEncoded(_ byte: UInt8, into output: inout [UInt8]) {
    makeRoom(3, in: &output)
    Hexadecimal.append(byte, after: UInt8(ascii: "="), to: &output)
    column += 3
  }

  private mutating func put(_ byte: UInt8, into output: inout [UInt8]) {
    output.append(byte)
    column += 1
  }

  private mutating func makeRoom(_ octets: Int, in output: inout [UInt8]) {
    guard column + octets > Self.maximumColumn, !(isMending && isInsideCode(output)) else { return }
    output.append("=\r\n")
    column = 0
  }

  /// Behind `=` or `=X`: the rest of the code belongs on the same line, for which room was made before.
  private func isInsideCode(_ output: [UInt8]) -> Bool {
    output.last == UInt8(ascii: "=") || output.count > 1 && output[output.count - 2] == UInt8(ascii: "=")
  }
}

/// Base64 that came on over-long lines, or with stray octets between, on lines of 76.
struct Base64Wrapping: Sendable {
  private var column = 0
  private var endsLine = false

  mutating func feed(_ piece: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    if let last = piece.last { endsLine = last == .lf }
    for byte in piece where byte.isAlphanumeric || Self.others.contains(byte) {
      if column == 76 {
        output += [UInt8].crlf
        column = 0
      }
      output.append(byte)
      column += 1
    }
  }

  func finish(into output: inout [UInt8]) {
    if endsLine { output += [UInt8].crlf }
  }

  private static let others = [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "=")]
}
