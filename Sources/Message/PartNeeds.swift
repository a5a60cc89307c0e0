// What the next server must be able to take for one part's text, and how the part's header says that it was encoded.

struct PartNeeds: Sendable {
  private(set) var scan = BodyScan()
  private var utf8 = UTF8Check()

  mutating func note(_ stretch: PassingLines.Stretch) { note(stretch.octets) }

  mutating func note(octets: ArraySlice<UInt8>) { octets.withUnsafeBytes { note($0) } }

  private mutating func note(_ octets: UnsafeRawBufferPointer) {
    let had8Bit = scan.has8Bit
    scan.feed(octets)
    if had8Bit || scan.has8Bit { utf8.feed(octets) }
  }

  var isUTF8: Bool { utf8.isValid }

  /// The server would refuse the text or cut its lines.
  func exceeds(takes8Bit: Bool) -> Bool {
    scan.has8Bit && !takes8Bit || scan.longestLineOctets > Folding.maximumOctets
  }

  /// NUL is no part of 7-bit or 8-bit text (RFC 2045 §2.7), and servers drop or refuse it.
  func mustEncode(takes8Bit: Bool) -> Bool { exceeds(takes8Bit: takes8Bit) || scan.hasNUL }
}

/// Whether octets that pass in pieces are valid UTF-8 (RFC 3629 §4).
private struct UTF8Check: Sendable {
  private(set) var isWellFormed = true
  private var remaining = 0
  /// What the next octet may be: the second one tells over-long forms and surrogates.
  private var allowed: ClosedRange<UInt8> = 0x80...0xbf

  var isValid: Bool { isWellFormed && remaining == 0 }

  mutating func feed(_ octets: UnsafeRawBufferPointer) {
    for octet in octets where isWellFormed { take(octet) }
  }

  private mutating func take(_ octet: UInt8) {
    if remaining > 0 {
      isWellFormed = allowed.contains(octet)
      allowed = 0x80...0xbf
      remaining -= 1
      return
    }
    switch octet {
    case 0..<0x80: break
    case 0xc2...0xdf: remaining = 1
    case 0xe0: expect(2, 0xa0...0xbf)
    case 0xed: expect(2, 0x80...0x9f)
    case 0xe1...0xef: remaining = 2
    case 0xf0: expect(3, 0x90...0xbf)
    case 0xf4: expect(3, 0x80...0x8f)
    case 0xf1...0xf3: remaining = 3
    default: isWellFormed = false
    }
  }

  private mutating func expect(_ count: Int, _ next: ClosedRange<UInt8>) {
    remaining = count
    allowed = next
  }
}

extension Header {
  /// Says in the header of a leaf that its text is encoded from now on, and how to encode it. `nil` when it is in an
  /// encoding that is unknown here.
  mutating func label(encoded needs: PartNeeds) -> BodyEncoder.Edit.Operation? {
    let encoding = first(.contentTransferEncoding).map { ParameterizedValue(parsing: $0.value).main } ?? []
    switch String(decoding: encoding, as: UTF8.self) {
    case "quoted-printable": return .quotedPrintable(mending: true)
    case "base64": return .base64
    case "", "7bit", "8bit", "binary": break
    default: return nil
    }
    set(Field(.contentTransferEncoding, value: "quoted-printable".utf8))
    if needs.scan.has8Bit { nameCharset(needs.isUTF8 ? "utf-8" : "unknown-8bit") }
    return .quotedPrintable(mending: false)
  }

  /// Readers take text without a named character set for ASCII (RFC 1428 §3).
  private mutating func nameCharset(_ charset: String) {
    guard let field = first(.contentType), !field.isEmpty else {
      return set(Field(.contentType, value: "text/plain; charset=\(charset)".utf8))
    }
    let type = ParameterizedValue(parsing: field.value)
    guard type.main.starts(with: "text/".utf8), type.parameter("charset") == nil else { return }
    set(field.withValue(type.encoded(adding: "charset=\(charset)")))
  }

  /// - Returns: whether the part said one of the first two.
  mutating func relabel(_ first: String, _ second: String, as label: String) -> Bool {
    guard let field = self.first(.contentTransferEncoding) else { return false }
    let encoding = ParameterizedValue(parsing: field.value).main
    guard encoding.elementsEqual(first.utf8) || encoding.elementsEqual(second.utf8) else { return false }
    set(Field(.contentTransferEncoding, value: label.utf8))
    return true
  }
}
