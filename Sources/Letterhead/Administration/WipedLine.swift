// One line that may hold a password: gathered in one place of memory, which is wiped. The strings that a decoder makes of
// it are the language's, and nobody can wipe those.

import Foundation

/// Belongs to one task.
final class WipedLine {
  enum State: Equatable { case incomplete, complete, tooLong }

  private let storage: UnsafeMutableRawBufferPointer
  private var count = 0

  /// - Parameter limit: in octets, the end included.
  init(limit: Int) {
    storage = .allocate(byteCount: limit, alignment: 1)
  }

  deinit {
    if let start = storage.baseAddress { explicit_bzero(start, count) }
    storage.deallocate()
  }

  /// Takes what was received, to the line's end, and wipes it where it came from.
  func take(_ octets: UnsafeRawBufferPointer) -> State {
    defer { octets.baseAddress.map { explicit_bzero(UnsafeMutableRawPointer(mutating: $0), octets.count) } }
    let end = octets.firstIndex(of: UInt8(ascii: "\n"))
    let piece = octets[..<(end ?? octets.count)]
    guard count + piece.count < storage.count else { return .tooLong }
    UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyBytes(from: piece)
    count += piece.count
    return end == nil ? .incomplete : .complete
  }

  /// Lends the line without its end.
  func withData<Result, Failure>(_ body: (Data) throws(Failure) -> Result) throws(Failure) -> Result {
    guard let start = storage.baseAddress else { return try body(Data()) }
    return try body(Data(bytesNoCopy: start, count: count, deallocator: .none))
  }
}
