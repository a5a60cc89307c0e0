// What stays of a message when the message itself is gone: one row of the history.

package import Message
package import SMTP

/// One message as the history knows it. Addresses are text: the history may keep less than the whole of them.
package struct HistoryEntry: Equatable, Sendable {
  package enum Ending: Equatable, Sendable {
    /// The message waits, but something of it is over: some of its recipients have it.
    case open
    case delivered
    case failed
    /// It waited for longer than `queue_max_age`.
    case expired
    case deleted(by: String)
  }

  package struct Recipient: Equatable, Sendable {
    package enum Fate: Equatable, Sendable {
      case waiting
      case delivered
      /// The words are the provider's.
      case failed(String)
    }

    /// `nil`: not kept.
    package var address: String?
    package var fate: Fate

    package init(address: String?, fate: Fate) {
      self.address = address
      self.fate = fate
    }
  }

  package let id: MessageID
  package let entity: String
  package let receivedAt: Timestamp
  package let octetCount: Int
  package var source: MessageSource
  /// The app's, or the one that Letterhead has added; `nil`: none is known.
  package var messageID: InternetMessageID?
  /// `<>` for the null sender; `nil`: not kept.
  package var sender: String?
  package var recipients: [Recipient] = []

  package var attempts = 0
  package var firstAttemptAt: Timestamp?
  package var ending = Ending.open
  /// The end; while the message is open, the latest that is known.
  package var endedAt: Timestamp
  /// The provider's last, or ours where there were none.
  package var words = ""
  /// The address of the mailbox that it left through.
  package var sentAs: String?
  /// What the provider calls it.
  package var providerIDs: [String] = []
  /// What has become of its copy in the folder of sent messages; empty where there was to be none, or it is still due.
  package var sentCopy = ""

  package init(
    id: MessageID, entity: String, receivedAt: Timestamp, octetCount: Int, source: MessageSource,
    messageID: InternetMessageID?, sender: String?, endedAt: Timestamp
  ) {
    self.id = id
    self.entity = entity
    self.receivedAt = receivedAt
    self.octetCount = octetCount
    self.source = source
    self.messageID = messageID
    self.sender = sender
    self.endedAt = endedAt
  }

  /// So much is kept of what was said.
  static let mostWords = 500

  mutating func note(_ receipt: Receipt?) {
    guard let receipt else { return }
    messageID = messageID ?? receipt.messageID
    sentAs = receipt.sentAs?.text ?? sentAs
    for id in receipt.providerIDs where !providerIDs.contains(id) { providerIDs.append(id) }
  }

  /// Adds what an earlier row of the same message says and this one does not: recipients that already have it, above all.
  mutating func takeOver(_ earlier: HistoryEntry) {
    let delivered = earlier.recipients.filter { recipient in
      recipient.fate == .delivered
        && (recipient.address == nil || !recipients.contains { $0.address == recipient.address })
    }
    recipients = delivered + recipients
    firstAttemptAt = earlier.firstAttemptAt ?? firstAttemptAt
    messageID = messageID ?? earlier.messageID
    sentAs = sentAs ?? earlier.sentAs
    if sentCopy.isEmpty { sentCopy = earlier.sentCopy }
    providerIDs = earlier.providerIDs.filter { !providerIDs.contains($0) } + providerIDs
  }
}

/// What the provider's acceptance tells, and under which address the message was handed over.
package struct Receipt: Equatable, Sendable {
  package var sentAs: Address?
  /// What the provider calls the message.
  package var providerIDs: [String]
  /// The one that the message went out with, where the app gave it none.
  package var messageID: InternetMessageID?

  package init(sentAs: Address? = nil, providerIDs: [String] = [], messageID: InternetMessageID? = nil) {
    self.sentAs = sentAs
    self.providerIDs = providerIDs
    self.messageID = messageID
  }
}
