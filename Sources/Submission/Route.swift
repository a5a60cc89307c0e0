// To which entity a message belongs, and what follows from it for the message and its recipients.

package import Access
import Message
package import SMTP

package struct Route: Sendable, Equatable {
  /// The key under which the spool keeps the message: its entity's, or one of its own for mail that no queue may draw.
  package let entity: String
  /// Who gets mail to a recipient without a domain.
  package let localRecipients: [Address]
  /// Whose message it is; `nil` where no app was recognised.
  package let app: App?
  /// The largest message that its mailbox's way out takes, in octets; `nil`: not known.
  package let maximumOctets: Int?
  /// Why it is held as soon as it is accepted.
  package let hold: String?

  package init(
    entity: String, localRecipients: [Address] = [], app: App? = nil, maximumOctets: Int? = nil,
    hold: String? = nil
  ) {
    self.entity = entity
    self.localRecipients = localRecipients
    self.app = app
    self.maximumOctets = maximumOctets
    self.hold = hold
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
    if let app, !app.mayWrite(to: recipient) { return SendingRefusal.recipient(recipient, app).reply }
    guard recipient.domain.isEmpty, localRecipients.isEmpty else { return nil }
    return Replies.noLocalRecipient(for: recipient, entity: entity)
  }

  /// `nil`: a message of so many octets is taken. Putting it under the mailbox's address may make it larger still.
  func refusal(ofOctets octets: Int) -> Reply? {
    if let limit = app?.limits.maxMessageOctets, octets > limit { return Replies.messageTooLarge(limit: limit) }
    if let maximumOctets, octets > maximumOctets {
      return Replies.tooLarge(forMailboxOf: entity, limit: maximumOctets)
    }
    return nil
  }

  /// The envelope as it is kept: recipients without a domain replaced, and everybody named once; where the app's mail is
  /// redirected, its one new recipient.
  func settled(_ envelope: Envelope) throws(RouteRefusal) -> Envelope {
    for recipient in envelope.recipients {
      if let refusal = refusal(of: recipient) { throw RouteRefusal(refusal) }
    }
    var settled = envelope
    if case .redirect(let address) = app?.mode {
      settled.recipients = [address]
      return settled
    }
    var seen = Set<Address>()
    settled.recipients = envelope.recipients
      .flatMap { $0.domain.isEmpty ? localRecipients : [$0] }
      // A domain has no case; of the local part only its server knows.
      .filter { seen.insert(Address(localPart: $0.localPart, domain: $0.domain.lowercased())).inserted }
    return settled
  }
}
