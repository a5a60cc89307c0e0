// The service manager's end of sd_notify(3).

internal import Foundation
internal import Platform

/// Hears what a service tells. The socket is gone when the test lets go of it.
package final class NotifySocket: Sendable {
  /// For `NOTIFY_SOCKET`.
  package let place: String
  private let socket: Int32
  private let directory: TemporaryDirectory

  /// - Parameter isAbstract: whether the socket has a name that is no file's, as in containers.
  package init(isAbstract: Bool = false) throws {
    directory = try TemporaryDirectory()
    let path = directory.path("notify")
    place = isAbstract ? "@" + path : path
    socket = Foundation.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = (isAbstract ? [0] : []) + Array(path.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).unsafelyUnwrapped + name.count)
    let status = withUnsafePointer(to: address) { [socket] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
    }
    guard status == 0 else { throw SystemError() }
  }

  /// The next notice, as it was sent.
  package func next() async throws -> String {
    try await BlockingThread { [socket] in
      // A service that says nothing fails its test, and does not hold up the others.
      var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 60_000) == 1 else { throw SystemError(ETIMEDOUT) }
      var octets = [UInt8](repeating: 0, count: 4096)
      let count = recv(socket, &octets, octets.count, 0)
      guard count >= 0 else { throw SystemError() }
      return String(decoding: octets.prefix(count), as: UTF8.self)
    }.value
  }

  deinit { close(socket) }
}
