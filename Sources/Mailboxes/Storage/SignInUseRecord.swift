// What a use of a sign-in changes in its record.

package import Foundation

/// What a successful use of a sign-in leaves in its record.
package struct SignInUseRecord: Sendable, Equatable {
  package var at: Date
  /// Sealed, in the old one's place.
  package var refreshToken: [UInt8]?
  /// When the refresh token ends, where the provider said so this time.
  package var lapses: Date?

  package init(at: Date, refreshToken: [UInt8]? = nil, lapses: Date? = nil) {
    self.at = at
    self.refreshToken = refreshToken
    self.lapses = lapses
  }
}
