// Stream sockets with a path instead of an address. The kernel tells which user is at the other end.
import CLinux
import Glibc
import Platform

extension Listener {
  /// Listens on a path. Replaces a socket at that path on which no process listens any more. The file is removed when the
  /// listener is closed; after a crash it stays, and connections to it are refused.
  ///
  /// - Parameter mode: of the socket. Users who may write to it may connect.
  package convenience init(path: String, mode: UInt32, backlog: Int32 = 128) throws(ListenError) {
    let endpoint = Endpoint(host: path, port: 0)
    guard let address = SocketAddress(path: path) else { throw path.isEmpty ? .notAnAddress(path) : .pathTooLong(path) }
    let socket = Descriptor(owning: Listener.open(AF_UNIX))
    let number = socket.number
    if number < 0 { throw ListenError(errno, at: endpoint) }
    if address.withPointer({ bind(number, $0, $1) }) != 0 {
      guard errno == EADDRINUSE else { throw ListenError(errno, at: endpoint) }
      try Self.removeAbandoned(path, address)
      if address.withPointer({ bind(number, $0, $1) }) != 0 { throw ListenError(errno, at: endpoint) }
    }
    if chmod(path, mode) != 0 { throw ListenError(errno, at: endpoint) }
    try self.init(socket, at: endpoint, backlog: backlog, file: BoundPath(path))
  }

  private static func removeAbandoned(_ path: String, _ address: SocketAddress) throws(ListenError) {
    guard let found = BoundPath.status(of: path) else { return }
    guard found.isSocket else { throw .fileInTheWay(path) }
    let probe = Descriptor(owning: open(AF_UNIX))
    let status = address.withPointer { connect(probe.number, $0, $1) }
    guard status != 0, errno == ECONNREFUSED, unlink(path) == 0 else { throw .inUse(Endpoint(host: path, port: 0)) }
  }
}
