// `host:port` as people write it: a name or an address, IPv6 in brackets where a port follows.

/// A host and perhaps a port.
package struct HostPort: Hashable, Sendable {
  /// Without brackets.
  package let host: String
  package let port: UInt16?

  /// Reads `host`, `host:587`, `192.0.2.1:587`, `[::1]`, `[::1]:587` and `::1`. Whether there is such a host is another question.
  ///
  /// - Returns: `nil` for an empty host, brackets that do not match, or a port that is no number up to 65535.
  package init?(parsing text: String) {
    var host = text[...]
    var port: UInt16?
    // More than one colon without brackets is an IPv6 address alone.
    if host.hasPrefix("[") || host.count(where: { $0 == ":" }) == 1, host.last != "]" {
      guard let colon = text.lastIndex(of: ":"), let number = Self.port(text[text.index(after: colon)...]) else {
        return nil
      }
      (host, port) = (text[..<colon], number)
    }
    if host.hasPrefix("[") {
      guard host.hasSuffix("]"), host.contains(":") else { return nil }
      host = host.dropFirst().dropLast()
    }
    guard !host.isEmpty, !host.contains(where: { $0 == "[" || $0 == "]" }) else { return nil }
    self.host = String(host)
    self.port = port
  }

  private static func port(_ digits: Substring) -> UInt16? {
    digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(digits) : nil
  }
}
