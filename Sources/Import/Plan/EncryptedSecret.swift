// A secret that Email OAuth 2.0 Proxy has encrypted by the password with which the app signs in there.

import Cryptography
import Foundation
package import Mailboxes

package struct EncryptedSecret: Sendable, Equatable {
  package enum Failure: Error, Equatable {
    /// The password is not the one by which it was encrypted, or the text was damaged.
    case wrongPassword
  }

  /// More would only cost time.
  static let mostIterations = 10_000_000
  let token: String
  let salt: [UInt8]
  let iterations: Int

  /// - Returns: `nil` where it cannot be what it should be.
  init?(token: String, salt: String, iterations: Int) {
    guard let salt = Data(base64Encoded: salt), (1...Self.mostIterations).contains(iterations), !token.isEmpty else {
      return nil
    }
    self.token = token
    self.salt = Array(salt)
    self.iterations = iterations
  }

  /// Takes as long as `iterations` ask: up to seconds.
  package func open(password: Secret) throws(Failure) -> Secret {
    let key = password.withOctets { octets in
      PBKDF2SHA256.key(password: Array(octets), salt: salt, iterations: iterations)
    }
    do throws(Fernet.Failure) {
      return Secret(octets: try Fernet.open(token, key: key))
    } catch {
      throw .wrongPassword
    }
  }
}
