// What must not be shown, in every form in which a server may repeat it: as it is, escaped, and in base64, alone or in the
// middle of what else was encoded with it. Octets are compared, not characters: an accent behind a secret would make another
// character of the secret's last one.

import SMTP

package struct HiddenSecrets: Sendable {
  /// The forms of a token take up many times its room: they are made when a text is long enough to hold one.
  private static let longSecret = 128
  private static let mark = Array("[secret]".utf8)

  private var forms: [SecretForm] = []
  private var long: [[UInt8]] = []

  package init() {}

  package init(_ secrets: some Sequence<Secret>) {
    for secret in secrets { insert(secret) }
  }

  package mutating func insert(_ secret: Secret) { insert(secret.withOctets { Array($0) }) }

  package mutating func insert(_ octets: [UInt8]) {
    if octets.count < Self.longSecret { forms += SecretForm.all(of: octets) } else { long.append(octets) }
  }

  /// `text` with a mark in the place of each secret.
  package func hidden(in text: String) -> String {
    let octets = Array(text.utf8)
    // No form is shorter than the secret.
    let forms = forms + long.lazy.filter { $0.count <= octets.count }.flatMap(SecretForm.all)
    let places = forms.flatMap { $0.places(in: octets) }.sorted { $0.lowerBound < $1.lowerBound }
    if places.isEmpty { return text }
    var shown: [UInt8] = []
    var end = 0
    for place in places {
      if place.lowerBound >= end { shown += octets[end..<place.lowerBound] + Self.mark }
      end = max(end, place.upperBound)
    }
    return String(decoding: shown + octets[end...], as: UTF8.self)
  }
}

extension HiddenSecrets: ExpressibleByArrayLiteral {
  package init(arrayLiteral secrets: String...) {
    for secret in secrets { insert(Array(secret.utf8)) }
  }
}

/// One way to write a secret.
private struct SecretForm {
  /// What is so long is part of no word.
  private static let shortest = 8

  let octets: [UInt8]
  /// Looked for as a word of its own: the letter of a one-letter password stands in words that say what is the matter.
  let isWord: Bool

  private init(_ octets: [UInt8]) {
    self.octets = octets
    isWord = String(decoding: octets, as: UTF8.self).unicodeScalars.count < Self.shortest
  }

  static func all(of secret: [UInt8]) -> [SecretForm] {
    if secret.isEmpty { return [] }
    let inside = (0..<3).map { insideBase64(secret, after: $0) }.filter { $0.count >= shortest }
    let base64 = [Base64.encode(secret)] + inside
    return Set([secret] + escaped(secret) + base64 + base64.map(urlSafe)).map { SecretForm($0) }
  }

  /// RFC 3986 §2.1, by the several opinions of what need not be escaped.
  private static func escaped(_ secret: [UInt8]) -> [[UInt8]] {
    ["-._", "-._~", "-._~!*'()"].flatMap { kept in
      ["0123456789ABCDEF", "0123456789abcdef"].map { digits in
        let (kept, digits) = (Array(kept.utf8), Array(digits.utf8))
        return secret.flatMap { octet in
          isAlphanumeric(octet) || kept.contains(octet)
            ? [octet] : [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
        }
      }
    }
  }

  /// The digits that the secret alone decides, where so many octets stand before it; three more or less change nothing.
  private static func insideBase64(_ secret: [UInt8], after count: Int) -> [UInt8] {
    let digits = (8 * (count + secret.count)) / 6
    return Array(Base64.encode(Array(repeating: 0, count: count) + secret)[..<digits].dropFirst((8 * count + 5) / 6))
  }

  /// RFC 4648 §5, which is not padded.
  private static func urlSafe(_ base64: [UInt8]) -> [UInt8] {
    base64.compactMap { digit in
      switch digit {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: digit
      }
    }
  }

  private static func isAlphanumeric(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  func places(in text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    while start + octets.count <= text.count, let first = text[start...].firstIndex(of: octets[0]) {
      let isHere =
        text[first...].starts(with: octets) && (!isWord || Self.isWord(first..<first + octets.count, of: text))
      if isHere { found.append(first..<first + octets.count) }
      start = first + (isHere ? octets.count : 1)
    }
    return found
  }

  private static func isWord(_ place: Range<Int>, of text: [UInt8]) -> Bool {
    let before = String(decoding: text[..<place.lowerBound].suffix(4), as: UTF8.self).unicodeScalars.last
    let after = String(decoding: text[place.upperBound...].prefix(4), as: UTF8.self).unicodeScalars.first
    return ![before, after].contains { $0.map(goesOn) ?? false }
  }

  /// Marks above and below a letter do not make another word of it.
  private static func goesOn(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber: true
    default: false
    }
  }
}
