// Why the line to a server could not be encrypted, in facts that name no TLS library.

package import Foundation

package enum TLSFailure: Error, Equatable, Sendable {
  /// The certificate ended on this day.
  case expired(Date)
  /// The certificate begins on this day, or this machine's clock is wrong.
  case notYetValid(Date)
  /// The certificate is for these names and addresses, and the host asked for is not among them.
  case wrongName([String])
  /// Nobody who is trusted stands behind the certificate. `selfSigned`: its issuer is the server itself, or stands at
  /// the end of the chain that the server sent.
  case unknownIssuer(String, selfSigned: Bool)
  /// Any other reason not to trust the certificate, in the library's words.
  case untrusted(String)
  /// The server does not speak TLS on this port; these are its first octets (`220 …` is one that waits for STARTTLS).
  case notTLS(firstOctets: [UInt8])
  /// No protocol version that both sides speak.
  case protocolVersion(String)
  /// The library's words.
  case handshake(String)
  /// The line broke before the handshake was done.
  case lost
  /// The file of further certificates cannot be read; the library's words.
  case badCertificateFile(String)
}
