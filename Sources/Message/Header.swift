// A message's header: its fields in order, each exactly the bytes that came, until one is changed on purpose.
// RFC 5322 §2.2, read as apps write it: obsolete forms, 8-bit text, missing empty line, no header at all.

package struct Header: Sendable {
  /// One field, from the first letter of its name to the end of its last folded line.
  package struct Field: Sendable {
    /// Ends with a line end.
    package let bytes: ArraySlice<UInt8>
    package let name: FieldName
    /// How many octets the name has: blanks before the colon (RFC 5322 §4.5) are not in it.
    let nameCount: Int
    /// Where the value starts in `bytes`: behind the colon, blanks included.
    let valueStart: Int
    /// Where it ends: before the line end.
    let valueEnd: Int

    /// Folds and blanks as they came, without the line end.
    package var value: ArraySlice<UInt8> { bytes[valueStart..<valueEnd] }
    package var nameBytes: ArraySlice<UInt8> { bytes.prefix(nameCount) }

    /// Nothing but blanks and folds behind the colon.
    package var isEmpty: Bool { value.allSatisfy { $0.isBlank || $0 == .carriageReturn || $0 == .lineFeed } }
  }

  package private(set) var fields: [Field]
  /// Which of the known names are there, so that most questions cost nothing.
  private var names: FieldNames
  /// Where the body starts in the bytes that were read: behind the empty line, or at the first line that cannot
  /// belong to a header when the empty line is missing.
  package let bodyStart: Int
  /// The end of the header was seen. `false` when the bytes ran out first: there is no body, or more must be read.
  package let isEnded: Bool

  /// The most a header may have before a message is refused; it stands in memory whole.
  package static let maximumOctets = 1 << 20

  package init(fields: [Field] = []) {
    self.fields = fields
    names = FieldNames(fields.lazy.map(\.name))
    bodyStart = 0
    isEnded = true
  }

  /// Reads the header at the top of a message and stops by itself where the body starts.
  package init(parsing message: [UInt8]) { self.init(parsing: message[...]) }

  package init(parsing message: ArraySlice<UInt8>) {
    var reader = HeaderReader(message)
    reader.read()
    fields = reader.fields
    names = FieldNames(fields.lazy.map(\.name))
    bodyStart = reader.position
    isEnded = reader.isEnded
  }

  /// The fields and the empty line that ends them. The body follows directly.
  package func serialized() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(octetCount)
    append(to: &bytes)
    return bytes
  }

  package func append(to bytes: inout [UInt8]) {
    for field in fields { bytes.append(contentsOf: field.bytes) }
    bytes.append(contentsOf: [UInt8].crlf)
  }

  /// As serialized, the empty line included.
  package var octetCount: Int { fields.reduce(2) { $0 + $1.bytes.count } }

  package func contains(_ name: FieldName) -> Bool { names.contains(name) }

  package func first(_ name: FieldName) -> Field? { contains(name) ? fields.first { $0.name == name } : nil }

  package func count(of name: FieldName) -> Int { contains(name) ? fields.count { $0.name == name } : 0 }

  // MARK: Changing

  package mutating func append(_ field: Field) {
    names.insert(field.name)
    fields.append(field)
  }

  package mutating func remove(_ name: FieldName) {
    guard contains(name) else { return }
    fields.removeAll { $0.name == name }
    names.remove(name)
  }

  mutating func removeAll(where isUnwanted: (Field) -> Bool) {
    fields.removeAll(where: isUnwanted)
    names = FieldNames(fields.lazy.map(\.name))
  }

  /// Stands where the first of its name stood, or at the end. Every other of that name goes, so that no reader can
  /// pick an old one.
  package mutating func set(_ field: Field) {
    guard let first = contains(field.name) ? fields.firstIndex(where: { $0.name == field.name }) : nil else {
      return append(field)
    }
    fields[first] = field
    var index = fields.count - 1
    while index > first {
      if fields[index].name == field.name { fields.remove(at: index) }
      index -= 1
    }
  }

  /// Each field as `change` makes it; `nil` leaves it.
  mutating func mend(_ change: (Field) -> Field?) {
    for index in fields.indices {
      if let changed = change(fields[index]) { fields[index] = changed }
    }
  }
}
