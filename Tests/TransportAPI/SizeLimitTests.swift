// How large a message is tried.

import Testing
import TransportGraph

@testable import TransportAPI

@Suite struct `The largest message that is tried` {
  enum Event: Sendable { case passed(Int), refused(Int), forgotten }

  @Test(arguments: [
    ([Event](), 3_145_000),
    ([.passed(100)], 3_145_000),
    ([.refused(2_300_000)], 2_200_000),
    ([.refused(2_300_000), .passed(2_250_000)], 2_250_000),
    ([.passed(2_500_000), .refused(2_900_000)], 2_500_000),
    ([.refused(2_900_000), .refused(2_300_000)], 2_200_000),
    // Whoever refuses these means something else.
    ([.refused(1_000_000)], 3_145_000), ([.refused(2_200_000)], 3_145_000),
    ([.passed(2_500_000), .refused(2_300_000)], 3_145_000),
    ([.refused(2_300_000), .forgotten], 3_145_000),
    ([.refused(2_300_000), .forgotten, .refused(2_400_000)], 2_200_000),
    ([.refused(2_300_000), .passed(2_300_000)], 3_145_000),
  ])
  func `follows from what passed and what was refused`(_ events: [Event], _ limit: Int) {
    var sizes = GraphAPI().sizes
    for event in events {
      switch event {
      case .passed(let octets): sizes.passed(octets)
      case .refused(let octets): sizes.refused(octets)
      case .forgotten: sizes.forgetRefused()
      }
    }
    #expect(sizes.limit == limit)
  }
}
