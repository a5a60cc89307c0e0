// Makes a message fit for an upstream that takes less than the app sent: no 8BITMIME, no SMTPUTF8, lines over 998.
// RFC 2045 §6, RFC 2047, RFC 2231. What must not be changed is refused with the reason instead.

package import SMTP

/// One message on its way to one upstream. Large bodies pass by in pieces, twice, and never stand in memory whole:
///
///     var encoding = try TransferEncoding(header: header, envelope: envelope, body: scan, upstream: upstream)
///     if encoding.mustExamineBody { for piece in body { encoding.examine(piece) } }
///     let fitted = try encoding.finish()
///     // send fitted.header; then the body, through fitted.encoder where there is one
package struct TransferEncoding: Sendable {
  /// What the upstream's EHLO offered.
  package struct Upstream: Sendable {
    package var takes8BitMIME: Bool
    package var takesSMTPUTF8: Bool

    package init(takes8BitMIME: Bool, takesSMTPUTF8: Bool) {
      self.takes8BitMIME = takes8BitMIME
      self.takesSMTPUTF8 = takesSMTPUTF8
    }
  }

  /// The message as this upstream gets it.
  package struct Fitted: Sendable {
    package var header: Header
    /// Say SMTPUTF8 in MAIL: an address or the header needs it.
    package var usesSMTPUTF8: Bool
    /// Say BODY=8BITMIME in MAIL.
    package var uses8BitMIME: Bool
    /// `nil`: the body goes as it is.
    package var encoder: BodyEncoder?
  }

  /// Why a message cannot be made to fit.
  package enum Refusal: Error, Equatable, Sendable {
    /// An address beyond ASCII, and no SMTPUTF8.
    case address(Address)
    /// A signature covers these bytes (multipart/signed).
    case signedPart
    /// 8-bit text or over-long lines inside an attached message (RFC 2046 §5.2.1 forbids to encode one).
    case attachedMessage
    /// Parts within parts, too deep or with a header too large to follow.
    case tooComplex

    /// With the enhanced code for the failed message: 5.6.7 for an address, 5.6.3 otherwise.
    package var reply: Reply { Reply(554, EnhancedCode(5, 6, 3), "") }
  }

  private let header: Header

  /// - Parameters:
  ///   - header: as rewritten for the mailbox.
  ///   - body: a scan of the whole body.
  package init(header: Header, envelope: Envelope, body: BodyScan, upstream: Upstream) throws(Refusal) {
    self.header = header
  }

  /// The body has octets or lines this upstream does not take: give all of it to `examine` before `finish`.
  package var mustExamineBody: Bool { false }

  package mutating func examine(_ piece: UnsafeRawBufferPointer) {}

  package consuming func finish() throws(Refusal) -> Fitted {
    Fitted(header: header, usesSMTPUTF8: false, uses8BitMIME: false, encoder: nil)
  }
}

/// Encodes a body on its way out, as planned by `TransferEncoding`.
package struct BodyEncoder: Sendable {
  /// `piece` is the next of the body that was examined, cut anywhere.
  package mutating func feed(_ piece: UnsafeRawBufferPointer, into output: inout [UInt8]) {}

  /// Call once, after the last piece.
  package mutating func finish(into output: inout [UInt8]) {}
}
