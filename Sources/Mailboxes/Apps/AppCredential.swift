// What the relay knows of an app's password.

package import Foundation
package import SMTP

/// One app's password, and while it is replaced the older one as well.
package struct AppCredential: Sendable, Equatable {
  /// Of PBKDF2, for a password and for a user who does not exist. RFC 7677 asks for no fewer, and a random secret needs no
  /// more.
  package static let iterations = 4096

  package let app: String
  package let madeAt: Date
  /// Until when the older password is good too; `nil` where there is none.
  package let olderUntil: Date?
  private let verifier: ScramVerifier
  private let olderKeys: ScramVerifier.Keys?
  /// For CRAM-MD5: the passwords themselves. `nil`: not kept, or sealed with another key.
  private let equivalent: Secret?
  private let olderEquivalent: Secret?
  /// A password is kept for CRAM-MD5, and does not open with the key that is here.
  package let isUnreadable: Bool

  /// - Parameter open: gives the clear text of what is sealed, or `nil`.
  init(_ record: AppCredentialRecord, _ open: ([UInt8]) -> Secret?) {
    app = record.app
    madeAt = record.madeAt
    verifier = record.verifier
    equivalent = record.equivalent.flatMap(open)
    olderUntil = record.older?.until
    olderKeys = record.older?.keys
    olderEquivalent = record.older?.equivalent.flatMap(open)
    isUnreadable =
      record.equivalent != nil && equivalent == nil
      || record.older?.equivalent != nil && olderEquivalent == nil
  }

  /// The older password stays good for those who have it.
  package func isReplacing(at now: Date) -> Bool { olderUntil.map { $0 > now } ?? false }

  package func verifier(at now: Date) -> ScramVerifier {
    guard isReplacing(at: now), let olderKeys else { return verifier }
    var both = verifier
    both.keys.append(olderKeys)
    return both
  }

  package var hasEquivalent: Bool { equivalent != nil }

  /// What CRAM-MD5 is checked with; empty where nothing is kept for it.
  package func equivalents(at now: Date) -> [HiddenOctets] {
    let older = isReplacing(at: now) ? olderEquivalent : nil
    return [equivalent, older].compactMap(\.self).map { HiddenOctets($0.withOctets { Array($0) }) }
  }
}
