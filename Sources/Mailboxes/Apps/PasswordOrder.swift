// Which password is to be made.

/// What `letterhead app password` asks for.
package struct PasswordOrder: Sendable, Equatable, Codable {
  package var app: String
  /// A password that is there is replaced. Without this it is a reason to refuse.
  package var rotates: Bool
  /// So many seconds the older password stays good. 0: it ends at once.
  package var grace: Int
  /// The password is kept as well, sealed, which CRAM-MD5 needs.
  package var keepsEquivalent: Bool

  package init(app: String, rotates: Bool = false, grace: Int = 0, keepsEquivalent: Bool = false) {
    self.app = app
    self.rotates = rotates
    self.grace = grace
    self.keepsEquivalent = keepsEquivalent
  }
}
