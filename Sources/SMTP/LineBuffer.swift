// The octets that a connection has received and that were not read yet, given out as lines or as plain octets. RFC 5321
// §2.3.8. For commands and replies; the end of a message is found by DotDecoder.

/// One line without its end.
package enum Line: Equatable, Sendable {
  /// Shares the buffer's storage: while a line is held, the next `append` copies that storage.
  case octets(ArraySlice<UInt8>)
  /// Longer than the limit. The line was dropped up to its end; the next line is complete.
  case tooLong
}

package struct LineBuffer: Sendable {
  private var storage: [UInt8] = []
  private var start = 0
  /// Octets before this index hold no LF.
  private var searched = 0
  /// Inside a line that is already too long.
  private(set) var isSkipping = false
  /// A CR was in a line so far, or somebody else has read one.
  package private(set) var hasSeenReturn = false

  /// The most storage that an idle connection keeps.
  private static let keptCapacity = 4096

  package init() {}

  private init(isSkipping: Bool, hasSeenReturn: Bool) {
    self.isSkipping = isSkipping
    self.hasSeenReturn = hasSeenReturn
  }

  /// No octet is left to read, not even the beginning of a line.
  package var isEmpty: Bool { start == storage.count && !isSkipping }
  package var count: Int { storage.count - start }
  /// The first of the octets that were not read yet.
  package var first: UInt8? { start < storage.count ? storage[start] : nil }

  /// To be called when octets with a CR were read by another.
  package mutating func noteReturn() { hasSeenReturn = true }

  package mutating func append(_ octets: UnsafeRawBufferPointer) {
    compact()
    storage.append(contentsOf: octets)
  }

  package mutating func append(_ octets: [UInt8]) {
    octets.withUnsafeBytes { append($0) }
  }

  /// The next whole line, or `nil` until more is appended.
  ///
  /// A line ends at LF; any CR before it is dropped. A bare CR elsewhere stays in the line: it ends nothing here,
  /// because acting on it before the LF that may follow would leave that LF to the body or the TLS handshake.
  ///
  /// - Parameter limit: in octets, CRLF included.
  package mutating func nextLine(limit: Int) -> Line? {
    guard let end = storage.firstIndex(of: .lf, from: searched) else {
      searched = storage.count
      if storage.count - start >= limit || isSkipping { skip() }
      return nil
    }
    defer { consume(to: end + 1) }
    lookForReturn(before: end)
    if isSkipping || end + 1 - start > limit {
      isSkipping = false
      return .tooLong
    }
    var last = end
    while last > start, storage[last - 1] == .cr { last -= 1 }
    return .octets(storage[start..<last])
  }

  /// Gives all octets to `body`, and drops as many of them as `body` returns.
  package mutating func drain(_ body: (UnsafeRawBufferPointer) -> Int) {
    guard start < storage.count else { return }
    let used = storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    consume(to: start + used)
  }

  private mutating func consume(to index: Int) {
    start = index
    searched = index
    // The storage is not emptied here for reuse: a line given out may still share it, so emptying would copy it.
    if index == storage.count, storage.capacity > Self.keptCapacity {
      self = LineBuffer(isSkipping: isSkipping, hasSeenReturn: hasSeenReturn)
    }
  }

  private mutating func lookForReturn(before end: Int) {
    if !hasSeenReturn { hasSeenReturn = storage[start..<end].contains(.cr) }
  }

  private mutating func skip() {
    isSkipping = true
    lookForReturn(before: storage.count)
    consume(to: storage.count)
  }

  private mutating func compact() {
    guard start > 0 else { return }
    storage.removeSubrange(0..<start)
    searched -= start
    start = 0
  }
}
