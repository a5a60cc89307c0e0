// What a TLS handshake has found out.
import COpenSSL

/// What is known of the peer after a handshake.
package struct TLSDetails: Sendable, Equatable {
  /// `TLSv1.3`
  package let version: String
  /// `TLS_AES_256_GCM_SHA384`
  package let cipher: String
  /// True when an earlier session was resumed, and the peer sent no certificate.
  package let resumed: Bool
  /// Nil when the peer sent no certificate; clients usually do not.
  package let certificate: PeerCertificate?
}

extension TLSDetails {
  init(of ssl: OpaquePointer) {
    version = String(cString: SSL_get_version(ssl))
    cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) } ?? ""
    resumed = SSL_session_reused(ssl) == 1
    let sent = SSL_get1_peer_certificate(ssl)
    defer { X509_free(sent) }
    certificate = sent.map(PeerCertificate.init)
  }
}
