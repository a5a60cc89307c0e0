// Why a listener cannot be opened, as a sentence with its remedy.

import Glibc
package import Sockets
package import TLS

/// A listener cannot be opened.
package struct ListenerOpeningError: Error, CustomStringConvertible {
  package enum Obstacle: Sendable {
    case socket(ListenError)
    case certificate(TLSError)
  }

  package let address: String
  package let obstacle: Obstacle

  package var description: String {
    switch obstacle {
    case .socket(.inUse):
      "Cannot listen on \(address): another program does already. Stop it (ss -ltnp shows which), or take another port."
    case .socket(.notPermitted):
      "Cannot listen on \(address): ports below 1024 need a privilege. Use the service unit, which has it, or a port above."
    case .socket(.noSuchAddress):
      "Cannot listen on \(address): this machine has no such address. `ip address` shows those it has."
    case .socket(.notAnAddress):
      "Cannot listen on \(address): it is no address. Write \"127.0.0.1:2525\" or \"[::1]:2525\"."
    case .socket(.failed(_, let code)):
      "Cannot listen on \(address): \(String(cString: strerror(code)))."
    case .certificate(.badCertificateFile(let words)):
      "Cannot listen on \(address) with TLS: the certificate or key is not usable. OpenSSL says: \(words)"
    case .certificate(let error):
      "Cannot listen on \(address) with TLS: \(error)."
    }
  }
}
