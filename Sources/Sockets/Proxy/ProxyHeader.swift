// What a proxy says of its client before the client's own octets: the PROXY protocol, versions 1 and 2
// (https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt). Only listed proxies are asked for it and believed.
import Glibc

/// For whom a connection of a proxy is.
package enum ProxyHeader: Sendable, Equatable {
  /// A client of the proxy; its loopback addresses are the proxy's, not those of this host.
  case client(Endpoint)
  /// The proxy itself, for a health check; or a client whose address it does not know, or that has none (`UNKNOWN`, `LOCAL`,
  /// UDP, a unix socket).
  case proxyItself
}

/// Why the octets that came first are no header of the PROXY protocol.
package enum ProxyHeaderFault: Error, Sendable, Equatable, CaseIterable {
  /// They begin like neither version.
  case missing
  case tooLong, truncated, badLine, badVersion, badCommand, badFamily, badAddress

  /// For people.
  package var words: String {
    switch self {
    case .missing: "the connection does not begin with a PROXY header"
    case .tooLong: "the PROXY header is too long"
    case .truncated: "the connection ended within the PROXY header"
    case .badLine: "the PROXY line is not as version 1 has it"
    case .badVersion: "the PROXY header is of a version other than 1 and 2"
    case .badCommand: "the PROXY header has an unknown command"
    case .badFamily: "the PROXY header has an unknown kind of address"
    case .badAddress: "the PROXY header has no readable address"
    }
  }
}

/// What the octets that have come so far mean. More octets never change a header or a fault.
package enum ProxyHeaderReading: Sendable, Equatable {
  case needsMore
  /// - octets: of the header; what follows is the client's.
  case header(ProxyHeader, octets: Int)
  case malformed(ProxyHeaderFault)
}

extension ProxyHeaderReading {
  /// The longest header that is read. Version 2 asks every receiver for as much (section 2.2).
  package static let mostOctets = 536

  /// - Parameter octets: from the connection's first on.
  package init(_ octets: [UInt8]) {
    if octets.agrees(with: ProxyHeader.signature2) {
      self = Self.version2(octets)
    } else if octets.agrees(with: ProxyHeader.signature1) {
      self = Self.version1(octets)
    } else {
      self = .malformed(.missing)
    }
  }

  // MARK: Version 1: `PROXY TCP4 192.0.2.7 192.0.2.1 56324 25`, CRLF

  private static func version1(_ octets: [UInt8]) -> ProxyHeaderReading {
    let mostOctets = 107
    guard let end = octets.prefix(mostOctets).firstIndex(of: 0x0A) else {
      return octets.count < mostOctets ? .needsMore : .malformed(.tooLong)
    }
    guard octets[end - 1] == 0x0D else { return .malformed(.badLine) }
    let words = octets[..<(end - 1)].split(separator: 0x20, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if words[1] == "UNKNOWN" { return .header(.proxyItself, octets: end + 1) }
    guard words.count == 6, let family = families1[words[1]] else { return .malformed(.badLine) }
    guard let source = Endpoint(words[2], words[4], family), Endpoint(words[3], words[5], family) != nil
    else { return .malformed(.badAddress) }
    return .header(.client(source), octets: end + 1)
  }

  private static let families1 = ["TCP4": AF_INET, "TCP6": AF_INET6]

  // MARK: Version 2: 16 octets with the length of the addresses and of the attributes behind them, which are not read

  private static func version2(_ octets: [UInt8]) -> ProxyHeaderReading {
    let start = 16
    if octets.count > 12 {
      if octets[12] >> 4 != 2 { return .malformed(.badVersion) }
      if octets[12] & 15 > 1 { return .malformed(.badCommand) }
    }
    guard octets.count >= start else { return .needsMore }
    let end = start + Int(octets[14]) << 8 + Int(octets[15])
    guard end <= mostOctets else { return .malformed(.tooLong) }
    guard octets.count >= end else { return .needsMore }
    if octets[12] & 15 == 0 { return .header(.proxyItself, octets: end) }
    return addresses2(octets[start..<end], kind: octets[13])
  }

  /// - Parameter kind: the address family in the upper half, the transport in the lower.
  private static func addresses2(_ octets: ArraySlice<UInt8>, kind: UInt8) -> ProxyHeaderReading {
    switch kind {
    case 0x11: client2(octets, AF_INET, addressOctets: 4)
    case 0x21: client2(octets, AF_INET6, addressOctets: 16)
    case 0x00, 0x12, 0x22, 0x31, 0x32: .header(.proxyItself, octets: octets.endIndex)
    default: .malformed(.badFamily)
    }
  }

  /// Both addresses, then both ports.
  private static func client2(_ octets: ArraySlice<UInt8>, _ family: Int32, addressOctets: Int) -> ProxyHeaderReading {
    guard octets.count >= 2 * addressOctets + 4, let host = numericHost(Array(octets.prefix(addressOctets)), family)
    else { return .malformed(.badAddress) }
    let port = octets.startIndex + 2 * addressOctets
    let source = Endpoint(host: host, port: UInt16(octets[port]) << 8 | UInt16(octets[port + 1]))
    return .header(.client(source), octets: octets.endIndex)
  }
}

extension ProxyHeader {
  fileprivate static let signature1 = Array("PROXY ".utf8)
  fileprivate static let signature2 = Array("\r\n\r\n\0\r\nQUIT\n".utf8)
}

extension [UInt8] {
  /// One begins with the other.
  fileprivate func agrees(with signature: [UInt8]) -> Bool { zip(self, signature).allSatisfy(==) }
}

extension Endpoint {
  /// As version 1 writes it: a port has neither sign nor leading zero.
  fileprivate init?(_ host: String, _ port: String, _ family: Int32) {
    var octets = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
    guard let number = UInt16(port), String(number) == port, inet_pton(family, host, &octets) == 1,
      let host = numericHost(octets, family)
    else { return nil }
    self.init(host: host, port: number)
  }
}

private func numericHost(_ octets: [UInt8], _ family: Int32) -> String? {
  var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
  guard inet_ntop(family, octets, &text, socklen_t(text.count)) != nil else { return nil }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
