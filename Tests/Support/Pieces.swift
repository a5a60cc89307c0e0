// How octets reach what is tested: whole, one by one, or cut where a seeded die says.

/// A way to cut what is fed. Every wire sample is fed in all of them (`Pieces.allWays`).
package enum Pieces: Sendable, CustomStringConvertible {
  case whole
  case octetByOctet
  case atRandom(seed: UInt64)

  /// Whole, octet by octet, and at random under three seeds; a failing seed is in the test's name and arguments.
  package static let allWays: [Pieces] = [
    .whole, .octetByOctet, .atRandom(seed: 1), .atRandom(seed: 2), .atRandom(seed: TestSeed.ofThisRun),
  ]

  package func pieces(of octets: [UInt8]) -> [[UInt8]] {
    switch self {
    case .whole: return octets.isEmpty ? [] : [octets]
    case .octetByOctet: return octets.map { [$0] }
    case .atRandom(let seed):
      var random = SeededRandom(seed: seed)
      var pieces: [[UInt8]] = []
      var rest = octets[...]
      while !rest.isEmpty {
        // Mostly short pieces, so that cuts fall inside line ends and markers.
        let length =
          Bool.random(using: &random) ? Int.random(in: 1...3, using: &random) : Int.random(in: 1...64, using: &random)
        pieces.append(Array(rest.prefix(length)))
        rest = rest.dropFirst(length)
      }
      return pieces
    }
  }

  package var description: String {
    switch self {
    case .whole: "whole"
    case .octetByOctet: "octet by octet"
    case .atRandom(let seed): "cut at random, seed \(seed)"
    }
  }
}
