// Chance that can be had again: a generator with a seed, and the seed of this run.

internal import Foundation

/// SplitMix64: the same seed gives the same numbers everywhere.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

package enum TestSeed {
  /// `LETTERHEAD_TEST_SEED`, else a new one; printed once, so that a failing run can be had again.
  package static let ofThisRun: UInt64 = {
    let given = ProcessInfo.processInfo.environment["LETTERHEAD_TEST_SEED"].flatMap(UInt64.init)
    let seed = given ?? UInt64.random(in: 1...999_999)
    print("Seed of this run: \(seed) (have it again with LETTERHEAD_TEST_SEED=\(seed))")
    return seed
  }()
}
