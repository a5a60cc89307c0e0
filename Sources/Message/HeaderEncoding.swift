// Makes a header fit for a server without SMTPUTF8: encodes raw 8-bit text as each field allows, and shortens lines over
// 998 octets. Other fields keep their bytes.

import SMTP

enum HeaderEncoding {
  /// - Parameters:
  ///   - allASCII: the upstream takes no 8-bit octet in a header.
  ///   - around: the character set that the message around this part declares.
  /// - Returns: whether more was changed than blanks that were there. Folding at blanks alone leaves signatures whole
  ///   (RFC 6376 §3.4.2), all else does not.
  static func mend(_ header: inout Header, allASCII: Bool, around: DeclaredCharset? = nil) -> Bool {
    guard allASCII && header.mayHave8Bit || header.mayHaveLongLine else { return false }
    var hasChanged = false
    let declared = DeclaredCharset(of: header) ?? around
    header.mend { field in
      let isEncoded = allASCII && field.bytes.contains(where: \.is8Bit)
      guard isEncoded || hasLongLine(field.bytes) else { return nil }
      let folded = isEncoded ? field.withValue(encoded(field, declared)) : field.withValue(refolded(field))
      guard hasLongLine(folded.bytes) else {
        hasChanged = hasChanged || isEncoded
        return folded
      }
      hasChanged = true
      return LongField.shortened(folded)
    }
    return hasChanged
  }

  static func hasLongLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count > Folding.maximumOctets
      && bytes.split(separator: .lf).contains { $0.count > Folding.maximumOctets + 1 }
  }

  private static func refolded(_ field: Header.Field) -> [UInt8] {
    Folding.folded(line(of: field), used: field.range.nameCount + 2)
  }

  static func line(of field: Header.Field) -> [UInt8] {
    Array(AddressTokens.unfolded(field.value).line.drop { $0.isBlank })
  }

  private static func encoded(_ field: Header.Field, _ declared: DeclaredCharset?) -> [UInt8] {
    let used = field.range.nameCount + 2
    switch field.name {
    case let name where name.hasAddresses: return Folding.folded(addresses(field, declared), used: used)
    case .contentType, .contentDisposition:
      return ParameterizedValue(parsing: field.value).encoded(declared: declared)
    case let name where name.hasText: return Folding.folded(text(line(of: field), declared), used: used)
    default:
      // No encoding is defined for 8-bit octets in ids, dates and traces.
      return Folding.folded(line(of: field).map { $0.is8Bit ? UInt8(ascii: "?") : $0 }, used: used)
    }
  }

  private static func text(_ line: [UInt8], _ declared: DeclaredCharset?) -> [UInt8] {
    if let declared, declared.covers(line) { return declared.encodedText(line) }
    return Unstructured.encode(Charset.guess(line))
  }

  static func addresses(_ field: Header.Field, _ declared: DeclaredCharset?) -> [UInt8] {
    var value: [UInt8] = []
    for mailbox in HeaderAddresses(parsing: field.value, declared: declared).mailboxes {
      if !value.isEmpty { value.append(", ") }
      value += AddressWriter.ascii(mailbox)
    }
    // RFC 5322 has no empty list of addresses.
    return value.isEmpty ? Array("undisclosed-recipients:;".utf8) : value
  }
}

extension FieldName {
  /// A list of addresses (RFC 5322 §3.6.2, 3.6.3, 3.6.6).
  var hasAddresses: Bool {
    switch self {
    case .from, .sender, .replyTo, .to, .cc, .bcc, .resentFrom, .resentSender, .resentReplyTo, .resentTo, .resentCc,
      .resentBcc:
      true
    default: false
    }
  }

  /// Text for people, in which encoded-words may stand (RFC 2047 §5 (1)).
  var hasText: Bool {
    switch self {
    case .subject, .comments, .keywords, .xOriginalFrom, .other: true
    default: false
    }
  }

  var hasMessageIDs: Bool {
    switch self {
    case .messageID, .inReplyTo, .references, .resentMessageID, .contentID: true
    default: false
    }
  }
}

extension AddressWriter {
  /// An address beyond ASCII, or none, can only be shown: as the name of an empty group (RFC 6857 §3.1.8).
  static func ascii(_ mailbox: NamedAddress) -> [UInt8] {
    let address = mailbox.localPart + [UInt8(ascii: "@")] + mailbox.domain
    if mailbox.isWellFormed, mailbox.isASCII {
      return Self.mailbox(name: mailbox.name?.encoded, address: address)
    }
    if mailbox.domain.isEmpty, !mailbox.localPart.isEmpty, !mailbox.localPart.contains(where: { !$0.isAtom }) {
      return Self.mailbox(name: mailbox.name?.encoded, address: mailbox.localPart)
    }
    let name = Array((mailbox.name?.text ?? "").utf8)
    let shown = mailbox.localPart.isEmpty ? name : name + (name.isEmpty ? [] : [.space]) + address
    let phrase = Phrase.encode(Charset.guess(shown))
    return phrase.isEmpty ? Array("unknown:;".utf8) : phrase + Array(":;".utf8)
  }
}
