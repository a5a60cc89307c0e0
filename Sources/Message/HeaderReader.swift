// Finds the fields at the top of a message, line by line, looking at each line's first octets only.

import Glibc

struct HeaderReader {
  private let message: ArraySlice<UInt8>
  private(set) var fields: [Header.Field] = []
  private(set) var position: Int
  private(set) var isEnded = false
  /// Where the field being read began, and what its first line said.
  private var open: (start: Int, line: FirstLine)?

  init(_ message: ArraySlice<UInt8>) {
    self.message = message
    position = message.startIndex
    fields.reserveCapacity(24)
  }

  /// A field's first line: where its parts stand, counted from the start of the line.
  struct FirstLine {
    let name: FieldName
    let nameCount: Int
    let valueStart: Int
  }

  private enum Line {
    case field(FirstLine), continuation, empty, mailboxSeparator, text
  }

  mutating func read() {
    message.withUnsafeBufferPointer { bytes in
      let base = message.startIndex
      while !isEnded, position - base < bytes.count {
        let start = position - base
        let end = Self.endOfLine(in: bytes, from: start)
        take(Self.look(at: UnsafeBufferPointer(rebasing: bytes[start..<end])), endingAt: base + end, in: bytes)
      }
      closeField(at: position)
    }
  }

  private mutating func take(_ line: Line, endingAt end: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    switch line {
    case .continuation where open != nil: break
    case .field(let first):
      closeField(at: position)
      open = (position, first)
    case .empty:
      closeField(at: position)
      isEnded = true
    case .mailboxSeparator where isFollowedByField(end, in: bytes):
      // Left by mbox tools on top of a message; no field and no text (Postfix renames it, nobody reads it).
      // It may stand under the Received line we put on top.
      closeField(at: position)
    default:
      // The empty line is missing: what cannot be a field begins the body. Any other reading would lose text.
      closeField(at: position)
      isEnded = true
      return
    }
    position = end
  }

  private func isFollowedByField(_ end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard fields.count <= 1 else { return false }
    let start = end - message.startIndex
    let next = UnsafeBufferPointer(rebasing: bytes[start..<Self.endOfLine(in: bytes, from: start)])
    if case .field = Self.look(at: next) { return true }
    return false
  }

  private mutating func closeField(at end: Int) {
    guard let (start, line) = open else { return }
    open = nil
    var bytes = message[start..<end]
    if bytes.last != .lineFeed {
      if bytes.last == .carriageReturn { bytes.removeLast() }
      bytes = ArraySlice(bytes + [UInt8].crlf)
    }
    fields.append(Header.Field(bytes, line))
  }

  /// Behind the line feed, or the end of the bytes.
  private static func endOfLine(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = memchr(base + start, Int32(UInt8.lineFeed), bytes.count - start)
    else { return bytes.count }
    return UnsafeRawPointer(base).distance(to: found) + 1
  }

  private static func look(at line: UnsafeBufferPointer<UInt8>) -> Line {
    guard let first = line.first else { return .empty }
    if first.isBlank { return .continuation }
    if first == .lineFeed || line.count == 2 && first == .carriageReturn && line[1] == .lineFeed { return .empty }
    guard let firstLine = Self.firstLine(line) else {
      return isMailboxSeparator(line) ? .mailboxSeparator : .text
    }
    return .field(firstLine)
  }

  static func firstLine(_ line: UnsafeBufferPointer<UInt8>) -> FirstLine? {
    var index = 0
    while index < line.count, line[index].isFieldName { index += 1 }
    let nameCount = index
    while index < line.count, line[index].isBlank { index += 1 }
    guard nameCount > 0, index < line.count, line[index] == UInt8(ascii: ":") else { return nil }
    let name = FieldName(UnsafeBufferPointer(rebasing: line[..<nameCount]))
    return FirstLine(name: name, nameCount: nameCount, valueStart: index + 1)
  }

  /// `From ada@example.org Sun Nov 22 …`, also quoted as `>From `.
  private static func isMailboxSeparator(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    let unquoted = line.drop { $0 == UInt8(ascii: ">") }
    return unquoted.starts(with: "From ".utf8)
  }
}

extension Header.Field {
  /// `bytes` ends with a line end.
  init(_ bytes: ArraySlice<UInt8>, _ line: HeaderReader.FirstLine) {
    self.bytes = bytes
    name = line.name
    nameCount = line.nameCount
    valueStart = bytes.startIndex + line.valueStart
    let beforeLineFeed = bytes.endIndex - 1
    let hasReturn = beforeLineFeed > valueStart && bytes[beforeLineFeed - 1] == .carriageReturn
    valueEnd = max(valueStart, hasReturn ? beforeLineFeed - 1 : beforeLineFeed)
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
    self.init(bytes[...], HeaderReader.FirstLine(name: name, nameCount: nameCount, valueStart: nameCount + 1))
  }
}
