// One address of a header field with the name beside it: `Ada Byron <ada@example.org>`.

package import SMTP

package struct NamedAddress: Equatable, Sendable {
  /// The display name; a comment serves where there is none (`root (Cron Daemon)`).
  package let name: DisplayName?
  /// As written, quotes included. Empty when only a name was found.
  package let localPart: [UInt8]
  /// Empty for a bare `root`.
  package let domain: [UInt8]

  package var address: Address? {
    if localPart.isEmpty { return nil }
    return Address(
      localPart: String(decoding: localPart, as: UTF8.self), domain: String(decoding: domain, as: UTF8.self))
  }
}

extension NamedAddress {
  /// Both parts are there and can be written into a header as they are.
  var isWellFormed: Bool {
    guard !domain.isEmpty, let first = localPart.first else { return false }
    let dot = UInt8(ascii: ".")
    let isAtoms = localPart.allSatisfy { $0.isAtom || $0.is8Bit || $0 == dot }
    let isQuoted = first == UInt8(ascii: "\"") && AddressTokens(localPart).tokens.count == 1
    let isLiteral = domain.first == UInt8(ascii: "[") && AddressTokens(domain).tokens.count == 1
    return (isAtoms || isQuoted) && (isLiteral || domain.allSatisfy { $0.isAtom || $0.is8Bit || $0 == dot })
  }

  /// Whether somebody elsewhere can answer: the domain is one that the Internet knows.
  ///
  /// - Parameters:
  ///   - hostname: this host's own name, in lower case; mail to it ends here.
  ///   - known: a domain that has mail all the same, in lower case.
  func isOnInternet(from hostname: String, except known: String) -> Bool {
    let name = String(decoding: domain.map(\.lowercased), as: UTF8.self)
    let labels = name.split(separator: ".")
    guard labels.count > 1, let top = labels.last, name.first != "[" else { return false }
    return name == known
      || name != hostname && !Self.localDomains.contains(String(top)) && !name.hasSuffix(".home.arpa")
  }

  /// Last labels that no server outside of a network finds (RFC 6761, RFC 6762, and what ICANN keeps for private use).
  private static let localDomains: Set<String> = [
    "localhost", "localdomain", "local", "lan", "internal", "intranet", "private", "invalid",
  ]

  var isASCII: Bool { !localPart.contains(where: \.is8Bit) && !domain.contains(where: \.is8Bit) }

  /// Whether it is `address`: providers ignore case in both parts.
  func isAt(_ address: [UInt8]) -> Bool {
    guard localPart.count + domain.count + 1 == address.count else { return false }
    func same(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
      zip(left, right).allSatisfy { $0.lowercased == $1.lowercased }
    }
    return same(localPart[...], address.prefix(localPart.count)) && address[localPart.count] == UInt8(ascii: "@")
      && same(domain[...], address.suffix(domain.count))
  }
}
