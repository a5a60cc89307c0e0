// A blocking listener on 127.0.0.1, and ports nobody uses.

internal import Foundation
internal import Sockets

/// Listens from the moment it exists, on a port the kernel chose.
final class LoopbackListener: Sendable {
  let endpoint: Endpoint
  private let descriptor: Int32

  init(port: UInt16 = 0) throws(SocketError) {
    let bound = Self.bind(port)
    guard let bound else { throw .failed("bind", errno: errno) }
    descriptor = bound
    listen(descriptor, 128)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutableBytes(of: &address) { bytes in
      getsockname(bound, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
    }
    endpoint = Endpoint(host: "127.0.0.1", port: UInt16(bigEndian: address.sin_port))
  }

  /// Listens on a unix socket that it makes.
  init(path: String) throws(SocketError) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) { [descriptor] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.bind(descriptor, $0, length) }
    }
    endpoint = Endpoint(host: path, port: 0)
    guard bound == 0, listen(descriptor, 128) == 0 else { throw .failed("bind", errno: errno) }
  }

  deinit { close(descriptor) }

  func accept(within milliseconds: Int32, patience: Duration) -> BlockingSocket? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) > 0 else { return nil }
    let accepted = Foundation.accept(descriptor, nil, nil)
    return accepted < 0 ? nil : BlockingSocket(adopting: accepted, patience: patience)
  }

  static func bind(_ port: UInt16) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    let bound = withLoopback(port) { Foundation.bind(descriptor, $0, $1) }
    if bound == 0 { return descriptor }
    close(descriptor)
    return nil
  }
}

/// Calls with 127.0.0.1 and the port as the kernel wants them.
func withLoopback<R>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}

package enum Ports {
  /// A port nobody listens on, below the ephemeral range: no outgoing connection can take it before its server does.
  package static func unused() -> UInt16 {
    while true {
      let port = UInt16.random(in: 20_100..<32_000)
      if let descriptor = LoopbackListener.bind(port) {
        close(descriptor)
        return port
      }
    }
  }
}
