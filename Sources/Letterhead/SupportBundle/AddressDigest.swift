// Addresses in a support bundle: the domain as it is, and the local part as a code that is the same within one bundle and
// means nothing beyond it.

import Cryptography

struct AddressDigest: Sendable {
  private let key: [UInt8]

  /// - Parameter key: drawn for one bundle, and kept nowhere.
  init(key: [UInt8]) { self.key = key }

  /// `u-3f9a61@acme.example`; `nil` for what is no address.
  func shown(_ address: some StringProtocol) -> String? {
    guard let at = address.lastIndex(of: "@") else { return nil }
    let local = address[..<at]
    let domain = address[address.index(after: at)...].lowercased()
    guard !local.isEmpty, Self.isDomain(domain) else { return nil }
    if local == "*" { return "*@\(domain)" }
    let code = HMACSHA256.code(for: Array("\(local)@\(domain)".utf8), key: key)
    return "u-\(hexadecimal(Array(code.prefix(3))))@\(domain)"
  }

  private static func isDomain(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x2E
      }
  }
}
