// User names inside a message whose fields end at a comma: `,` is written `=2C` and `=` is `=3D`. RFC 5801 §4, 5802 §5.1.

enum SASLName {
  static func escaped(_ name: [UInt8]) -> [UInt8] {
    name.flatMap { octet -> [UInt8] in
      switch octet {
      case UInt8(ascii: ","): Array("=2C".utf8)
      case UInt8(ascii: "="): Array("=3D".utf8)
      default: [octet]
      }
    }
  }

  /// `nil` when an `=` begins neither `=2C` nor `=3D`.
  static func unescaped(_ text: Octets) -> [UInt8]? {
    var name: [UInt8] = []
    var cursor = Cursor(text)
    while let octet = cursor.peek {
      if cursor.take(word: "=2C") {
        name.append(UInt8(ascii: ","))
      } else if cursor.take(word: "=3D") {
        name.append(UInt8(ascii: "="))
      } else if octet != UInt8(ascii: "="), cursor.take(octet) {
        name.append(octet)
      } else {
        return nil
      }
    }
    return name
  }
}
