// TLS on one channel. OpenSSL speaks the protocol, the channel reads and writes, and the connection waits.
import COpenSSL
package import Sockets

package final class TLSSession: StreamCipher {
  private let ssl: OpaquePointer
  private let channel: Channel
  private let context: TLSContext
  /// The key under which the context remembers the session; nil for servers.
  private let host: String?
  /// The first fault that the verification of the certificate found.
  var refusal: TLSError?
  /// The first octets that arrived, for the error message if they are not TLS.
  private var firstOctets: [UInt8] = []
  private var isEstablished = false
  private var lost: ConnectionError?
  private var hasEnded = false
  /// OpenSSL forbids all further calls after a fatal error.
  private var isBroken = false

  private init(_ context: TLSContext, on channel: Channel, host: String?) {
    // Fails only without memory, when any allocation of Swift would end the process too.
    guard let ssl = SSL_new(context.pointer), let bio = BIO_new(channelMethod) else {
      fatalError("out of memory for TLS: \(takeOpenSSLErrors().text)")
    }
    self.ssl = ssl
    self.channel = channel
    self.context = context
    self.host = host
    let itself = Unmanaged.passUnretained(self).toOpaque()
    COpenSSL_set_owner(ssl, itself)
    BIO_set_data(bio, itself)
    BIO_set_init(bio, 1)
    SSL_set_bio(ssl, bio, bio)
  }

  deinit { SSL_free(ssl) }

  static func owner(of ssl: OpaquePointer) -> TLSSession? {
    COpenSSL_owner(ssl).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: Beginning

  static func server(_ context: TLSContext, on channel: Channel) -> TLSSession {
    let session = TLSSession(context, on: channel, host: nil)
    SSL_set_accept_state(session.ssl)
    return session
  }

  static func client(
    _ context: TLSContext, on channel: Channel, verifying name: String, port: UInt16
  ) throws(TLSError) -> TLSSession {
    let name = name.hasSuffix(".") ? String(name.dropLast()) : name
    let session = TLSSession(context, on: channel, host: "\(name):\(port)")
    try session.expect(name)
    if let remembered = context.session(for: "\(name):\(port)") { SSL_set_session(session.ssl, remembered.pointer) }
    SSL_set_connect_state(session.ssl)
    return session
  }

  private func expect(_ name: String) throws(TLSError) {
    let parameters = SSL_get0_param(ssl)
    ERR_clear_error()
    if X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1 { return }
    ERR_clear_error()
    // RFC 9525 §2: a common name is no host name.
    let flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
    X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(flags))
    // An empty name would disable the check.
    guard !name.isEmpty, X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1,
      COpenSSL_set_server_name(ssl, name) == 1
    else { throw .handshake("not a host name: \(name)") }
  }

  /// Continues the handshake.
  ///
  /// - Returns: what it waits for; nil once it is complete.
  func handshake() throws(TLSError) -> Progress? {
    ERR_clear_error()
    let status = SSL_do_handshake(ssl)
    if status == 1 {
      isEstablished = true
      firstOctets = []
      return nil
    }
    switch SSL_get_error(ssl, status) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    default:
      isBroken = true
      throw reason(takeOpenSSLErrors())
    }
  }

  private func reason(_ errors: [OpenSSLError]) -> TLSError {
    if let refusal { return refusal }
    // Every TLS record of a handshake begins with the octet 22, or 21 for an alert.
    if let first = firstOctets.first, first != 22, first != 21 { return .notTLS(firstOctets: firstOctets) }
    if let lost { return .lost(lost) }
    if hasEnded { return .lost(.reset) }
    return errors.contains { versionReasons.contains($0.reason) }
      ? .protocolVersion(errors.text) : .handshake(errors.text)
  }

  var details: TLSDetails { TLSDetails(of: ssl) }

  func remember(_ session: OpaquePointer) {
    if let host { context.remember(session, for: host) } else { SSL_SESSION_free(session) }
  }

  // MARK: StreamCipher

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Progress {
    if isBroken { return brokenProgress }
    ERR_clear_error()
    let count = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
    return count > 0 ? .octets(Int(count)) : progress(after: count)
  }

  package func write(_ buffer: UnsafeRawBufferPointer) -> Progress {
    if isBroken { return brokenProgress }
    ERR_clear_error()
    let count = SSL_write(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
    return count > 0 ? .octets(Int(count)) : progress(after: count)
  }

  package func shutdown() {
    guard isEstablished, !isBroken else { return }
    ERR_clear_error()
    SSL_shutdown(ssl)
    ERR_clear_error()
  }

  private func progress(after status: Int32) -> Progress {
    switch SSL_get_error(ssl, status) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    case SSL_ERROR_ZERO_RETURN: return .ended
    default:
      isBroken = true
      let errors = takeOpenSSLErrors()
      if let lost { return .failed(lost) }
      // The peer closed without close_notify. Many do; SMTP itself marks the end of a message, so none can be truncated.
      return hasEnded ? .ended : .failed(.cipher(errors.text))
    }
  }

  private var brokenProgress: Progress {
    hasEnded && lost == nil ? .ended : .failed(lost ?? .cipher("the TLS session is broken"))
  }

  // MARK: What OpenSSL reads and writes

  fileprivate func readEncrypted(into buffer: UnsafeMutableRawBufferPointer) -> Progress {
    let progress = channel.read(into: buffer)
    note(progress)
    if case .octets(let count) = progress, !isEstablished, firstOctets.count < 64 {
      firstOctets += buffer.prefix(min(count, 64 - firstOctets.count))
    }
    return progress
  }

  fileprivate func writeEncrypted(_ buffer: UnsafeRawBufferPointer) -> Progress {
    let progress = channel.write(buffer)
    note(progress)
    return progress
  }

  fileprivate var isAtEnd: Bool { hasEnded }

  private func note(_ progress: Progress) {
    if case .failed(let error) = progress { lost = error }
    if progress == .ended { hasEnded = true }
  }
}

private let versionReasons: Set<Int32> = [
  SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_VERSION_TOO_LOW,
  SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_UNKNOWN_PROTOCOL,
]

// OpenSSL's own socket BIO would raise SIGPIPE, and would ask the kernel again where the channel knows the answer.
// nonisolated(unsafe): the method table is not changed once it is made, and never freed.
nonisolated(unsafe) private let channelMethod: OpaquePointer? = {
  let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "channel")
  BIO_meth_set_read(method) { bio, buffer, count in
    guard let session = session(of: bio) else { return -1 }
    return answer(session.readEncrypted(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))), bio)
  }
  BIO_meth_set_write(method) { bio, buffer, count in
    guard let session = session(of: bio) else { return -1 }
    return answer(session.writeEncrypted(UnsafeRawBufferPointer(start: buffer, count: Int(count))), bio)
  }
  BIO_meth_set_ctrl(method) { bio, command, _, _ in
    switch command {
    case BIO_CTRL_FLUSH: return 1
    case BIO_CTRL_EOF: return session(of: bio)?.isAtEnd == true ? 1 : 0
    default: return 0
    }
  }
  return method
}()

private func session(of bio: OpaquePointer?) -> TLSSession? {
  BIO_get_data(bio).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
}

private func answer(_ progress: Progress, _ bio: OpaquePointer?) -> Int32 {
  COpenSSL_clear_retry(bio)
  switch progress {
  case .octets(let count): return Int32(count)
  case .ended: return 0
  case .wantsRead: BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
  case .wantsWrite: BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
  case .failed: break
  }
  return -1
}
