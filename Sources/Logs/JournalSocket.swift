// The journal's socket, and whether standard error leads to the journal.

import Glibc
import Platform

/// One datagram an entry, to whoever is at the other end of the path now: the journal may be restarted.
struct JournalSocket: ~Copyable, Sendable {
  static let usualPath = "/run/systemd/journal/socket"

  private let socket: Descriptor
  private let path: String

  init(path: String = Self.usualPath) {
    socket = Descriptor(owning: Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    self.path = path
  }

  /// - Returns: `false` when the journal does not have it.
  borrowing func send(_ entry: [UInt8]) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard socket.number >= 0, path.utf8.count < room else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        var sent = 0
        repeat {
          sent = sendto(
            socket.number, entry, entry.count, Int32(MSG_NOSIGNAL), address,
            socklen_t(MemoryLayout<sockaddr_un>.size))
        } while sent < 0 && errno == EINTR
        return sent == entry.count
      }
    }
  }
}

extension JournalSocket {
  /// - Parameters:
  ///   - descriptor: standard error, or what stands for it in a test.
  ///   - named: JOURNAL_STREAM: device and inode of the stream that the service manager has opened. A program that is
  ///     started with its standard error somewhere else inherits the variable all the same.
  static func isStream(_ descriptor: Int32, named: String?) -> Bool {
    var found = stat()
    guard let named, fstat(descriptor, &found) == 0 else { return false }
    return named == "\(found.st_dev):\(found.st_ino)"
  }
}
