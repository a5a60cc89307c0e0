// The identifier in a message's header, as it is logged, kept and looked for. RFC 5322 §3.6.4. It is the app's word and
// names a message outside of this relay; ours is the spool's `MessageID`.

package import FoundationEssentials
import SMTP

/// One line of printable ASCII, with the brackets that the app wrote. Two of them that only differ behind the first
/// `maximumOctets` are the same.
package struct InternetMessageID: Hashable, Sendable, CustomStringConvertible {
  package static let maximumOctets = 256

  package let description: String

  /// - Parameter octets: a field's value or what a person typed: folds and blanks are dropped, and so is a comment behind
  ///   the closing bracket.
  /// - Returns: `nil` where nothing is left.
  package init?(_ octets: some Sequence<UInt8>) {
    var kept: [UInt8] = []
    for octet in octets where octet > .space && octet != 0x7f {
      kept.append(octet.is8Bit ? UInt8(ascii: "?") : octet)
      let isClosed = octet == UInt8(ascii: ">") && kept.first == UInt8(ascii: "<")
      if isClosed || kept.count == Self.maximumOctets { break }
    }
    if kept.isEmpty { return nil }
    description = String(decoding: kept, as: UTF8.self)
  }

  /// That of the first field of the name that has one.
  package init?(of header: Header) {
    guard let found = header.all(.messageID).lazy.compactMap({ InternetMessageID($0.value) }).first else { return nil }
    self = found
  }

  /// The one that a message without any is given on its way out: the same at each attempt through one mailbox.
  ///
  /// - Parameters:
  ///   - id: the message's own in this relay.
  ///   - domain: of the mailbox's address.
  package init(addedTo id: String, receivedAt: Date, hostname: String, domain: String) {
    let octets = MessageIDWriter.octets(now: receivedAt, id: id, hostname: hostname, domain: domain)
    description = String(decoding: octets.prefix(Self.maximumOctets), as: UTF8.self)
  }

  /// Without the brackets.
  package var bare: Substring {
    guard description.first == "<", description.last == ">", description.utf8.count > 2 else { return description[...] }
    return description.dropFirst().dropLast()
  }
}
