// One entry of an entity's `senders`: an address in which `*` stands for any run of characters.

package import SMTP

/// `*@acme.example`, `erp@localhost`, `*@*.acme.example`; `*` alone is every sender that has an address; a pattern
/// without `@` is for the senders without a domain that cron and old devices give (`MAIL FROM:<root>`); `<>` is the null
/// sender of bounces and reports.
///
/// Letters are compared without case, in the local part too, because apps write `ERP@HOST`.
package struct SenderPattern: Sendable, Hashable {
  /// As in the configuration.
  package let text: String
  private let localPart: [UInt8]
  /// Empty: only an address without a domain matches. `nil`: any domain, or none.
  private let domain: [UInt8]?

  /// - Returns: `nil` for what can never match an address: nothing at all, an empty side of the `@`, a space, a bracket.
  package init?(_ text: String) {
    if text == Self.nullSender {
      self.text = text
      (localPart, domain) = ([], [])
      return
    }
    let octets = text.utf8.map(lowercased)
    guard !octets.isEmpty, octets.allSatisfy(mayStandInAddress) else { return nil }
    self.text = text
    if octets == [UInt8(ascii: "*")] {
      (localPart, domain) = (octets, nil)
    } else if let at = octets.lastIndex(of: UInt8(ascii: "@")) {
      guard at > octets.startIndex, at < octets.endIndex - 1 else { return nil }
      (localPart, domain) = (Array(octets[..<at]), Array(octets[(at + 1)...]))
    } else {
      (localPart, domain) = (octets, [])
    }
  }

  private static let nullSender = "<>"

  /// - Parameter address: `nil` is the null sender.
  package func matches(_ address: Address?) -> Bool {
    guard let address else { return text == Self.nullSender }
    if localPart.isEmpty { return false }
    if let domain {
      guard domain.isEmpty == address.domain.isEmpty, glob(domain, address.domain.utf8) else { return false }
    }
    return glob(localPart, address.localPart.utf8)
  }
}

/// Whether `pattern`, in lower case, covers all of `text`. Goes back only to the last `*`, so the work is bounded by
/// the product of the two lengths.
private func glob(_ pattern: [UInt8], _ text: String.UTF8View) -> Bool {
  var here = text.startIndex
  var index = 0
  var star: (index: Int, from: String.UTF8View.Index)?
  while here != text.endIndex {
    if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
      star = (index, here)
      index += 1
    } else if index < pattern.count, pattern[index] == lowercased(text[here]) {
      index += 1
      here = text.index(after: here)
    } else if let last = star {
      here = text.index(after: last.from)
      star = (last.index, here)
      index = last.index + 1
    } else {
      return false
    }
  }
  return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
}

private func mayStandInAddress(_ octet: UInt8) -> Bool {
  octet > 0x20 && octet != 0x7F && octet != UInt8(ascii: "<") && octet != UInt8(ascii: ">")
}

private func lowercased(_ octet: UInt8) -> UInt8 {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
}
