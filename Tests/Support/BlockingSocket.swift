// One TCP connection with plain blocking calls, TLS on demand. Owes nothing to the code under test.

internal import COpenSSL
internal import Foundation

enum SocketError: Error {
  case failed(String, errno: Int32)
  case timedOut
  case reset
  case tls(String)
}

/// Used by one thread at a time.
final class BlockingSocket {
  private var descriptor: Int32
  private var tls: OpaquePointer?
  private var context: OpaquePointer?
  private var buffered: [UInt8] = []
  let patience: Duration

  init(adopting descriptor: Int32, patience: Duration) {
    self.descriptor = descriptor
    self.patience = patience
    let seconds = patience.components.seconds
    var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(patience.components.attoseconds / 1_000_000_000_000))
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close() }

  func close() {
    guard descriptor >= 0 else { return }
    if let tls {
      SSL_shutdown(tls)
      SSL_free(tls)
    }
    tls = nil
    SSL_CTX_free(context)
    context = nil
    Foundation.close(descriptor)
    descriptor = -1
  }

  /// Ends with RST instead of FIN.
  func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    // No close_notify: it would go out before the reset.
    if let tls { SSL_set_quiet_shutdown(tls, 1) }
    close()
  }

  func write(_ octets: [UInt8], cut: Pieces) throws {
    for piece in cut.pieces(of: octets) { try write(piece) }
  }

  private func write(_ octets: [UInt8]) throws {
    var rest = octets[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { bytes in
        if let tls { return Int(SSL_write(tls, bytes.baseAddress, Int32(bytes.count))) }
        return send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      guard written > 0 else { throw failure("write") }
      rest = rest.dropFirst(written)
    }
  }

  /// - Returns: false at the end of the stream.
  private func fill() throws -> Bool {
    var scratch = [UInt8](repeating: 0, count: 65_536)
    let count = scratch.withUnsafeMutableBytes { bytes in
      if let tls { return Int(SSL_read(tls, bytes.baseAddress, Int32(bytes.count))) }
      return recv(descriptor, bytes.baseAddress, bytes.count, 0)
    }
    if count > 0 {
      buffered += scratch.prefix(count)
      return true
    }
    if let tls {
      let error = SSL_get_error(tls, Int32(count))
      // 6 is ZERO_RETURN; a bare EOF shows as SYSCALL (5) or SSL (1) with errno 0.
      if error == 6 || (error != 2 && errno == 0) { return false }
    } else if count == 0 {
      return false
    }
    throw failure("read")
  }

  private func failure(_ call: String) -> SocketError {
    switch errno {
    case EAGAIN, ETIMEDOUT: .timedOut
    case ECONNRESET, EPIPE: .reset
    case let number: .failed(call, errno: number)
    }
  }

  /// The next line with its line end; `nil` at the end of the stream.
  func line() throws -> [UInt8]? {
    while true {
      if let end = buffered.firstIndex(of: 10) { return take(end + 1) }
      errno = 0
      guard try fill() else { return buffered.isEmpty ? nil : take(buffered.count) }
    }
  }

  func octets(_ count: Int) throws -> [UInt8]? {
    while buffered.count < count {
      errno = 0
      guard try fill() else { return nil }
    }
    return take(count)
  }

  /// Whether something more is there within a moment.
  func hasMore(within milliseconds: Int32) -> Bool {
    if !buffered.isEmpty { return true }
    if let tls, SSL_pending(tls) > 0 { return true }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, milliseconds) > 0
  }

  var isClosed: Bool { descriptor < 0 }

  /// What has been read and not taken yet. Anything here at STARTTLS was sent in clear behind the command.
  var unread: [UInt8] { buffered }

  private func take(_ count: Int) -> [UInt8] {
    defer { buffered.removeFirst(count) }
    return Array(buffered.prefix(count))
  }

  /// - Parameter certificate: as a server; without one this end is the client, which verifies nothing.
  func startTLS(_ certificate: TestCertificate?) throws {
    context = SSL_CTX_new(certificate == nil ? TLS_client_method() : TLS_server_method())
    if let certificate {
      guard SSL_CTX_use_certificate_chain_file(context, certificate.chainFile) == 1,
        SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, 1) == 1
      else { throw SocketError.tls("cannot load \(certificate.chainFile)") }
    }
    guard let session = SSL_new(context) else { throw SocketError.tls("no session") }
    tls = session
    SSL_set_fd(session, descriptor)
    let done = certificate == nil ? SSL_connect(session) : SSL_accept(session)
    guard done == 1 else {
      var text = [CChar](repeating: 0, count: 256)
      ERR_error_string_n(ERR_get_error(), &text, text.count)
      throw SocketError.tls(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
  }
}
