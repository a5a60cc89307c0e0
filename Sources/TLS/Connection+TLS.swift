// Starts TLS on a connection.
package import Sockets

extension Connection {
  /// Starts TLS as the server. The caller must first drop plain text that was received and not yet used, because it was not
  /// protected.
  @discardableResult
  package func startTLS(asServer context: TLSContext, until deadline: Instant) async throws(TLSError) -> TLSDetails {
    try await start(TLSSession.server(context, on: channel), until: deadline)
  }

  /// Starts TLS as the client. Returns once the certificate is verified for `host`, a name or a numeric address. The caller
  /// must first drop plain text that was received and not yet used, because it was not protected.
  @discardableResult
  package func startTLS(
    _ context: TLSContext, verifying host: String, until deadline: Instant
  ) async throws(TLSError) -> TLSDetails {
    let session = try TLSSession.client(context, on: channel, verifying: host, port: peer.port)
    return try await start(session, until: deadline)
  }

  private func start(_ session: TLSSession, until deadline: Instant) async throws(TLSError) -> TLSDetails {
    precondition(cipher == nil, "TLS on top of TLS")
    while let progress = try session.handshake() {
      do throws(ConnectionError) { try await wait(after: progress, until: deadline) } catch { throw .lost(error) }
    }
    cipher = session
    return session.details
  }
}
