// Who a message is from and to, as SMTP carries it, and which extensions its client declared.

package import SMTP

/// The envelope of one message (RFC 5321 §2.3.1), without a word of its header.
package struct Envelope: Equatable, Sendable {
  /// `nil` is the null reverse-path `<>`.
  package var sender: Address?
  /// In the order in which the app named them. Only these get the message, whatever the header's To and Cc are.
  package var recipients: [Address]
  /// The client declared SMTPUTF8 (RFC 6531).
  package var isSMTPUTF8: Bool
  /// The client declared BODY=8BITMIME. 8-bit octets without that declaration are found by `BodyScan`.
  package var is8BitMIME: Bool

  package init(sender: Address?, recipients: [Address], isSMTPUTF8: Bool = false, is8BitMIME: Bool = false) {
    self.sender = sender
    self.recipients = recipients
    self.isSMTPUTF8 = isSMTPUTF8
    self.is8BitMIME = is8BitMIME
  }
}
