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
    case .socket(let error): Self.sentence(for: address, error)
    case .certificate(.badCertificateFile(let words)):
      "Cannot listen on \(address) with TLS: the certificate or key is not usable. OpenSSL says: \(words)"
    case .certificate(let error):
      "Cannot listen on \(address) with TLS: \(error)."
    }
  }

  private static func sentence(for address: String, _ error: ListenError) -> String {
    switch error {
    case .inUse where address.hasPrefix("/"):
      "Cannot listen on \(address): another program does already. Stop it (ss -lxp shows which), or take another path."
    case .notPermitted where address.hasPrefix("/"):
      "Cannot listen on \(address): the relay may not make files there. Take a directory that belongs to its user."
    case .fileInTheWay:
      "Cannot listen on \(address): a file that is no socket stands there. Take another path, or move it away."
    case .pathTooLong:
      "Cannot listen on \(address): the path of a socket has 107 octets at most. Take a shorter one."
    case .notHandedOver(let name):
      "Cannot listen on \(address): systemd has handed over no socket of that name. A socket unit needs "
        + "FileDescriptorName=\(name), and to be started before the relay."
    case .failed(_, ENOENT) where address.hasPrefix("/"):
      "Cannot listen on \(address): its directory does not exist. Make it, and give it to the relay's user."
    case .inUse:
      "Cannot listen on \(address): another program does already. Stop it (ss -ltnp shows which), or take another port."
    case .notPermitted:
      "Cannot listen on \(address): ports below 1024 need a privilege. Use the service unit, which has it, or a port above."
    case .noSuchAddress:
      "Cannot listen on \(address): this machine has no such address. `ip address` shows those it has."
    case .notAnAddress:
      "Cannot listen on \(address): it is no address. Write \"127.0.0.1:2525\" or \"[::1]:2525\"."
    case .failed(_, let code):
      "Cannot listen on \(address): \(String(cString: strerror(code)))."
    }
  }
}
