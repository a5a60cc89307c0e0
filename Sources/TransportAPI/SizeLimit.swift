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
  package var limit: Int { refused == nil ? most : sure }

  package mutating func passed(_ octets: Int) {
    sure = max(sure, octets)
    if let refused, octets >= refused { self.refused = nil }
  }

  /// What is known to pass was refused for something else.
  package mutating func refused(_ octets: Int) {
    if isInDoubt(octets) { refused = min(refused ?? octets, octets) }
  }

  /// Whether a message of so many octets may be too large.
  package func isInDoubt(_ octets: Int) -> Bool { octets > sure }

  /// What was refused may pass now.
  package mutating func forgetRefused() { refused = nil }
}
