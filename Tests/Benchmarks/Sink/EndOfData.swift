// Where a message ends: RFC 5321 §4.1.1.4. Written apart from the product's DotDecoder, so that both must be wrong alike.

/// Looks for CRLF.CRLF in whatever pieces it comes.
struct EndOfData {
  /// The last octets heard, four at most; the message begins as if behind a line end.
  private var tail: [UInt8] = [13, 10]
  private static let mark: [UInt8] = [13, 10, 46, 13, 10]

  /// How many octets belong to the message and its mark, or `nil` when the mark has not come yet.
  mutating func find(in octets: UnsafeRawBufferPointer) -> Int? {
    let seam = tail + octets.prefix(4)
    if let start = Self.position(seam) { return start + Self.mark.count - tail.count }
    // Dots are rarer than line ends.
    if let start = octets.firstIndex(of: Self.mark, lookingFor: 2) { return start + Self.mark.count }
    tail = Array((tail + octets.suffix(4)).suffix(4))
    return nil
  }

  private static func position(_ seam: [UInt8]) -> Int? {
    guard seam.count >= mark.count else { return nil }
    return (0...seam.count - mark.count).first { seam[$0..<$0 + mark.count].elementsEqual(mark) }
  }
}
