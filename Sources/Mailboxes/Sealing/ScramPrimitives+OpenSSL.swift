// The arithmetic of sign-ins, for both of their sides.

import Cryptography
package import SMTP

extension ScramPrimitives {
  package static let openSSL = ScramPrimitives(
    sha256: { SHA256.digest(of: $0) }, hmac: { HMACSHA256.code(for: $1, key: $0) },
    pbkdf2: { PBKDF2SHA256.key(password: $0, salt: $1, iterations: $2) },
    hmacMD5: { HMACMD5.code(for: $1, key: $0) }, nonce: { Base64.encode(randomOctets(18)) })
}
