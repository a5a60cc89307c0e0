// One connection at the sink: its socket, its TLS if it has any, and what is still to be written.

import COpenSSL
import Glibc

final class SinkLine {
  enum Flush { case done, more, broken }

  let descriptor: Int32
  var conversation: SinkConversation
  var output: [UInt8] = []
  /// Flights of replies that are not due yet.
  var delayed: [[UInt8]] = []
  var waitsToWrite = false
  /// The last read filled the buffer, or TLS holds more.
  private(set) var hasMore = false
  private var ssl: OpaquePointer?
  private var isShaken = false
  private var wasSignedIn = false

  init(_ descriptor: Int32, settings: Sink.Settings, tls: SinkTLS?, manners: Manners? = nil) {
    self.descriptor = descriptor
    conversation = SinkConversation(
      password: settings.password, offersTLS: settings.security == .starttls, keepsIDs: settings.sent != nil,
      manners: manners)
    if settings.security == .tls { ssl = tls?.session(on: descriptor) }
  }

  /// Everything written so far goes in clear, all else does not.
  func startTLS(_ tls: SinkTLS?) {
    takeReplies()
    _ = flush()
    ssl = tls?.session(on: descriptor)
    conversation.tlsStarted()
  }

  /// True once a session, when its sign-in has been taken.
  func newlySignedIn() -> Bool {
    guard conversation.isSignedIn, !wasSignedIn else { return false }
    wasSignedIn = true
    return true
  }

  /// True once a session, when its handshake is done.
  func newlyShaken() -> Bool {
    guard let ssl, !isShaken, SSL_is_init_finished(ssl) == 1 else { return false }
    isShaken = true
    return true
  }

  func takeReplies() {
    output += conversation.replies
    conversation.replies.removeAll(keepingCapacity: true)
  }

  /// How many octets came; 0 when the connection is over, negative when none are there.
  func read(into buffer: inout [UInt8]) -> Int {
    guard let ssl else {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      hasMore = count == buffer.count
      return count < 0 && errno != EAGAIN ? 0 : count
    }
    ERR_clear_error()
    let count = Int(SSL_read(ssl, &buffer, Int32(buffer.count)))
    hasMore = count > 0
    if count > 0 { return count }
    let reason = SSL_get_error(ssl, Int32(count))
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE ? -1 : 0
  }

  func flush() -> Flush {
    if let ssl, SSL_is_init_finished(ssl) == 0 { return .done }
    var sent = 0
    while sent < output.count {
      let count = write(from: sent)
      if count > 0 {
        sent += count
      } else {
        output.removeFirst(sent)
        return count == 0 ? .more : .broken
      }
    }
    output.removeAll(keepingCapacity: true)
    return .done
  }

  /// 0 when the socket takes no more now.
  private func write(from start: Int) -> Int {
    output.withUnsafeBytes { bytes in
      let piece = conversation.drips ? bytes[start..<start + 1] : bytes[start...]
      if conversation.drips { usleep(200) }
      let rest = UnsafeRawBufferPointer(rebasing: piece)
      guard let ssl else {
        let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        return count < 0 && errno == EAGAIN ? 0 : count
      }
      ERR_clear_error()
      let count = SSL_write(ssl, rest.baseAddress, Int32(rest.count))
      guard count <= 0 else { return Int(count) }
      return SSL_get_error(ssl, count) == SSL_ERROR_WANT_WRITE ? 0 : -1
    }
  }

  /// Instead of an orderly end.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  func close() {
    if let ssl {
      if isShaken { SSL_shutdown(ssl) }
      SSL_free(ssl)
    }
    ssl = nil
    Glibc.close(descriptor)
  }
}

/// The sink's certificate, and sessions under it.
final class SinkTLS: @unchecked Sendable {  // The context is changed in init only; OpenSSL counts its users atomically.
  private let context: OpaquePointer

  init(certificate: String, key: String) throws {
    guard let context = SSL_CTX_new(TLS_server_method()),
      SSL_CTX_use_certificate_chain_file(context, certificate) == 1,
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
    else { throw Failure("The sink cannot use the certificate \(certificate) with the key \(key).") }
    _ = COpenSSL_set_mode(context, Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
    self.context = context
  }

  deinit { SSL_CTX_free(context) }

  func session(on descriptor: Int32) -> OpaquePointer? {
    let ssl = SSL_new(context)
    SSL_set_fd(ssl, descriptor)
    SSL_set_accept_state(ssl)
    return ssl
  }
}
