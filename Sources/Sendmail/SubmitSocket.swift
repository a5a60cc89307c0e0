// The relay's unix listener, with blocking calls that wait only so long.

import Glibc
package import Platform
package import SMTP

/// Used by one thread.
package final class SubmitSocket {
  package enum Silence: Error, Equatable {
    /// The relay has said nothing for so long.
    case timeout
    /// The relay has gone.
    case ended
    /// What it said was no reply.
    case nonsense
    case system(SystemError)
  }

  private let socket: Descriptor
  private var heard = LineBuffer()
  private var replies = ReplyParser()

  /// Connects to the relay that listens at `path`; waits `patience` for one that has too many callers.
  package init(path: String, patience: Duration) throws(SystemError) {
    socket = Descriptor(owning: Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
    guard socket.number >= 0 else { throw SystemError() }
    setPatience(patience, for: SO_SNDTIMEO)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room else { throw SystemError(ENAMETOOLONG) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw SystemError() }
  }

  /// For `poll`.
  package var number: Int32 { socket.number }

  package func send(_ octets: [UInt8], patience: Duration) throws(Silence) {
    setPatience(patience, for: SO_SNDTIMEO)
    var sent = 0
    while sent < octets.count {
      let count = octets.withUnsafeBytes {
        // A signal would end this process where the relay has gone.
        Glibc.send(socket.number, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count >= 0 || errno == EINTR else { throw Self.silence(errno) }
      sent += max(count, 0)
    }
  }

  package func reply(patience: Duration) throws(Silence) -> Reply {
    setPatience(patience, for: SO_RCVTIMEO)
    while true {
      do throws(ReplyError) {
        if let reply = try replies.parse(from: &heard) { return reply }
      } catch {
        throw .nonsense
      }
      try hear()
    }
  }

  private func hear() throws(Silence) {
    var octets = [UInt8](repeating: 0, count: 4096)
    let count = recv(socket.number, &octets, octets.count, 0)
    if count == 0 { throw .ended }
    guard count > 0 || errno == EINTR else { throw Self.silence(errno) }
    if count > 0 { heard.append(Array(octets.prefix(count))) }
  }

  private static func silence(_ code: Int32) -> Silence {
    switch code {
    case EAGAIN: .timeout
    case EPIPE, ECONNRESET: .ended
    default: .system(SystemError(code))
    }
  }

  private func setPatience(_ patience: Duration, for option: Int32) {
    let (seconds, attoseconds) = patience.components
    var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    setsockopt(socket.number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
  }
}

extension SubmitSocket.Silence: CustomStringConvertible {
  package var description: String {
    switch self {
    case .timeout: "it does not answer"
    case .ended: "it has broken off"
    case .nonsense: "what answers there is no relay"
    case .system(let error): "\(error)"
    }
  }
}
