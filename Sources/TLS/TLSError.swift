// Why a handshake failed, in facts; and what is known about the other side once it has not.
package import Foundation
package import Sockets

package enum TLSError: Error, Equatable {
  /// The certificate's day has passed: this is its notAfter.
  case expired(Date)
  /// This is its notBefore. Or our clock is wrong.
  case notYetValid(Date)
  /// The certificate is for these names and addresses, and the host asked for is not among them.
  case wrongName([String])
  /// Nobody we trust stands behind it. `selfSigned`: the server's own, or at the end of the chain it sent.
  case unknownIssuer(String, selfSigned: Bool)
  /// Any other reason not to trust the certificate, in OpenSSL's words.
  case untrusted(String)
  /// The peer does not speak TLS on this port; these are its first octets (`220 …` is a server that waits for STARTTLS).
  case notTLS(firstOctets: [UInt8])
  /// No protocol version that both would speak.
  case protocolVersion(String)
  /// OpenSSL's words.
  case handshake(String)
  /// The line broke before the handshake was done.
  case lost(ConnectionError)
  /// The file and OpenSSL's words.
  case badCertificateFile(String)
}

/// What a handshake has shown of the peer.
package struct TLSDetails: Sendable, Equatable {
  /// `TLSv1.3`
  package let version: String
  /// `TLS_AES_256_GCM_SHA384`
  package let cipher: String
  /// True when an earlier session was taken up again, and no certificate was sent.
  package let resumed: Bool
  /// Nil for a peer that showed no certificate: clients usually do not.
  package let certificate: Certificate?

  package struct Certificate: Sendable, Equatable {
    /// RFC 2253 form: `CN=mail.example.org,O=Example`
    package let subject: String
    package let issuer: String
    /// DNS names and IP addresses of the subjectAltName; the common name where there are none.
    package let names: [String]
    package let notBefore: Date
    package let notAfter: Date
    package let sha256Fingerprint: [UInt8]
  }
}
