// To which entity a message belongs, and what follows from it for the message's recipients.

import Message
package import SMTP

package struct Route: Sendable, Equatable {
  /// The key of its entity.
  package let entity: String
  /// Who gets mail to a recipient without a domain.
  package let localRecipients: [Address]

  package init(entity: String, localRecipients: [Address] = []) {
    self.entity = entity
    self.localRecipients = localRecipients
  }
}

/// The reply when no entity takes the sender's mail, or a recipient of it.
package struct RouteRefusal: Error, Equatable {
  package let reply: Reply

  package init(_ reply: Reply) { self.reply = reply }
}

extension Route {
  /// `nil`: the recipient is taken.
  func refusal(of recipient: Address) -> Reply? {
    guard recipient.domain.isEmpty, localRecipients.isEmpty else { return nil }
    return Replies.noLocalRecipient(for: recipient, entity: entity)
  }

  /// The envelope as it is kept: recipients without a domain replaced, and everybody named once.
  func settled(_ envelope: Envelope) throws(RouteRefusal) -> Envelope {
    for recipient in envelope.recipients {
      if let refusal = refusal(of: recipient) { throw RouteRefusal(refusal) }
    }
    var settled = envelope
    var seen = Set<Address>()
    settled.recipients = envelope.recipients
      .flatMap { $0.domain.isEmpty ? localRecipients : [$0] }
      // A domain has no case; of the local part only its server knows.
      .filter { seen.insert(Address(localPart: $0.localPart, domain: $0.domain.lowercased())).inserted }
    return settled
  }
}
