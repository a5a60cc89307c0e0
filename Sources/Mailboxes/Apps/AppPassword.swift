// A password that an app signs in with: made here, shown once, and never chosen by a person.

import Cryptography
package import SMTP

/// 160 random bits in 32 characters. The characters that are mistaken for each other in print, `0 1 l o`, are left out, and
/// so is everything that a form might not take.
package struct AppPassword: Sendable, Equatable {
  package static let characters = 32
  private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)

  package let secret: Secret

  /// - Parameter random: 20 octets, each five bits of which become a character.
  init(random: [UInt8]) {
    precondition(random.count * 8 == Self.characters * 5)
    let bits = random.flatMap { octet in (0..<8).reversed().map { octet >> $0 & 1 } }
    secret = Secret(
      octets: stride(from: 0, to: bits.count, by: 5).map { start in
        Self.alphabet[bits[start..<start + 5].reduce(0) { $0 << 1 | Int($1) }]
      })
  }

  static func random() -> AppPassword { AppPassword(random: randomOctets(20)) }

  /// The octets that an app sends. Nobody wipes them.
  package var octets: HiddenOctets { HiddenOctets(secret.withOctets { Array($0) }) }
}
