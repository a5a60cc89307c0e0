// Host names, addresses and networks as the configuration writes them.

import Foundation
import Platform

extension ConfigurationReader {
  /// `127.0.0.1:2525`, `[::1]:2525`: numeric host, port 0 to 65535.
  static func hostAndPort(of text: String) -> (host: String, port: UInt16)? {
    guard let parsed = HostPort(parsing: text), let port = parsed.port else { return nil }
    return isIPv4(parsed.host) || isIPv6(parsed.host) ? (parsed.host, port) : nil
  }

  /// A name EHLO may carry: letters, digits, dots and hyphens; `localhost` is refused by large providers.
  static func isHostname(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy { byte in
            byte == 0x2D || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          }
      }
  }

  /// This host's own name, as full as the system knows it.
  static func ownHostname() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost.localdomain" }
    let name = buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
    return name.contains(".") ? name : "\(name).localdomain"
  }

  private static func isIPv4(_ text: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, text, &address) == 1
  }

  private static func isIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
  }
}
