// A body that is read in pieces, as from a disk.

package import Message
import Synchronization

/// A stored body that is in memory after all.
package struct PiecewiseBody: StoredBody {
  private let octets: [UInt8]
  private let octetsAtOnce: Int
  /// How many pieces can be read.
  package var failsAfter = Int.max

  package init(_ octets: [UInt8], octetsAtOnce: Int) {
    self.octets = octets
    self.octetsAtOnce = octetsAtOnce
  }

  package var octetCount: Int { octets.count }

  package func reader() -> any StoredBodyReader { Reader(self) }

  private final class Reader: StoredBodyReader {
    struct Unreadable: Error {}

    private let body: PiecewiseBody
    private let count = Atomic<Int>(0)

    init(_ body: PiecewiseBody) {
      self.body = body
    }

    func next() async throws -> [UInt8]? {
      let number = count.add(1, ordering: .relaxed).oldValue
      if number >= body.failsAfter { throw Unreadable() }
      let rest = body.octets.dropFirst(number * body.octetsAtOnce)
      return rest.isEmpty ? nil : Array(rest.prefix(body.octetsAtOnce))
    }
  }
}
