// Stream sockets with a path instead of an address. The kernel tells which user is at the other end.
import CLinux
import Glibc
import Platform

extension Listener {
  /// Listens on a path. Replaces a socket at that path on which no process listens any more. The socket stays when the
  /// listener ends, and connections to it are refused then.
  ///
  /// - Parameter mode: of the socket. Users who may write to it may connect.
  package convenience init(path: String, mode: UInt32, backlog: Int32 = 128) throws(ListenError) {
    let endpoint = Endpoint(host: path, port: 0)
    guard let address = SocketAddress(path: path) else { throw .notAnAddress(path) }
    let socket = Descriptor(owning: Listener.open(AF_UNIX))
    let number = socket.number
    if number < 0 { throw ListenError(errno, at: endpoint) }
    if address.withPointer({ bind(number, $0, $1) }) != 0 {
      let code = errno
      guard code == EADDRINUSE, Self.removeAbandoned(path, address) else { throw ListenError(code, at: endpoint) }
      if address.withPointer({ bind(number, $0, $1) }) != 0 { throw ListenError(errno, at: endpoint) }
    }
    if chmod(path, mode) != 0 { throw ListenError(errno, at: endpoint) }
    try self.init(socket, at: endpoint, backlog: backlog)
  }

  private static func removeAbandoned(_ path: String, _ address: SocketAddress) -> Bool {
    var found = stat()
    guard lstat(path, &found) == 0, found.st_mode & S_IFMT == S_IFSOCK else { return false }
    let probe = Descriptor(owning: open(AF_UNIX))
    let status = address.withPointer { connect(probe.number, $0, $1) }
    return status != 0 && errno == ECONNREFUSED && unlink(path) == 0
  }
}
