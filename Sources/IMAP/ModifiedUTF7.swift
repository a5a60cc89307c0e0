// Folder names beyond ASCII as IMAP writes them: `Entw&APw-rfe`. RFC 3501 §5.1.3.

import SMTP

package enum ModifiedUTF7 {
  private static let shift = UInt8(ascii: "&")
  private static let end = UInt8(ascii: "-")

  package static func encode(_ name: String) -> [UInt8] {
    var octets: [UInt8] = []
    var run: [UInt8] = []
    for unit in name.utf16 {
      if (0x20...0x7E).contains(unit) {
        close(&run, into: &octets)
        octets.append(UInt8(unit))
        if octets.last == shift { octets.append(end) }
      } else {
        run += [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      }
    }
    close(&run, into: &octets)
    return octets
  }

  private static func close(_ run: inout [UInt8], into octets: inout [UInt8]) {
    guard !run.isEmpty else { return }
    octets.append(shift)
    for digit in Base64.encode(run) where digit != UInt8(ascii: "=") {
      octets.append(digit == UInt8(ascii: "/") ? UInt8(ascii: ",") : digit)
    }
    octets.append(end)
    run = []
  }

  /// - Returns: `nil` where it is not written so.
  package static func decode(_ octets: [UInt8]) -> String? {
    var units: [UInt16] = []
    var rest = octets[...]
    while let octet = rest.popFirst() {
      guard (0x20...0x7E).contains(octet) else { return nil }
      guard octet == shift else {
        units.append(UInt16(octet))
        continue
      }
      guard let last = rest.firstIndex(of: end) else { return nil }
      let run = rest[..<last]
      rest = rest[(last + 1)...]
      guard let decoded = run.isEmpty ? [UInt16(shift)] : Self.units(of: run) else { return nil }
      units += decoded
    }
    return String(validating: units, as: UTF16.self)
  }

  private static func units(of run: ArraySlice<UInt8>) -> [UInt16]? {
    guard !run.contains(UInt8(ascii: "/")), !run.contains(UInt8(ascii: "=")) else { return nil }
    let digits = run.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: "/") : $0 }
    let padding = Array(repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
    guard let octets = Base64.decode(digits + padding), octets.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: octets.count, by: 2).map { UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]) }
  }
}
