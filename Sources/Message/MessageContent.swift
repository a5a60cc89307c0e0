// A message's bytes: in memory if it is small, behind a reader if it is large.

/// Header and body as received: lines ended by CRLF, dots un-stuffed.
package enum MessageContent: Sendable {
  case octets([UInt8])
  /// Too large for memory: read in pieces.
  case stored(any StoredBody)

  package var octetCount: Int {
    switch self {
    case .octets(let octets): octets.count
    case .stored(let body): body.octetCount
    }
  }
}

/// A message that is not kept in memory. All copies of the value stand for the same bytes, which never change.
package protocol StoredBody: Sendable {
  var octetCount: Int { get }
  /// A new reader at the first octet.
  func reader() -> any StoredBodyReader
}

/// Reads one stored body once, from its first octet to its last. One caller at a time.
package protocol StoredBodyReader: Sendable {
  /// - Returns: the next octets, never none; `nil` at the end.
  /// - Throws: where the storage does not give them, or ends before `octetCount` octets have come.
  func next() async throws -> [UInt8]?
}
