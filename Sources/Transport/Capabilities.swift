// What a way out takes, as known once it is open.

package struct Capabilities: Equatable, Sendable {
  /// Recipients are named beside the message. Where not, they are read from its header.
  package var takesEnvelope: Bool
  package var takes8BitMIME: Bool
  /// Addresses and headers that are not ASCII (RFC 6531).
  package var takesSMTPUTF8: Bool
  /// The largest message; `nil`: not known.
  package var maximumOctets: Int?
  /// The most recipients of one message; `nil`: not known.
  package var recipientsAtOnce: Int?
  /// The most messages of one session; `nil`: not known.
  package var messagesPerSession: Int?
  /// The provider puts what it takes into the mailbox's Sent folder by itself; `nil`: not known.
  package var filesSentCopies: Bool?

  package init(
    takesEnvelope: Bool = true, takes8BitMIME: Bool = true, takesSMTPUTF8: Bool = true, maximumOctets: Int? = nil,
    recipientsAtOnce: Int? = nil, messagesPerSession: Int? = nil, filesSentCopies: Bool? = nil
  ) {
    self.takesEnvelope = takesEnvelope
    self.takes8BitMIME = takes8BitMIME
    self.takesSMTPUTF8 = takesSMTPUTF8
    self.maximumOctets = maximumOctets
    self.recipientsAtOnce = recipientsAtOnce
    self.messagesPerSession = messagesPerSession
    self.filesSentCopies = filesSentCopies
  }
}
