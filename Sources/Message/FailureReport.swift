// What the entity's people are told when a message failed for good. RFC 3464 in RFC 6522's multipart/report.

package import FoundationEssentials
package import SMTP

package struct FailureReport: Sendable {
  /// One recipient who will not get the message, and why.
  package struct Recipient: Sendable {
    package var address: Address
    package var status: EnhancedCode
    /// The provider's words, verbatim; `nil` when no provider had a say.
    package var reply: Reply?
    /// The provider's host.
    package var remoteHost: String?

    package init(address: Address, status: EnhancedCode, reply: Reply?, remoteHost: String?) {
      self.address = address
      self.status = status
      self.reply = reply
      self.remoteHost = remoteHost
    }
  }

  package var hostname: String
  /// The report's own id in this relay, for its Message-ID and boundary.
  package var id: String
  package var entityName: String
  /// Who the report is from. It is rewritten like every message when it goes out.
  package var from: Address
  package var to: [Address]
  package var originalSender: Address?
  package var acceptedAt: Date
  package var recipients: [Recipient]
  /// One sentence: what happened.
  package var summary: String
  /// One sentence: what to do.
  package var remedy: String
  package var header: Header

  package init(
    hostname: String, id: String, entityName: String, from: Address, to: [Address], originalSender: Address?,
    acceptedAt: Date, recipients: [Recipient], summary: String, remedy: String, header: Header
  ) {
    self.hostname = hostname
    self.id = id
    self.entityName = entityName
    self.from = from
    self.to = to
    self.originalSender = originalSender
    self.acceptedAt = acceptedAt
    self.recipients = recipients
    self.summary = summary
    self.remedy = remedy
    self.header = header
  }

  /// The whole message, ready for `Spool.accept`: all ASCII, lines ended by CRLF.
  package func message(now: Date) -> [UInt8] { [] }

  /// Under which it is accepted: the null sender (RFC 3464 §2), so that nobody ever reports on a report.
  package var envelope: Envelope { Envelope(sender: nil, recipients: to) }

  /// Whether a message says of itself that it is a report. Nobody is told about the failure of one.
  package static func isReport(_ header: Header) -> Bool { false }
}
