// Where a listener listens, as the configuration writes it.

import Glibc
import Platform

/// `127.0.0.1:2525` or `[::1]:2525`, `/run/letterhead/submit.sock`, `systemd:smtp`.
package enum ListenerPlace: Sendable, Equatable {
  /// A numeric host, without brackets.
  case network(host: String, port: UInt16)
  /// The absolute path of a unix socket.
  case unixSocket(path: String)
  /// The sockets that systemd hands over under this name (`FileDescriptorName=`).
  case activated(name: String)

  private static let systemd = "systemd:"
  /// Of `sun_path`, without the NUL behind it.
  private static let longestPath = 107

  /// - Returns: `nil` for what nobody can listen on.
  package init?(_ text: String) {
    if text.hasPrefix("/") {
      guard text.utf8.count <= Self.longestPath, text.utf8.allSatisfy(isPrintable), !text.hasSuffix("/") else {
        return nil
      }
      self = .unixSocket(path: text)
    } else if text.hasPrefix(Self.systemd) {
      let name = text.dropFirst(Self.systemd.count)
      guard (1...255).contains(name.utf8.count), !name.contains(":"),
        name.utf8.allSatisfy({ $0 < 0x7F && isPrintable($0) })
      else { return nil }
      self = .activated(name: String(name))
    } else {
      guard let parsed = HostPort(parsing: text), let port = parsed.port, isNumeric(parsed.host) else { return nil }
      self = .network(host: parsed.host, port: port)
    }
  }
}

private func isPrintable(_ octet: UInt8) -> Bool { octet > 0x20 && octet != 0x7F }

private func isNumeric(_ host: String) -> Bool {
  var address = in6_addr()
  return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
}
