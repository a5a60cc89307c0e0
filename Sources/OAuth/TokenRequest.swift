// What a token endpoint is asked, and how it stands in the body of a POST. RFC 6749 appendix B.

package import Foundation
package import Mailboxes

/// One request to a token endpoint, whichever grant it is for.
package struct TokenRequest: Sendable {
  package enum Value: Sendable, Equatable {
    case plain(String)
    case secret(Secret)
  }

  package let url: URL
  /// In this order on the wire.
  package var fields: [(name: String, value: Value)]

  package init(to url: URL, fields: [(name: String, value: Value)]) {
    self.url = url
    self.fields = fields
  }

  /// Hidden wherever the server's words repeat them.
  var secrets: [Secret] {
    fields.compactMap { field in
      if case .secret(let secret) = field.value { secret } else { nil }
    }
  }

  /// Every octet outside the unreserved ones is escaped: a secret may hold `&`, `+`, `%` and `=`.
  var body: [UInt8] {
    var body: [UInt8] = []
    for (name, value) in fields {
      if !body.isEmpty { body.append(UInt8(ascii: "&")) }
      body += escaped(name.utf8)
      body.append(UInt8(ascii: "="))
      switch value {
      case .plain(let text): body += escaped(text.utf8)
      case .secret(let secret): body += secret.withOctets { escaped($0) }
      }
    }
    return body
  }
}

func escaped(_ octets: some Sequence<UInt8>) -> [UInt8] {
  let digits = Array("0123456789ABCDEF".utf8)
  return octets.flatMap { octet in
    isUnreserved(octet) ? [octet] : [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
  }
}

private func isUnreserved(_ octet: UInt8) -> Bool {
  switch octet {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
    true
  default: false
  }
}
