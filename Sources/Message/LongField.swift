// A field with lines over 998 octets that have no blank to fold at: folded where the grammar of its value allows a blank,
// else encoded, else cut. RFC 5322 §2.1.1.

import SMTP

enum LongField {
  /// - Parameter field: folded at its blanks.
  static func shortened(_ field: Header.Field) -> Header.Field {
    for attempt in [spaced, rewritten] {
      let mended = field.withValue(Folding.folded(attempt(field), used: field.range.nameCount + 2))
      if !HeaderEncoding.hasLongLine(mended.bytes) { return mended }
    }
    return field.withValue(cut(rewritten(field), used: field.range.nameCount + 2))
  }

  /// With blanks where there may be some: behind the commas of a list, between two message ids.
  private static func spaced(_ field: Header.Field) -> [UInt8] {
    let line = HeaderEncoding.line(of: field)
    if field.name.hasAddresses { return spacedBehindCommas(line) }
    guard field.name.hasMessageIDs else { return line }
    var spaced: [UInt8] = []
    for byte in line {
      if byte == UInt8(ascii: "<"), spaced.last == UInt8(ascii: ">") { spaced.append(.space) }
      spaced.append(byte)
    }
    return spaced
  }

  private static func spacedBehindCommas(_ line: [UInt8]) -> [UInt8] {
    var spaced: [UInt8] = []
    var end = 0
    for token in AddressTokens(line).tokens {
      spaced += line[end..<token.end]
      end = token.end
      if token.kind == .mark, line[token.start] == UInt8(ascii: ","), line[end...].first != .space {
        spaced.append(.space)
      }
    }
    return spaced + line[end...]
  }

  private static func rewritten(_ field: Header.Field) -> [UInt8] {
    let line = HeaderEncoding.line(of: field)
    if field.name.hasAddresses { return HeaderEncoding.addresses(field, nil) }
    if field.name.hasText { return Unstructured.encodedLongWords(line) }
    if field.name == .contentType || field.name == .contentDisposition {
      return AddressTokens.unfolded(ParameterizedValue(parsing: field.value).encoded()[...]).line
    }
    return line
  }

  /// Nothing else is left: a reader that needs such a value whole cannot get it by mail.
  private static func cut(_ value: [UInt8], used: Int) -> [UInt8] {
    let room = 900
    var output: [UInt8] = []
    for word in value.split(whereSeparator: \.isBlank) {
      for start in stride(from: word.startIndex, to: word.endIndex, by: room) {
        let part = word[start..<min(start + room, word.endIndex)]
        if output.isEmpty, used + part.count > Folding.maximumOctets { output += [UInt8].crlf }
        if !output.isEmpty { output.append(.space) }
        output += part
      }
    }
    return Folding.folded(output, used: used)
  }
}
