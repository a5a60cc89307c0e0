// What handshakes have in common: keys or trust, versions, remembered sessions.

package final class TLSContext: Sendable {
  /// For listeners.
  /// - Throws: `.badCertificateFile`.
  package static func server(certificateFile: String, keyFile: String) throws(TLSError) -> TLSContext {
    fatalError()
  }

  /// For connections to providers. Trusts the system's authorities and those in `extraAuthorities` (PEM text).
  /// Remembers sessions for each host, so keep it for as long as connections are opened.
  /// - Throws: `.badCertificateFile` when the text holds no certificate.
  package static func client(extraAuthorities: String? = nil) throws(TLSError) -> TLSContext {
    fatalError()
  }
}
