// An app's password as storages keep it.

package import Foundation
package import SMTP

package struct AppCredentialRecord: Sendable, Equatable {
  /// The password that this one replaces.
  package struct Older: Sendable, Equatable {
    /// Derived with the same salt.
    package var keys: ScramVerifier.Keys
    /// Sealed.
    package var equivalent: [UInt8]?
    package var until: Date

    package init(keys: ScramVerifier.Keys, equivalent: [UInt8]?, until: Date) {
      self.keys = keys
      self.equivalent = equivalent
      self.until = until
    }
  }

  package var app: String
  /// Of the newest password alone.
  package var verifier: ScramVerifier
  /// The password itself, for CRAM-MD5. Sealed under ``secretName(of:)``.
  package var equivalent: [UInt8]?
  package var madeAt: Date
  package var older: Older?

  package init(
    app: String, verifier: ScramVerifier, equivalent: [UInt8]? = nil, madeAt: Date, older: Older? = nil
  ) {
    self.app = app
    self.verifier = verifier
    self.equivalent = equivalent
    self.madeAt = madeAt
    self.older = older
  }

  /// No entity's key has a colon, so that no mailbox's secret is called so.
  package static func secretName(of app: String) -> SecretName { SecretName(entity: "app:\(app)", field: "cram-md5") }

  /// What is sealed of it, if anything is.
  package var sealedSecret: SealedSecret? {
    (equivalent ?? older?.equivalent).map { SealedSecret($0, name: Self.secretName(of: app)) }
  }
}
