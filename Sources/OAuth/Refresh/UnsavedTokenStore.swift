// The refresh token of a mailbox that is being tested before it is saved.

package import FoundationEssentials
package import Mailboxes
import Platform

/// `connect` saves ``grant`` as it is *after* the test: the server may have rotated the refresh token, and the one that was
/// typed in is worthless then.
package actor UnsavedTokenStore: TokenStore {
  package private(set) var grant: OAuthGrant
  /// The server has put another refresh token in the place of the one handed in.
  package private(set) var hasRotated = false
  private let file: String?
  /// A sign-in that is not saved is not kept alive either.
  private var latest = Date.distantFuture

  /// - Parameter file: gets a rotated refresh token, mode 0600, before that is used; so a test that fails later on does
  ///   not cost the sign-in.
  package init(_ grant: OAuthGrant, rotatedTo file: String? = nil) {
    self.grant = grant
    self.file = file
  }

  package nonisolated func exclusively<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    try await body()
  }

  package func refreshToken() -> Secret? { grant.refreshToken }

  package func record(_ use: SignInUse) throws {
    if let file, let token = use.refreshToken { try Self.write(token, to: file) }
    if use.refreshToken != nil { hasRotated = true }
    grant = grant.used(use)
    latest = use.at
  }

  package func lastUse() -> Date { latest }

  private static func write(_ token: Secret, to file: String) throws {
    do {
      try token.withOctets { try AtomicFile.replace(file, with: $0, mode: 0o600, isDurable: true) }
    } catch let error as SystemError {
      throw StateDirectoryError(error, at: file)
    }
  }
}
