// Addresses and message ids as Letterhead writes them into a header.

import FoundationEssentials
import SMTP

enum AddressWriter {
  /// - Parameter name: a phrase, ready to be sent.
  static func mailbox(name: [UInt8]?, address: some Collection<UInt8>) -> [UInt8] {
    guard let name else { return Array(address) }
    var octets = name
    octets.reserveCapacity(name.count + address.count + 3)
    octets.append(" <")
    octets.append(contentsOf: address)
    octets.append(UInt8(ascii: ">"))
    return octets
  }

  /// The mailboxes with their names, separated by commas, each only once.
  ///
  /// What is too long for any server, and what comes after some 100 addresses, is left out.
  static func list(_ mailboxes: [NamedAddress]) -> [UInt8] {
    var octets: [UInt8] = []
    var seen: Set<[UInt8]> = []
    for mailbox in mailboxes {
      let address = mailbox.localPart + [UInt8(ascii: "@")] + mailbox.domain
      // RFC 5321 §4.5.3.1: 64 for the local part, 255 for the domain.
      guard address.count <= 320, seen.count < 100, seen.insert(address).inserted else { continue }
      if !octets.isEmpty { octets.append(", ") }
      octets += Self.mailbox(name: mailbox.name?.encoded, address: address)
    }
    return octets
  }
}

enum MessageIDWriter {
  /// `<20261122080000.ID.HOSTNAME@DOMAIN>`: the same for each attempt at one message, and no other relay's.
  static func octets(now: Date, id: String, hostname: String, domain: String) -> [UInt8] {
    var octets = [UInt8(ascii: "<")]
    octets += MailDate.compact(now)
    for part in [id, hostname] {
      let atoms = dotAtom(part)
      if atoms.isEmpty { continue }
      octets.append(UInt8(ascii: "."))
      octets += atoms
    }
    octets.append(UInt8(ascii: "@"))
    let right = dotAtom(domain)
    octets += right.isEmpty ? Array("letterhead.invalid".utf8) : right
    octets.append(UInt8(ascii: ">"))
    return octets
  }

  /// What of the text may stand in a message id: atoms with single dots between them (RFC 5322 §3.6.4).
  private static func dotAtom(_ text: String) -> [UInt8] {
    let atoms = text.utf8.filter { $0.isAtom || $0 == UInt8(ascii: ".") }
    return Array(atoms.split(separator: UInt8(ascii: ".")).joined(separator: [UInt8(ascii: ".")]))
  }
}
