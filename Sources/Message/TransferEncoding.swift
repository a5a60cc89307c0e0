// Makes a message fit for a server without 8BITMIME or SMTPUTF8, and breaks lines over 998 octets. RFC 2045 §6, RFC
// 2047, RFC 2231. A message that must not be changed is refused with the reason.

package import SMTP

/// One message for one server. Large bodies are read twice, in pieces, and are never in memory as a whole:
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

  /// The message as it is sent to this server.
  package struct Fitted: Sendable {
    package var header: Header
    /// Say SMTPUTF8 in MAIL: an address or the header needs it.
    package var usesSMTPUTF8: Bool
    /// Say BODY=8BITMIME in MAIL.
    package var uses8BitMIME: Bool
    /// `nil`: the body is sent as it is.
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
    /// A part has 8-bit text or over-long lines in a transfer encoding that is unknown here.
    case unknownEncoding
    /// The parts are nested too deep, are too many, or have too large a header.
    case tooComplex
  }

  private let upstream: Upstream
  private let scan: BodyScan
  private let has8BitHeader: Bool
  private let addressBeyondASCII: Address?
  private var header: Header
  private var walk: PartWalk?
  /// The header keeps its raw UTF-8.
  private let keepsRawHeader: Bool

  /// - Parameters:
  ///   - header: as rewritten for the mailbox.
  ///   - envelope: take recipients beyond ASCII out first where the upstream lacks SMTPUTF8: they fail alone.
  ///   - body: a scan of the whole body.
  /// - Throws: `.address` when the envelope needs what the upstream does not have.
  package init(header: Header, envelope: Envelope, body: BodyScan, upstream: Upstream) throws(Refusal) {
    addressBeyondASCII = envelope.firstBeyondASCII
    if !upstream.takesSMTPUTF8, let address = addressBeyondASCII { throw .address(address) }
    self.upstream = upstream
    self.header = header
    scan = body
    let raw = header.mayHave8Bit ? header.fields.filter { $0.bytes.contains(where: \.is8Bit) } : []
    has8BitHeader = !raw.isEmpty
    // Raw text for which the client did not declare SMTPUTF8 would make a later server refuse the message (RFC 6531
    // §3.4); every server takes encoded text.
    keepsRawHeader =
      upstream.takesSMTPUTF8 && upstream.takes8BitMIME && (envelope.isSMTPUTF8 || addressBeyondASCII != nil)
      && raw.allSatisfy { Charset.isUTF8($0.bytes) }
    let exceeds = body.has8Bit && !upstream.takes8BitMIME || body.longestLineOctets > Folding.maximumOctets
    if exceeds || body.hasNUL { walk = PartWalk(header, takes8Bit: upstream.takes8BitMIME) }
  }

  /// The body has octets or lines this upstream does not take: give all of it to `examine` before `finish`.
  package var mustExamineBody: Bool { walk != nil }

  package mutating func examine(_ piece: UnsafeRawBufferPointer) { walk?.examine(piece) }

  package consuming func finish() throws(Refusal) -> Fitted {
    var breaksSignatures = false
    var encoder: BodyEncoder?
    if var walk {
      walk.finish()
      if let refusal = walk.refusal { throw refusal }
      header = walk.header
      if walk.hasEncodedTop, !header.contains(.mimeVersion) {
        header.append(Header.Field(.mimeVersion, value: "1.0".utf8))
      }
      if !walk.edits.isEmpty { encoder = BodyEncoder(walk.edits) }
      breaksSignatures = encoder != nil
    }
    if HeaderEncoding.mend(&header, allASCII: !keepsRawHeader) { breaksSignatures = true }
    if breaksSignatures { header.remove(.dkimSignature) }
    let isRaw = keepsRawHeader && has8BitHeader
    return Fitted(
      header: header, usesSMTPUTF8: isRaw || addressBeyondASCII != nil,
      uses8BitMIME: isRaw || scan.has8Bit && upstream.takes8BitMIME, encoder: encoder)
  }
}

extension Envelope {
  /// An address that only a server with SMTPUTF8 takes.
  var firstBeyondASCII: Address? {
    if let sender, sender.isBeyondASCII { return sender }
    return recipients.first(where: \.isBeyondASCII)
  }
}

extension Address {
  /// Called for each recipient of each message, so it does not join the two parts.
  fileprivate var isBeyondASCII: Bool {
    localPart.utf8.contains(where: \.is8Bit) || domain.utf8.contains(where: \.is8Bit)
  }
}

extension TransferEncoding.Refusal {
  /// The reason as a reply, for the failed message; the enhanced code is 5.6.7 for an address and 5.6.3 otherwise (RFC
  /// 3463).
  package var reply: Reply {
    switch self {
    case .address(let address):
      Reply(553, EnhancedCode(5, 6, 7), "The provider takes no address beyond ASCII (no SMTPUTF8): \(address)")
    case .signedPart:
      conversionRefused("a signed part (multipart/signed) would have to be encoded, which breaks its signature")
    case .attachedMessage: conversionRefused("an attached message would have to be encoded, which RFC 2046 forbids")
    case .unknownEncoding:
      conversionRefused("a part has 8-bit text or over-long lines in an encoding that is not known here")
    case .tooComplex: conversionRefused("its parts are too deep, too many or too broken to be encoded")
    }
  }

  private func conversionRefused(_ reason: String) -> Reply {
    Reply(554, EnhancedCode(5, 6, 3), "The provider takes no 8-bit text or lines over 998 octets, and \(reason).")
  }
}
