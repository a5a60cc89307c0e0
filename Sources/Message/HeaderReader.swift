// Finds the fields at the top of a message, line by line, looking at each line's first octets only.

import Glibc
import SMTP

struct HeaderReader {
  private(set) var ranges: [Header.FieldRange] = []
  private(set) var names = FieldNames()
  /// Of the next line; when all is read, of the body.
  private(set) var position: Int
  private(set) var isEnded = false
  private(set) var has8Bit = false
  private(set) var hasLongLine = false
  /// The last field, when it is without a line end.
  private(set) var unended: Range<Int>?

  private let startIndex: Int
  private var openField: (start: Int, line: FirstLine)?

  /// Positions count from `startIndex`.
  init(startIndex: Int) {
    self.startIndex = startIndex
    position = startIndex
    ranges.reserveCapacity(24)
  }

  /// A field's first line: where its parts stand, counted from the start of the line.
  struct FirstLine {
    let name: FieldName
    let nameCount: Int
    let valueStart: Int
  }

  private enum LineKind {
    case field(FirstLine), continuation, empty, mailboxSeparator, text
  }

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    while !isEnded, position - startIndex < bytes.count {
      skipByteOrderMark(in: bytes)
      let start = position - startIndex
      let end = Self.endOfLine(in: bytes, from: start)
      take(Self.look(at: UnsafeBufferPointer(rebasing: bytes[start..<end])), endingAt: startIndex + end, in: bytes)
    }
    closeField(at: position, in: bytes)
    has8Bit = BodyScan.has8Bit(
      UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<(position - startIndex)]))
  }

  private mutating func take(_ line: LineKind, endingAt end: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    switch line {
    case .continuation where openField != nil: break
    case .field(let first):
      closeField(at: position, in: bytes)
      openField = (position, first)
    case .empty:
      closeField(at: position, in: bytes)
      isEnded = true
    case .mailboxSeparator where isFollowedByField(end, in: bytes):
      // Mbox tools leave such a line on top of a message. It is neither a field nor text, and may stand below the
      // Received line that Letterhead puts on top.
      closeField(at: position, in: bytes)
    default:
      // The empty line is missing: a line that cannot be a field begins the body, so that no text is lost.
      closeField(at: position, in: bytes)
      isEnded = true
      return
    }
    hasLongLine = hasLongLine || end - position > Folding.maximumOctets + 2
    position = end
  }

  /// Programs that keep their text in files begin a message with U+FEFF. It belongs to no field, and may stand below the
  /// Received line that Letterhead puts on top.
  private mutating func skipByteOrderMark(in bytes: UnsafeBufferPointer<UInt8>) {
    let start = position - startIndex
    guard bytes.count - start > 3, bytes[start] == 0xef, bytes[start + 1] == 0xbb, bytes[start + 2] == 0xbf,
      isFollowedByField(position + 3, in: bytes)
    else { return }
    closeField(at: position, in: bytes)
    position += 3
  }

  /// Only at the top: there is one field before it at most.
  private func isFollowedByField(_ end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard ranges.count + (openField == nil ? 0 : 1) <= 1 else { return false }
    let start = end - startIndex
    let next = UnsafeBufferPointer(rebasing: bytes[start..<Self.endOfLine(in: bytes, from: start)])
    if case .field = Self.look(at: next) { return true }
    return false
  }

  private mutating func closeField(at end: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    guard let (start, line) = openField else { return }
    openField = nil
    var valueEnd = end - startIndex
    guard bytes[valueEnd - 1] == .lf else {
      unended = start..<(bytes[valueEnd - 1] == .cr ? end - 1 : end)
      return
    }
    valueEnd -= valueEnd > 1 && bytes[valueEnd - 2] == .cr ? 2 : 1
    names.insert(line.name)
    ranges.append(
      Header.FieldRange(
        name: line.name, isOurs: false, nameCount: line.nameCount, start: start, valueStart: start + line.valueStart,
        valueEnd: max(start + line.valueStart, startIndex + valueEnd), end: end))
  }

  /// Behind the line feed, or the end of the bytes.
  private static func endOfLine(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = memchr(base + start, Int32(UInt8.lf), bytes.count - start)
    else { return bytes.count }
    return UnsafeRawPointer(base).distance(to: found) + 1
  }

  private static func look(at line: UnsafeBufferPointer<UInt8>) -> LineKind {
    guard let first = line.first else { return .empty }
    if first.isBlank { return .continuation }
    if first == .lf || line.count == 2 && first == .cr && line[1] == .lf { return .empty }
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

  /// Whether a line can stand in a header: a field's first, or a continuation.
  static func canBelong(to opening: [UInt8]) -> Bool {
    if opening.first?.isBlank ?? false { return true }
    return opening.withUnsafeBufferPointer { firstLine($0) != nil }
  }

  /// `From ada@example.org Sun Nov 22 …`, also quoted as `>From `.
  private static func isMailboxSeparator(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    let unquoted = line.drop { $0 == UInt8(ascii: ">") }
    return unquoted.starts(with: "From ".utf8)
  }
}

extension UInt8 {
  /// What a field's name is made of: printable, and no colon (RFC 5322 §3.6.8).
  var isFieldName: Bool { self > 0x20 && self < 0x7F && self != UInt8(ascii: ":") }
}
