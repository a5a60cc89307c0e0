// One message as a storage engine keeps it, but for its body. The states are told at `Spool`.

package import Message
package import SMTP

package struct MessageRecord: Sendable {
  /// Claimed is not among them: that is a lease.
  package enum State: Sendable { case waiting, held, unknown, filing, failed, damaged }

  package let id: MessageID
  package let entity: String
  package let receivedAt: Timestamp
  package let octetCount: Int
  /// What the body store calls its body; `nil`: the body is stored beside the record.
  package let bodyName: String?
  /// A failure report of ours.
  package let isReport: Bool

  package var state: State
  /// When it is tried next; while it is leased, when the lease ends; of a failed message, when it failed; of a damaged
  /// one, when that was found; of an unknown one, when it is looked for; of one that is filing, when its copy is tried.
  package var due: Timestamp
  /// Since when it waits: its arrival, or the time at which a person had a failed one tried again.
  package var since: Timestamp
  package var attempts: Int
  /// Waits after a temporary failure.
  package var isDeferred: Bool
  package var perhapsSent: Bool
  /// There are attempts to remember.
  package var hasAttempts: Bool
  /// `nil`: damaged in the storage.
  package var envelope: RecordedEnvelope?
  package var owner: LeaseOwner?
  /// Of the latest lease; 0 before the first.
  package var term: Int64

  package init(
    id: MessageID, entity: String, receivedAt: Timestamp, octetCount: Int, bodyName: String?, isReport: Bool,
    state: State, due: Timestamp, since: Timestamp, attempts: Int, isDeferred: Bool, perhapsSent: Bool,
    hasAttempts: Bool, envelope: RecordedEnvelope?, owner: LeaseOwner?, term: Int64
  ) {
    self.id = id
    self.entity = entity
    self.receivedAt = receivedAt
    self.octetCount = octetCount
    self.bodyName = bodyName
    self.isReport = isReport
    self.state = state
    self.due = due
    self.since = since
    self.attempts = attempts
    self.isDeferred = isDeferred
    self.perhapsSent = perhapsSent
    self.hasAttempts = hasAttempts
    self.envelope = envelope
    self.owner = owner
    self.term = term
  }

  package var lease: Lease? { owner.map { Lease(owner: $0, until: due, term: term) } }

  /// What holding its body costs.
  package var octetsInMemory: Int { bodyName == nil ? octetCount : 0 }

  /// Counts the attempt that the lease is for. A lease that ran out without an answer leaves its number to the next one.
  package mutating func lease(to owner: LeaseOwner, until: Timestamp) {
    if self.owner == nil || attempts == 0 { attempts += 1 }
    self.owner = owner
    due = until
    term += 1
  }

  /// By which the end of its next lease is reckoned: the number of the attempt. After a lease that ran out without an
  /// answer all leases count, so that a message that ends the relay each time waits longer each time.
  package var leaseStep: Int { owner == nil ? attempts + 1 : max(attempts, Int(clamping: term)) + 1 }
}

/// One recipient as the record keeps it: waiting, or failed with the provider's words. A delivered one is gone.
package struct RecordedRecipient: Equatable, Sendable {
  package var address: Address
  package var failure: String?

  package init(address: Address, failure: String? = nil) {
    self.address = address
    self.failure = failure
  }
}

/// The envelope as the record keeps it.
package struct RecordedEnvelope: Equatable, Sendable {
  package var sender: Address?
  package var recipients: [RecordedRecipient]
  package var source: MessageSource
  package var isSMTPUTF8: Bool
  package var is8BitMIME: Bool
  /// Why the message was accepted as held, until a person releases it.
  package var heldBecause: String?
  /// As its header said when it was accepted.
  package var messageID: InternetMessageID?
  /// Some of its recipients have the message, and stand here no more.
  package var isPartlyDelivered: Bool
  /// What is known of an attempt whose answer never came.
  package var unknown: UnknownOutcome?
  /// What is known of its copy; `nil`: nobody has the message, or no copy is filed.
  package var copy: SentCopy?

  package init(
    sender: Address?, recipients: [RecordedRecipient], source: MessageSource, isSMTPUTF8: Bool = false,
    is8BitMIME: Bool = false, heldBecause: String? = nil, messageID: InternetMessageID? = nil,
    isPartlyDelivered: Bool = false,
    unknown: UnknownOutcome? = nil, copy: SentCopy? = nil
  ) {
    self.sender = sender
    self.recipients = recipients
    self.source = source
    self.isSMTPUTF8 = isSMTPUTF8
    self.is8BitMIME = is8BitMIME
    self.heldBecause = heldBecause
    self.messageID = messageID
    self.isPartlyDelivered = isPartlyDelivered
    self.unknown = unknown
    self.copy = copy
  }

  var waiting: [Address] { recipients.filter { $0.failure == nil }.map(\.address) }
  var hasFailures: Bool { recipients.contains { $0.failure != nil } }

  /// As the queues see it: those still waiting.
  var toSend: Envelope {
    Envelope(sender: sender, recipients: waiting, isSMTPUTF8: isSMTPUTF8, is8BitMIME: is8BitMIME)
  }

  /// Those of the waiting whom these outcomes name as having the message.
  func delivered(by outcomes: [(Address, RecipientOutcome)]) -> [Address] {
    let waiting = Set(waiting)
    return outcomes.compactMap { address, outcome in
      if case .delivered = outcome, waiting.contains(address) { address } else { nil }
    }
  }

  /// A delivered recipient goes, a failed one stays with its words, the rest waits on.
  mutating func apply(_ outcomes: [(Address, RecipientOutcome)]) {
    if !delivered(by: outcomes).isEmpty { isPartlyDelivered = true }
    let outcomes = Dictionary(outcomes, uniquingKeysWith: { first, _ in first })
    recipients = recipients.compactMap { recipient in
      guard recipient.failure == nil else { return recipient }
      return switch outcomes[recipient.address] {
      case .delivered: nil
      case .failed(let words): RecordedRecipient(address: recipient.address, failure: words)
      case .deferred, nil: recipient
      }
    }
  }
}

extension SpooledMessage {
  init(_ record: MessageRecord, to envelope: RecordedEnvelope, content: MessageContent) {
    self.init(
      id: record.id, entity: record.entity, envelope: envelope.toSend, content: content,
      receivedAt: record.receivedAt.date, attempts: record.attempts, isReport: record.isReport,
      perhapsSent: record.perhapsSent, messageID: envelope.messageID)
  }
}
