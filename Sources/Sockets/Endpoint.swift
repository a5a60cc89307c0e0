// A numeric address and port, IPv4 or IPv6, as the kernel knows it; or the path of a unix socket.

/// Where a socket is bound or connected.
package struct Endpoint: Hashable, Sendable {
  /// Numeric, without brackets: `127.0.0.1`, `::1`, `fe80::1%eth0`. A path for a unix socket, whose port is 0; empty for
  /// its client.
  package let host: String
  package let port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}

extension Endpoint: CustomStringConvertible {
  package var description: String {
    if host.hasPrefix("/") { return host }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
