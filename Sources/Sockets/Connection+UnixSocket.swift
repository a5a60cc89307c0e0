// Connections over unix sockets.
import CLinux
import Glibc
import Platform

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
