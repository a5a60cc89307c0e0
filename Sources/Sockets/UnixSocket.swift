// Stream sockets with a path instead of an address. The kernel tells which user is at the other end.
import CLinux
import Glibc
import System

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
      guard errno == EADDRINUSE, Self.removeAbandoned(path, address) else {
        throw ListenError(EADDRINUSE, at: endpoint)
      }
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

extension Connection {
  /// Connects to the socket at `path` without waiting. Must be called on the loop's thread.
  ///
  /// - Throws: `.failed`, with ENOENT or ECONNREFUSED when no process listens there.
  package static func open(path: String, on loop: EventLoop) throws(ConnectionError) -> sending Connection {
    guard let address = SocketAddress(path: path) else { throw .failed(ENAMETOOLONG) }
    let socket = Descriptor(owning: Listener.open(AF_UNIX))
    let number = socket.number
    if number < 0 { throw .failed(errno) }
    if address.withPointer({ connect(number, $0, $1) }) != 0 { throw .failed(errno) }
    return Connection(Channel(socket, in: loop), peer: Endpoint(host: path, port: 0))
  }

  /// The user who connected, according to the kernel; `nil` if this is no unix socket.
  package var peerUser: UInt32? {
    var credentials: (process: Int32, user: UInt32, group: UInt32) = (0, .max, .max)  // struct ucred
    var length = socklen_t(MemoryLayout.size(ofValue: credentials))
    let status = getsockopt(channel.number, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
    return status == 0 && credentials.user != .max ? credentials.user : nil
  }
}

extension SocketAddress {
  /// Nil for a path that is empty or too long (107 octets).
  init?(path: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let octets = Array(path.utf8)
    let capacity = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard !octets.isEmpty, octets.count <= capacity, !octets.contains(0) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
    withUnsafeMutableBytes(of: &storage) { storage in
      withUnsafeBytes(of: address) { storage.copyMemory(from: $0) }
    }
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
  }
}
