// What handshakes have in common: keys or trust, versions, remembered sessions.
import COpenSSL
import Synchronization

package final class TLSContext: Sendable {
  // OpenSSL allows a context that is no longer changed to be used by many threads.
  nonisolated(unsafe) let pointer: OpaquePointer
  private let sessions = Mutex<[String: RememberedSession]>([:])

  private init(_ method: OpaquePointer) {
    // Fails only without memory, or with an OpenSSL that has no TLS at all: there is nothing to go on with.
    guard let pointer = SSL_CTX_new(method) else { fatalError("no TLS: \(takeComplaints().words)") }
    self.pointer = pointer
    _ = COpenSSL_set_min_version(pointer, TLS1_2_VERSION)
    let modes = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    _ = COpenSSL_set_mode(pointer, Int(modes))
    // One system call for a record instead of two (header, body).
    COpenSSL_set_read_ahead(pointer, 1)
    // SSL_OP_NO_RENEGOTIATION (bit 30): nobody needs it, and it has been a way in.
    SSL_CTX_set_options(pointer, 1 << 30)
  }

  deinit { SSL_CTX_free(pointer) }

  /// For listeners.
  /// - Parameters:
  ///   - certificateFile: PEM, the certificate first and then its intermediates.
  ///   - keyFile: PEM, without a passphrase.
  /// - Throws: `.badCertificateFile`.
  package static func server(certificateFile: String, keyFile: String) throws(TLSError) -> TLSContext {
    let context = TLSContext(TLS_server_method())
    // Tickets are kept by the clients; we need not remember anything.
    _ = COpenSSL_set_session_cache_mode(context.pointer, Int(SSL_SESS_CACHE_OFF))
    // Otherwise a key with a passphrase would ask for it on the terminal.
    SSL_CTX_set_default_passwd_cb(context.pointer) { _, _, _, _ in 0 }
    ERR_clear_error()
    if SSL_CTX_use_certificate_chain_file(context.pointer, certificateFile) != 1 {
      throw .badCertificateFile("\(certificateFile): \(takeComplaints().words)")
    }
    let keyStatus = SSL_CTX_use_PrivateKey_file(context.pointer, keyFile, SSL_FILETYPE_PEM)
    if keyStatus != 1 || SSL_CTX_check_private_key(context.pointer) != 1 {
      throw .badCertificateFile("\(keyFile): \(takeComplaints().words)")
    }
    return context
  }

  /// For connections to providers. Trusts the system's authorities and those in `extraAuthorities` (PEM text).
  /// Remembers sessions for each host, so keep it for as long as connections are opened.
  /// - Throws: `.badCertificateFile` when the text holds no certificate.
  package static func client(extraAuthorities: String? = nil) throws(TLSError) -> TLSContext {
    let context = TLSContext(TLS_client_method())
    ERR_clear_error()
    if SSL_CTX_set_default_verify_paths(context.pointer) != 1 {
      throw .badCertificateFile("the system's authorities: \(takeComplaints().words)")
    }
    if let extraAuthorities { try context.trust(extraAuthorities) }
    // An intermediate or a server's own certificate may be what is trusted.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
    SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, noteVerification)
    _ = COpenSSL_set_session_cache_mode(
      context.pointer, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
    SSL_CTX_sess_set_new_cb(context.pointer) { ssl, session in
      guard let ssl, let session, let owner = TLSSession.owner(of: ssl) else { return 0 }
      owner.remember(session)
      return 1  // We own a reference to it now.
    }
    return context
  }

  private func trust(_ authorities: String) throws(TLSError) {
    let store = SSL_CTX_get_cert_store(pointer)
    var found = 0
    var text = Array(authorities.utf8)
    let input = text.withUnsafeMutableBytes { bytes in
      // Copied: BIO_new_mem_buf would only point there.
      let memory = BIO_new(BIO_s_mem())
      BIO_write(memory, bytes.baseAddress, Int32(bytes.count))
      return memory
    }
    defer { BIO_free(input) }
    while let certificate = PEM_read_bio_X509(input, nil, nil, nil) {
      X509_STORE_add_cert(store, certificate)
      X509_free(certificate)
      found += 1
    }
    let complaints = takeComplaints()
    // Reading ends with "no start line" when all has been read.
    if found == 0 || complaints.contains(where: { $0.reason != PEM_R_NO_START_LINE }) {
      throw .badCertificateFile("authorities: \(complaints.words)")
    }
  }

  // MARK: Sessions

  func remember(_ session: OpaquePointer, for host: String) {
    let remembered = RememberedSession(session)
    sessions.withLock { sessions in
      // Far more hosts than a relay talks to: somebody tests with ever new ones.
      if sessions.count > 256 { sessions.removeAll() }
      sessions[host] = remembered
    }
  }

  func session(for host: String) -> RememberedSession? { sessions.withLock { $0[host] } }
}

/// One reference to an SSL_SESSION.
final class RememberedSession: Sendable {
  // OpenSSL counts references to it atomically and does not change it any more.
  nonisolated(unsafe) let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { SSL_SESSION_free(pointer) }
}
