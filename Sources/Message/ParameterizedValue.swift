// Content-Type and Content-Disposition: a value and its parameters. RFC 2045 §5.1, RFC 2231; lenient where apps are.

import SMTP

struct ParameterizedValue {
  struct Parameter {
    /// In lower case.
    let name: [UInt8]
    /// Without quotes.
    let value: [UInt8]
  }

  /// `text/plain`, `attachment`, in lower case.
  let main: [UInt8]
  /// As written.
  let mainAsWritten: [UInt8]
  private(set) var parameters: [Parameter] = []

  /// - Parameter value: `Header.Field.value`.
  init(parsing value: ArraySlice<UInt8>) {
    let line = AddressTokens.unfolded(value).line
    let end = line.firstIndex(of: UInt8(ascii: ";")) ?? line.count
    mainAsWritten = Self.trimmed(line[..<end])
    main = mainAsWritten.map(\.lowercased)
    var rest = line[end...].dropFirst()
    while !rest.isEmpty { readParameter(&rest) }
  }

  func parameter(_ name: StaticString) -> [UInt8]? {
    parameters.first { parameter in parameter.name.withUnsafeBufferPointer { name.matches($0) } }?.value
  }

  private mutating func readParameter(_ rest: inout ArraySlice<UInt8>) {
    let mark = rest.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ";") } ?? rest.endIndex
    let name = Self.trimmed(rest[..<mark]).map(\.lowercased)
    guard mark < rest.endIndex, rest[mark] == UInt8(ascii: "=") else {
      rest = rest[mark...].dropFirst()
      return
    }
    rest = rest[(mark + 1)...].drop { $0.isBlank }
    let value = rest.first == UInt8(ascii: "\"") ? Self.takeQuoted(&rest) : nil
    let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
    parameters.append(Parameter(name: name, value: value ?? Self.trimmed(rest[..<end])))
    rest = rest[end...].dropFirst()
  }

  private static func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    var value: [UInt8] = []
    var isEscaped = false
    var index = rest.startIndex + 1
    while index < rest.endIndex, isEscaped || rest[index] != UInt8(ascii: "\"") {
      isEscaped = !isEscaped && rest[index] == UInt8(ascii: "\\")
      if !isEscaped { value.append(rest[index]) }
      index += 1
    }
    rest = rest[min(index + 1, rest.endIndex)...]
    return value
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var trimmed = bytes.drop { $0.isBlank }
    while trimmed.last?.isBlank ?? false { trimmed.removeLast() }
    return Array(trimmed)
  }

  // MARK: Writing

  /// On folded lines, all ASCII: values beyond it become `name*=utf-8''…` (RFC 2231 §4), in pieces when they are long.
  /// - Parameters:
  ///   - adding: a parameter more, such as `charset=utf-8`.
  ///   - declared: the character set of raw values.
  func encoded(adding: String? = nil, declared: DeclaredCharset? = nil) -> [UInt8] {
    var value = Self.ascii(mainAsWritten)
    for parameter in parameters {
      for piece in Self.pieces(of: parameter, declared) {
        value.append(";\r\n\t")
        value += piece
      }
    }
    if let adding {
      value.append("; ")
      value.append(adding)
    }
    return value
  }

  private static func pieces(of parameter: Parameter, _ declared: DeclaredCharset?) -> [[UInt8]] {
    let name = ascii(parameter.name)
    if !parameter.value.contains(where: \.is8Bit) { return asciiPieces(of: parameter.value, name: name) }
    let isDeclared = declared?.covers(parameter.value) ?? false
    let charset = isDeclared ? declared?.label ?? [] : Array("utf-8".utf8)
    let prefix = charset + Array("''".utf8)
    let encoded = percentEncoded(isDeclared ? parameter.value : Charset.guess(parameter.value))
    if encoded.count == 1 { return [name + Array("*=".utf8) + prefix + encoded[0]] }
    return encoded.enumerated().map { number, piece in
      name + Array("*\(number)*=".utf8) + (number == 0 ? prefix : []) + piece
    }
  }

  /// One that no line can hold is continued (RFC 2231 §3).
  private static func asciiPieces(of value: [UInt8], name: [UInt8]) -> [[UInt8]] {
    let most = 400
    if value.count <= most {
      let isToken = !value.isEmpty && value.allSatisfy { $0.isAtom && $0 != UInt8(ascii: "/") }
      return [name + [UInt8(ascii: "=")] + (isToken ? value : Phrase.quoted(value))]
    }
    return stride(from: 0, to: value.count, by: most).enumerated().map { number, start in
      name + Array("*\(number)=".utf8) + Phrase.quoted(Array(value[start..<min(start + most, value.count)]))
    }
  }

  /// In pieces of some 60 octets, never cut inside a code.
  private static func percentEncoded(_ text: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = [[]]
    for byte in text {
      if pieces[pieces.count - 1].count >= 60 { pieces.append([]) }
      if byte.isAlphanumeric || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") {
        pieces[pieces.count - 1].append(byte)
      } else {
        Hexadecimal.append(byte, after: UInt8(ascii: "%"), to: &pieces[pieces.count - 1])
      }
    }
    return pieces
  }

  private static func ascii(_ bytes: [UInt8]) -> [UInt8] { bytes.map { $0.is8Bit ? UInt8(ascii: "?") : $0 } }
}
