// Makes a header fit for a server without SMTPUTF8: encodes raw 8-bit text as each field allows, and folds lines over
// 998 octets. Other fields keep their bytes.

import SMTP

enum HeaderEncoding {
  /// - Parameter allASCII: the upstream takes no 8-bit octet in a header.
  /// - Returns: whether text was encoded. Folding alone leaves signatures whole (RFC 6376 §3.4.2), encoding does not.
  static func mend(_ header: inout Header, allASCII: Bool) -> Bool {
    var hasEncoded = false
    guard allASCII && header.mayHave8Bit || header.mayHaveLongLine else { return false }
    header.mend { field in
      if allASCII, field.bytes.contains(where: \.is8Bit) {
        hasEncoded = true
        return field.withValue(encoded(field))
      }
      if field.bytes.count > Folding.maximumOctets, hasLongLine(field.bytes) {
        return field.withValue(refolded(field))
      }
      return nil
    }
    return hasEncoded
  }

  private static func hasLongLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.split(separator: .lf).contains { $0.count > Folding.maximumOctets + 1 }
  }

  private static func refolded(_ field: Header.Field) -> [UInt8] {
    Folding.folded(line(of: field), used: field.range.nameCount + 2)
  }

  private static func line(of field: Header.Field) -> [UInt8] {
    Array(AddressTokens.unfolded(field.value).line.drop { $0.isBlank })
  }

  private static func encoded(_ field: Header.Field) -> [UInt8] {
    switch field.name {
    case .from, .sender, .replyTo, .to, .cc, .bcc, .resentFrom, .resentSender, .resentReplyTo, .resentTo, .resentCc,
      .resentBcc:
      return Folding.folded(addresses(field), used: field.range.nameCount + 2)
    case .contentType, .contentDisposition:
      return ParameterizedValue(parsing: field.value).encoded()
    case .subject, .comments, .keywords, .xOriginalFrom, .other:
      let text = Unstructured.encode(Charset.guess(line(of: field)))
      return Folding.folded(text, used: field.range.nameCount + 2)
    default:
      // No encoding is defined for 8-bit octets in ids, dates and traces.
      return Folding.folded(line(of: field).map { $0.is8Bit ? UInt8(ascii: "?") : $0 }, used: field.range.nameCount + 2)
    }
  }

  private static func addresses(_ field: Header.Field) -> [UInt8] {
    var value: [UInt8] = []
    for mailbox in HeaderAddresses(parsing: field.value).mailboxes {
      if !value.isEmpty { value.append(", ") }
      value += AddressWriter.ascii(mailbox)
    }
    // RFC 5322 has no empty list of addresses.
    return value.isEmpty ? Array("undisclosed-recipients:;".utf8) : value
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
