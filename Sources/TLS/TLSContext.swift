// What the handshakes of one listener, or with one kind of provider, have in common: keys or trusted authorities, versions,
// sessions that can be resumed.
import COpenSSL
import Synchronization

package final class TLSContext: Sendable {
  // OpenSSL allows a context that is no longer changed to be used by many threads.
  nonisolated(unsafe) let pointer: OpaquePointer
  private let sessions = Mutex<[String: RememberedSession]>([:])

  private init(_ method: OpaquePointer) {
    // Fails only without memory, or with an OpenSSL that has no TLS at all; the process cannot work then.
    guard let pointer = SSL_CTX_new(method) else { fatalError("no TLS: \(takeOpenSSLErrors().text)") }
    self.pointer = pointer
    _ = COpenSSL_set_min_version(pointer, TLS1_2_VERSION)
    let modes = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    _ = COpenSSL_set_mode(pointer, Int(modes))
    // One system call for a record instead of two (its header and its body).
    COpenSSL_set_read_ahead(pointer, 1)
    // SSL_OP_NO_RENEGOTIATION (bit 30): no mail server needs renegotiation, and attacks have used it.
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
    // Clients keep session tickets, so this side need not remember sessions.
    _ = COpenSSL_set_session_cache_mode(context.pointer, Int(SSL_SESS_CACHE_OFF))
    // Without this callback OpenSSL would ask for a key's passphrase on the terminal.
    SSL_CTX_set_default_passwd_cb(context.pointer) { _, _, _, _ in 0 }
    ERR_clear_error()
    if SSL_CTX_use_certificate_chain_file(context.pointer, certificateFile) != 1 {
      throw .badCertificateFile("\(certificateFile): \(takeOpenSSLErrors().text)")
    }
    let keyStatus = SSL_CTX_use_PrivateKey_file(context.pointer, keyFile, SSL_FILETYPE_PEM)
    if keyStatus != 1 || SSL_CTX_check_private_key(context.pointer) != 1 {
      throw .badCertificateFile("\(keyFile): \(takeOpenSSLErrors().text)")
    }
    return context
  }

  /// For connections to providers. Trusts the system's authorities and those in `extraAuthorities` (PEM text).
  /// Remembers sessions for each host, so one context should serve all connections.
  /// - Throws: `.badCertificateFile` when the text holds no certificate.
  package static func client(extraAuthorities: String? = nil) throws(TLSError) -> TLSContext {
    let context = TLSContext(TLS_client_method())
    ERR_clear_error()
    if SSL_CTX_set_default_verify_paths(context.pointer) != 1 {
      throw .badCertificateFile("the system's authorities: \(takeOpenSSLErrors().text)")
    }
    if let extraAuthorities { try context.trust(extraAuthorities) }
    // An intermediate or a server's own certificate may be trusted by itself.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
    SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, noteVerification)
    _ = COpenSSL_set_session_cache_mode(
      context.pointer, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
    SSL_CTX_sess_set_new_cb(context.pointer) { ssl, session in
      guard let ssl, let session, let owner = TLSSession.owner(of: ssl) else { return 0 }
      owner.remember(session)
      return 1  // The callback owns a reference to the session now.
    }
    return context
  }

  /// Where OpenSSL looks for the system's authorities: a file, and a folder. Either does.
  package static func authorityPlaces(_ environment: [String: String]) -> [String] {
    [
      environment["SSL_CERT_FILE"] ?? String(cString: X509_get_default_cert_file()),
      environment["SSL_CERT_DIR"] ?? String(cString: X509_get_default_cert_dir()),
    ]
  }

  private func trust(_ authorities: String) throws(TLSError) {
    let store = SSL_CTX_get_cert_store(pointer)
    var found = 0
    var text = Array(authorities.utf8)
    let input = text.withUnsafeMutableBytes { bytes in
      // Copied: BIO_new_mem_buf would keep a pointer to these octets.
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
    let errors = takeOpenSSLErrors()
    // Reading ends with the error "no start line" after the last certificate.
    if found == 0 || errors.contains(where: { $0.reason != PEM_R_NO_START_LINE }) {
      throw .badCertificateFile("authorities: \(errors.text)")
    }
  }

  // MARK: Sessions

  func remember(_ session: OpaquePointer, for host: String) {
    let remembered = RememberedSession(session)
    sessions.withLock { sessions in
      // A relay talks to far fewer hosts; so many come only from tests with ever new ones.
      if sessions.count > 256 { sessions.removeAll() }
      sessions[host] = remembered
    }
  }

  func session(for host: String) -> RememberedSession? { sessions.withLock { $0[host] } }
}

/// One reference to an SSL_SESSION.
final class RememberedSession: Sendable {
  // OpenSSL counts the references atomically and does not change the session any more.
  nonisolated(unsafe) let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { SSL_SESSION_free(pointer) }
}
