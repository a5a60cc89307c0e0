// application/x-www-form-urlencoded, both ways: what a token endpoint is sent, and what a redirect brings back.
// RFC 6749 appendix B.

enum Form {
  /// Every octet outside the unreserved ones is escaped: a secret may hold `&`, `+`, `%` and `=`.
  static func escaped(_ octets: some Sequence<UInt8>) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return octets.flatMap { octet in
      isUnreserved(octet) ? [octet] : [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
    }
  }

  static func escaped(_ text: String) -> String { String(decoding: escaped(text.utf8), as: UTF8.self) }

  /// The fields of a query in their order. What is not escaped as it should be stays as it is.
  static func fields(of query: some StringProtocol) -> [(name: String, value: String)] {
    query.split(separator: "&").map { field in
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (unescaped(parts[0]), parts.count > 1 ? unescaped(parts[1]) : "")
    }
  }

  private static func unescaped(_ text: some StringProtocol) -> String {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      if octet == UInt8(ascii: "%"), let high = digit(rest.first), let low = digit(rest.dropFirst().first) {
        octets.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        octets.append(octet == UInt8(ascii: "+") ? UInt8(ascii: " ") : octet)
      }
    }
    return String(decoding: octets, as: UTF8.self)
  }

  private static func digit(_ octet: UInt8?) -> UInt8? {
    octet.flatMap { Character(UnicodeScalar($0)).hexDigitValue }.map { UInt8($0) }
  }

  private static func isUnreserved(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
