// Counted nouns of sentences: `1 message`, `2 messages`.

extension String {
  /// The noun, in the singular, behind its count.
  ///
  /// - Parameter plural: where that is not the noun with an `s`.
  package func counted(_ count: Int, plural: String? = nil) -> String {
    "\(count) \(count == 1 ? self : plural ?? "\(self)s")"
  }
}
