// How large a message an interface takes, where that is not written anywhere but found out. Pure.

package struct SizeLimit: Equatable, Sendable {
  /// In octets of the message, before any encoding. Never tried above.
  private let most: Int
  /// What is known to pass, by experience elsewhere or here.
  private var sure: Int
  private var refused: Int?

  package init(sure: Int, most: Int) {
    self.sure = sure
    self.most = most
  }

  /// The largest message that is tried.
  package var limit: Int { refused.map { min(sure, $0 - 1) } ?? most }

  package mutating func passed(_ octets: Int) {
    sure = max(sure, octets)
    if let refused, octets >= refused { self.refused = nil }
  }

  package mutating func refused(_ octets: Int) { refused = min(refused ?? octets, octets) }
}
