// Messages and outcomes for tests of the spool.

package import FoundationEssentials
import Message
package import SMTP
package import Spool

package let ada = Address(localPart: "ada", domain: "example.org")
package let bob = Address(localPart: "bob", domain: "example.org")

/// - Parameter octets: of the content, at least.
package func message(
  _ text: String = "x", to recipients: [Address] = [ada], entity: String = "acme", octets: Int = 0
) -> NewMessage {
  let bytes = Array("Subject: \(text)\r\n\r\nbody of \(text)\r\n".utf8)
  return NewMessage(
    entity: entity,
    envelope: Envelope(sender: Address(localPart: "erp", domain: "localhost"), recipients: recipients),
    content: .octets(bytes + [UInt8](repeating: 0x61, count: max(octets - bytes.count, 0))),
    source: MessageSource(client: "127.0.0.1 (erp)"))
}

extension Settlement {
  /// The same for all who wait.
  package static func all(_ message: SpooledMessage, _ outcome: RecipientOutcome, due: Date? = nil) -> Settlement {
    Settlement(recipients: message.envelope.recipients.map { ($0, outcome) }, due: due)
  }
}

extension Spool {
  /// Claims until `count` have come.
  package func take(_ count: Int, of entity: String = "acme") async -> [SpooledMessage] {
    var taken: [SpooledMessage] = []
    while taken.count < count {
      let more = await claim(entity, atMost: count - taken.count)
      if more.isEmpty { break }
      taken += more
    }
    return taken
  }

  /// Of the entity of most tests.
  package var acme: Counts { counts["acme"] ?? Counts() }
}

/// Asks until it is so, for a minute at most.
package func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
  for _ in 0..<6000 {
    if try await isSo() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}
