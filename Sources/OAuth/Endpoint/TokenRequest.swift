// What a token endpoint is asked, and how it stands in the body of a POST.

package import FoundationEssentials
package import Mailboxes

/// One request to a token endpoint, whichever grant it is for.
package struct TokenRequest: Sendable {
  package enum Value: Sendable, Equatable {
    case plain(String)
    case secret(Secret)
  }

  package typealias Fields = [(name: String, value: Value)]

  package let url: URL
  /// In this order on the wire.
  package var fields: Fields
  /// It holds an assertion with times of this machine's clock.
  package var dependsOnClock: Bool

  package init(to url: URL, fields: Fields, dependsOnClock: Bool = false) {
    self.url = url
    self.fields = fields
    self.dependsOnClock = dependsOnClock
  }

  /// Hidden wherever the server's words repeat them.
  var secrets: [Secret] {
    fields.compactMap { field in
      if case .secret(let secret) = field.value { secret } else { nil }
    }
  }

  var body: [UInt8] {
    var body: [UInt8] = []
    for (name, value) in fields {
      if !body.isEmpty { body.append(UInt8(ascii: "&")) }
      body += Form.escaped(name.utf8)
      body.append(UInt8(ascii: "="))
      switch value {
      case .plain(let text): body += Form.escaped(text.utf8)
      case .secret(let secret): body += secret.withOctets { Form.escaped($0) }
      }
    }
    return body
  }
}
