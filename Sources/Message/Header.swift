// A message's header: its fields in order, each exactly the bytes that came, until one is changed on purpose.
// RFC 5322 §2.2, read as apps write it: obsolete forms, 8-bit text, missing empty line, no header at all.
//
// Reading keeps the message's bytes and notes where each field stands in them; only fields of ours have new bytes.

package struct Header: Sendable {
  /// Where a field's bytes are: in the message, or among those we wrote.
  struct Place: Sendable {
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
  private(set) var places: [Place]
  /// Which of the known names are there, so that most questions cost nothing.
  private var names: FieldNames
  /// There may be raw 8-bit text, or a line of over 998 octets, in a field. What was removed since may have held it.
  private(set) var mayHave8Bit: Bool
  private(set) var mayHaveLongLine: Bool

  /// Where the body starts in the bytes that were read: behind the empty line, or at the first line that cannot
  /// belong to a header when the empty line is missing.
  package let bodyStart: Int
  /// The end of the header was seen. `false` when the bytes ran out first: there is no body, or more must be read.
  package let isEnded: Bool

  /// The most a header may have before a message is refused; it stands in memory whole.
  package static let maximumOctets = 1 << 20

  package init(fields: [Field] = []) {
    message = []
    places = []
    names = FieldNames()
    mayHave8Bit = false
    mayHaveLongLine = false
    bodyStart = 0
    isEnded = true
    for field in fields { append(field) }
  }

  /// Reads the header at the top of a message and stops by itself where the body starts.
  package init(parsing message: [UInt8]) { self.init(parsing: message[...]) }

  package init(parsing message: ArraySlice<UInt8>) {
    var reader = HeaderReader(startIndex: message.startIndex)
    message.withUnsafeBufferPointer { reader.read($0) }
    self.message = message
    places = reader.places
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
    while index < places.count {
      // Neighbours that stand together in the message are copied together.
      let first = places[index]
      var end = first.end
      index += 1
      while index < places.count, places[index].isOurs == first.isOurs, places[index].start == end {
        end = places[index].end
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
  package var octetCount: Int { places.reduce(2) { $0 + $1.end - $1.start } }

  // MARK: Asking

  package var fields: [Field] { places.map(field) }

  package func contains(_ name: FieldName) -> Bool { names.contains(name) }

  package func first(_ name: FieldName) -> Field? {
    guard contains(name) else { return nil }
    return places.first { $0.name == name }.map(field)
  }

  package func all(_ name: FieldName) -> [Field] {
    contains(name) ? places.lazy.filter { $0.name == name }.map(field) : []
  }

  package func count(of name: FieldName) -> Int { contains(name) ? places.count { $0.name == name } : 0 }

  private func field(_ place: Place) -> Field {
    Field(bytes: (place.isOurs ? ours[...] : message)[place.start..<place.end], place)
  }

  // MARK: Changing

  package mutating func append(_ field: Field) {
    names.insert(field.name)
    places.append(place(for: field))
  }

  package mutating func remove(_ name: FieldName) {
    guard contains(name) else { return }
    places.removeAll { $0.name == name }
    names.remove(name)
  }

  mutating func removeAll(_ name: FieldName, where isUnwanted: (Field) -> Bool) {
    places = places.filter { $0.name != name || !isUnwanted(field($0)) }
    names = FieldNames(places.lazy.map(\.name))
  }

  /// Stands where the first of its name stood, or at the end. Every other of that name goes, so that no reader can
  /// pick an old one.
  package mutating func set(_ field: Field) {
    guard contains(field.name), let first = places.firstIndex(where: { $0.name == field.name }) else {
      return append(field)
    }
    places[first] = place(for: field)
    if count(of: field.name) == 1 { return }
    var position = -1
    places.removeAll { place in
      position += 1
      return position > first && place.name == field.name
    }
  }

  /// Each field as `change` makes it; `nil` leaves it.
  mutating func mend(_ change: (Field) -> Field?) {
    for index in places.indices {
      if let changed = change(field(places[index])) { places[index] = place(for: changed) }
    }
  }

  private mutating func place(for field: Field) -> Place {
    mayHave8Bit = mayHave8Bit || field.bytes.contains(where: \.is8Bit)
    mayHaveLongLine = mayHaveLongLine || field.bytes.count > Folding.maximumOctets
    var place = field.place
    place.move(to: ours.count)
    place.isOurs = true
    ours.append(contentsOf: field.bytes)
    return place
  }
}

extension Header.Place {
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
    let place: Place

    init(bytes: ArraySlice<UInt8>, _ place: Place) {
      self.bytes = bytes
      self.place = place
    }

    package var name: FieldName { place.name }
    /// Folds and blanks as they came, without the line end.
    package var value: ArraySlice<UInt8> { bytes[place.valueStart..<place.valueEnd] }
    package var nameBytes: ArraySlice<UInt8> { bytes.prefix(place.nameCount) }

    /// Nothing but blanks and folds behind the colon.
    package var isEmpty: Bool { value.allSatisfy { $0 <= .space } }
  }
}

extension Header.Field {
  /// A whole field with its line end. One that has no colon gets the name `other` and an empty value.
  init(_ bytes: [UInt8]) {
    let line = bytes.withUnsafeBufferPointer { HeaderReader.firstLine($0) }
    let valueStart = line?.valueStart ?? bytes.count
    let place = Header.Place(
      name: line?.name ?? .other, isOurs: true, nameCount: line?.nameCount ?? 0, start: 0, valueStart: valueStart,
      valueEnd: max(valueStart, bytes.count - 2), end: bytes.count)
    self.init(bytes: bytes[...], place)
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
    let place = Header.Place(
      name: name, isOurs: true, nameCount: nameCount, start: 0, valueStart: nameCount + 1, valueEnd: bytes.count - 2,
      end: bytes.count)
    self.init(bytes: bytes[...], place)
  }

  /// The same name as written, with another value: folded and free of control characters.
  func withValue(_ value: [UInt8]) -> Header.Field {
    Header.Field(Array(nameBytes) + Array(": ".utf8) + value + [UInt8].crlf)
  }
}
