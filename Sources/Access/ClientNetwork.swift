// Which clients a listener serves, as networks in CIDR form. No names, no reverse look-ups.

import Glibc

/// `192.168.1.0/24`, `fd00::/8`, or one address. Host bits below the prefix are let be: `10.0.0.1/8` is `10.0.0.0/8`.
package struct ClientNetwork: Hashable, Sendable {
  private let prefix: [UInt8]
  private let bits: Int

  package static let loopback: [ClientNetwork] = ["127.0.0.0/8", "::1"].compactMap(ClientNetwork.init)

  /// Nil when it is neither an address nor a network.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let octets = Self.octets(of: String(parts[0])), parts.count <= 2 else { return nil }
    var bits = octets.count * 8
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let given = Int(parts[1]), given <= bits
      else { return nil }
      bits = given
    }
    self.bits = bits
    self.prefix = Self.masked(octets, to: bits)
  }

  /// So large that no company has it: to serve it would be an open relay. `10.0.0.0/8` and `fc00::/7` are the largest
  /// that are somebody's own.
  package var isEverybody: Bool { bits < (prefix.count == 4 ? 8 : 7) }

  /// - Parameter host: numeric, as in `Endpoint.host`; an IPv4 client of an IPv6 socket (`::ffff:10.1.2.3`) counts
  ///   as IPv4, and a scope (`%eth0`) is left out.
  package func contains(_ host: String) -> Bool {
    guard let octets = Self.octets(of: host) else { return false }
    return octets.count == prefix.count && Self.masked(octets, to: bits) == prefix
  }

  /// Its first address, which of one address is that.
  package var address: String { String(description.prefix { $0 != "/" }) }

  private static func masked(_ octets: [UInt8], to bits: Int) -> [UInt8] {
    octets.enumerated().map { index, octet in
      octet & UInt8(truncatingIfNeeded: 0xff00 >> min(8, max(0, bits - index * 8)))
    }
  }

  private static func octets(of host: String) -> [UInt8]? {
    let host = host.prefix { $0 != "%" }
    let mapped = host.lowercased().hasPrefix("::ffff:") && host.contains(".")
    let plain = String(mapped ? host.dropFirst(7) : host)
    var octets = [UInt8](repeating: 0, count: plain.contains(":") ? 16 : 4)
    let family = octets.count == 16 ? AF_INET6 : AF_INET
    return inet_pton(family, plain, &octets) == 1 ? octets : nil
  }
}

extension ClientNetwork: CustomStringConvertible {
  /// As the configuration writes it, the prefix's length included.
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(prefix.count == 16 ? AF_INET6 : AF_INET, prefix, &text, socklen_t(text.count))
    return "\(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))/\(bits)"
  }
}

extension [ClientNetwork] {
  package func contains(_ host: String) -> Bool { contains { $0.contains(host) } }
}
