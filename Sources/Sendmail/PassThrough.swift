// `-bs`: whoever is at standard input and output speaks with the relay itself.

import Glibc
import Platform

enum PassThrough {
  /// Returns when the relay has ended the conversation.
  static func run(_ relay: SubmitSocket) throws(SystemError) {
    var waiting = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: relay.number, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 || errno == EINTR else { throw SystemError() }
      if waiting[0].revents != 0, try !pass(from: STDIN_FILENO, to: relay.number) {
        shutdown(relay.number, Int32(SHUT_WR))
        waiting[0].fd = -1
      }
      if waiting[1].revents != 0, try !pass(from: relay.number, to: STDOUT_FILENO) { return }
    }
  }

  /// - Returns: false when nothing more will come, or nobody takes it any more.
  private static func pass(from source: Int32, to target: Int32) throws(SystemError) -> Bool {
    var octets = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(source, &octets, octets.count)
    guard count >= 0 || errno == EINTR || errno == ECONNRESET else { throw SystemError() }
    if count == 0 || count < 0 && errno == ECONNRESET { return false }
    var passed = 0
    while passed < count {
      let written = octets.withUnsafeBytes { write(target, $0.baseAddress?.advanced(by: passed), count - passed) }
      if written < 0, errno != EINTR { return false }
      passed += max(written, 0)
    }
    return true
  }
}
