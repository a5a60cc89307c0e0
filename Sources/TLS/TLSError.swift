// Why a TLS handshake failed, in facts.
package import Foundation
package import Sockets

package enum TLSError: Error, Equatable {
  /// The certificate has expired; its notAfter.
  case expired(Date)
  /// The certificate is not valid yet; its notBefore. Or this host's clock is wrong.
  case notYetValid(Date)
  /// The certificate is for these names and addresses, and the host asked for is not among them.
  case wrongName([String])
  /// No trusted authority has issued the certificate. `selfSigned`: the server's certificate, or the last one of the chain
  /// that it sent, is signed by itself.
  case unknownIssuer(String, selfSigned: Bool)
  /// Any other reason not to trust the certificate, in OpenSSL's words.
  case untrusted(String)
  /// The peer does not speak TLS on this port; its first octets (`220 …` is a server that waits for STARTTLS).
  case notTLS(firstOctets: [UInt8])
  /// There is no protocol version that both sides support; OpenSSL's words.
  case protocolVersion(String)
  /// Any other failure of the handshake, in OpenSSL's words.
  case handshake(String)
  /// The connection broke before the handshake was complete.
  case lost(ConnectionError)
  /// The file, and what is wrong with it in OpenSSL's words.
  case badCertificateFile(String)
}
