// Connections that make TLS, say EHLO once and then nothing. One after the other: how fast they come is not the question.

import COpenSSL
import Glibc

/// Held until `close`.
final class IdleTLSClients {
  private let context = SSL_CTX_new(TLS_client_method())
  private var held: [(session: OpaquePointer, descriptor: Int32)] = []

  var served: Int { held.count }

  init(_ count: Int, port: UInt16, seconds: Double) {
    // What the relay's side costs is measured; whom it shows itself to be is nobody's concern here.
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
    let end = now() + UInt64.seconds(seconds)
    while held.count < count, now() < end, let client = client(port) { held.append(client) }
  }

  private func client(_ port: UInt16) -> (session: OpaquePointer, descriptor: Int32)? {
    let descriptor = Loopback.connect(port)
    guard descriptor >= 0, let session = SSL_new(context) else { return nil }
    // Blocking, a second at most: nothing else is done meanwhile.
    _ = fcntl(descriptor, F_SETFL, 0)
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    SSL_set_fd(session, descriptor)
    guard SSL_connect(session) == 1, hears("220", session), SSL_write(session, "EHLO app.test\r\n", 15) == 15,
      hears("250", session)
    else {
      SSL_free(session)
      Glibc.close(descriptor)
      return nil
    }
    return (session, descriptor)
  }

  private func hears(_ code: String, _ session: OpaquePointer) -> Bool {
    var input = [UInt8](repeating: 0, count: 4096)
    let count = SSL_read(session, &input, Int32(input.count))
    return count > 3 && input.starts(with: code.utf8)
  }

  func close() {
    for client in held {
      SSL_free(client.session)
      Glibc.close(client.descriptor)
    }
    held = []
  }

  deinit {
    close()
    SSL_CTX_free(context)
  }
}
