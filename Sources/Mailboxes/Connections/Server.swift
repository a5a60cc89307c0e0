// Where a provider takes mail.

package import SMTP
import Platform

/// A provider's submission server.
package struct Server: Sendable, Hashable, Codable {
  package var host: String
  package var port: UInt16
  package var security: Security

  package init(host: String, port: UInt16, security: Security) {
    self.host = host
    self.port = port
    self.security = security
  }
}

extension Server {
  /// By name or number; a name that merely resolves to loopback does not count.
  package var isLoopback: Bool { Platform.isLoopback(host) }
}
