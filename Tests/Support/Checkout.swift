// Where things stand in the checkout the tests were built from.

package enum Checkout {
  /// The top of the checkout, without a final slash.
  package static let path: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()
}
