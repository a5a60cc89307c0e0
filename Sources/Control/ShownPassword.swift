// A password on its way to the one who asked for it.

/// Does not print, so that no log and no test shows it.
package struct ShownPassword: Sendable, Equatable, Codable {
  package let app: String
  package let password: String
  /// Where the app may sign in with it.
  package let places: [SignInPlace]

  package init(app: String, password: String, places: [SignInPlace]) {
    self.app = app
    self.password = password
    self.places = places
  }
}

extension ShownPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "[password of \(app)]" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
