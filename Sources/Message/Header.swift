// A message's header: its fields in order, each exactly the bytes that came, until one is changed on purpose.
// RFC 5322 §2.2, read as apps write it: obsolete forms, 8-bit text, missing empty line, no header at all.
//
// Reading keeps the message's bytes and notes the range of each field in them; only fields that Letterhead writes have
// new bytes.

import SMTP

package struct Header: Sendable {
  /// Where a field's bytes are: in the message, or in `ours` where Letterhead wrote the field.
  struct FieldRange: Sendable {
    var name: FieldName
    var isOurs: Bool
    /// How many octets the name has: blanks before the colon (RFC 5322 §4.5) are not in it.
    var nameCount: Int
    var start: Int
    /// Behind the colon.
    var valueStart: Int
    /// Before the line end.
    var valueEnd: Int
    /// Behind the line end.
    var end: Int
  }

  private let message: ArraySlice<UInt8>
  private var ours: [UInt8] = []
  private(set) var ranges: [FieldRange]
  /// Which of the known names occur: most questions are answered without looking at the fields.
  private var names: FieldNames
  /// There may be raw 8-bit text, or a line of over 998 octets, in a field: also when that field was removed since.
  private(set) var mayHave8Bit: Bool
  private(set) var mayHaveLongLine: Bool

  /// Where the body starts in the bytes that were read: behind the empty line, or at the first line that cannot
  /// belong to a header when the empty line is missing.
  package let bodyStart: Int
  /// The end of the header was seen. `false` when the bytes ran out first: there is no body, or more must be read.
  package let isEnded: Bool

  /// A message with a longer header is refused, because the whole header is kept in memory.
  package static let maximumOctets = 1 << 20

  package init(fields: [Field] = []) {
    message = []
    ranges = []
    names = FieldNames()
    mayHave8Bit = false
    mayHaveLongLine = false
    bodyStart = 0
    isEnded = true
    for field in fields { append(field) }
  }

  /// Reads the header at the top of a message, up to the start of the body.
  package init(parsing message: [UInt8]) { self.init(parsing: message[...]) }

  package init(parsing message: ArraySlice<UInt8>) {
    var reader = HeaderReader(startIndex: message.startIndex)
    message.withUnsafeBufferPointer { reader.read($0) }
    self.message = message
    ranges = reader.ranges
    names = reader.names
    mayHave8Bit = reader.has8Bit
    mayHaveLongLine = reader.hasLongLine
    bodyStart = reader.position
    isEnded = reader.isEnded
    if let last = reader.unended { append(Field(Array(message[last]) + [UInt8].crlf)) }
  }

  // MARK: Writing

  /// The fields and the empty line that ends them. The body follows directly.
  package func serialized() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(octetCount)
    append(to: &bytes)
    return bytes
  }

  package func append(to bytes: inout [UInt8]) {
    var index = 0
    while index < ranges.count {
      // Neighbours that stand together in the message are copied together.
      let first = ranges[index]
      var end = first.end
      index += 1
      while index < ranges.count, ranges[index].isOurs == first.isOurs, ranges[index].start == end {
        end = ranges[index].end
        index += 1
      }
      if first.isOurs {
        bytes.append(contentsOf: ours[first.start..<end])
      } else {
        bytes.append(contentsOf: message[first.start..<end])
      }
    }
    bytes.append(contentsOf: [UInt8].crlf)
  }

  /// As serialized, the empty line included.
  package var octetCount: Int { ranges.reduce(2) { $0 + $1.end - $1.start } }

  // MARK: Asking

  package var fields: [Field] { ranges.map(field) }

  package func contains(_ name: FieldName) -> Bool { names.contains(name) }

  package func first(_ name: FieldName) -> Field? {
    guard contains(name) else { return nil }
    return ranges.first { $0.name == name }.map(field)
  }

  package func all(_ name: FieldName) -> [Field] {
    contains(name) ? ranges.lazy.filter { $0.name == name }.map(field) : []
  }

  package func count(of name: FieldName) -> Int { contains(name) ? ranges.count { $0.name == name } : 0 }

  private func field(_ range: FieldRange) -> Field {
    Field(bytes: (range.isOurs ? ours[...] : message)[range.start..<range.end], range)
  }

  // MARK: Changing

  package mutating func append(_ field: Field) {
    names.insert(field.name)
    ranges.append(range(for: field))
  }

  package mutating func remove(_ name: FieldName) {
    guard contains(name) else { return }
    ranges.removeAll { $0.name == name }
    names.remove(name)
  }

  mutating func removeAll(_ name: FieldName, where isUnwanted: (Field) -> Bool) {
    ranges = ranges.filter { $0.name != name || !isUnwanted(field($0)) }
    names = FieldNames(ranges.lazy.map(\.name))
  }

  /// Puts the field in the place of the first of its name, or at the end. Removes every other of that name, so that no
  /// reader can take an old one.
  package mutating func set(_ field: Field) {
    guard contains(field.name), let first = ranges.firstIndex(where: { $0.name == field.name }) else {
      return append(field)
    }
    ranges[first] = range(for: field)
    if count(of: field.name) == 1 { return }
    var position = -1
    ranges.removeAll { range in
      position += 1
      return position > first && range.name == field.name
    }
  }

  /// Replaces each field by what `change` returns; `nil` leaves the field.
  mutating func mend(_ change: (Field) -> Field?) {
    for index in ranges.indices {
      if let changed = change(field(ranges[index])) { ranges[index] = range(for: changed) }
    }
  }

  private mutating func range(for field: Field) -> FieldRange {
    mayHave8Bit = mayHave8Bit || field.bytes.contains(where: \.is8Bit)
    mayHaveLongLine = mayHaveLongLine || field.bytes.count > Folding.maximumOctets
    var range = field.range
    range.move(to: ours.count)
    range.isOurs = true
    ours.append(contentsOf: field.bytes)
    return range
  }
}

extension Header.FieldRange {
  mutating func move(to start: Int) {
    let distance = start - self.start
    self.start = start
    valueStart += distance
    valueEnd += distance
    end += distance
  }
}

extension Header {
  /// One field, from the first letter of its name to the end of its last folded line.
  package struct Field: Sendable {
    /// Ends with a line end.
    package let bytes: ArraySlice<UInt8>
    /// In the indexes of `bytes`.
    let range: FieldRange

    init(bytes: ArraySlice<UInt8>, _ range: FieldRange) {
      self.bytes = bytes
      self.range = range
    }

    package var name: FieldName { range.name }
    /// Folds and blanks as they came, without the line end.
    package var value: ArraySlice<UInt8> { bytes[range.valueStart..<range.valueEnd] }
    package var nameBytes: ArraySlice<UInt8> { bytes.prefix(range.nameCount) }

    /// Nothing but blanks and folds behind the colon.
    package var isEmpty: Bool { value.allSatisfy { $0 <= .space } }
  }
}

extension Header.Field {
  /// A whole field with its line end. One that has no colon gets the name `other` and an empty value.
  init(_ bytes: [UInt8]) {
    let line = bytes.withUnsafeBufferPointer { HeaderReader.firstLine($0) }
    let valueStart = line?.valueStart ?? bytes.count
    let range = Header.FieldRange(
      name: line?.name ?? .other, isOurs: true, nameCount: line?.nameCount ?? 0, start: 0, valueStart: valueStart,
      valueEnd: max(valueStart, bytes.count - 2), end: bytes.count)
    self.init(bytes: bytes[...], range)
  }

  /// A field of ours. `value` is ready to be sent: folded, free of control characters, without the line end.
  init(_ name: FieldName, value: some Collection<UInt8>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.text.utf8CodeUnitCount + value.count + 4)
    bytes.append(name.text)
    bytes.append(": ")
    bytes.append(contentsOf: value)
    bytes.append(contentsOf: [UInt8].crlf)
    let nameCount = name.text.utf8CodeUnitCount
    let range = Header.FieldRange(
      name: name, isOurs: true, nameCount: nameCount, start: 0, valueStart: nameCount + 1, valueEnd: bytes.count - 2,
      end: bytes.count)
    self.init(bytes: bytes[...], range)
  }

  /// The same name as written, with another value: folded and free of control characters.
  func withValue(_ value: [UInt8]) -> Header.Field {
    Header.Field(Array(nameBytes) + Array(": ".utf8) + value + [UInt8].crlf)
  }
}
