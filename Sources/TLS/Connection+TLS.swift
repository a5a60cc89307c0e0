// Putting TLS on a connection.
package import Sockets

extension Connection {
  /// As the server. What was received in plain text and not yet used must be thrown away first: it was not protected.
  @discardableResult
  package func startTLS(asServer context: TLSContext, until deadline: Instant) async throws(TLSError) -> TLSDetails {
    fatalError()
  }

  /// As the client; returns once the certificate is verified for `host`, a name or a numeric address.
  /// What was received in plain text and not yet used must be thrown away first: it was not protected.
  @discardableResult
  package func startTLS(
    _ context: TLSContext, verifying host: String, until deadline: Instant
  ) async throws(TLSError) -> TLSDetails {
    fatalError()
  }
}
