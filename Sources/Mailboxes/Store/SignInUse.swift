// What a use of a sign-in at its token endpoint brought.

package import Foundation

/// What a successful request with a refresh token leaves behind.
package struct SignInUse: Sendable, Equatable {
  package var at: Date
  /// In the old one's place, where the provider rotates.
  package var refreshToken: Secret?
  /// When it ends whatever we do, where the provider said so this time.
  package var lapses: Date?

  package init(at: Date, refreshToken: Secret? = nil, lapses: Date? = nil) {
    self.at = at
    self.refreshToken = refreshToken
    self.lapses = lapses
  }
}
