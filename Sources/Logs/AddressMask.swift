// Takes the people out of a text: of each mail address in it, the local part or all of it gives way to an asterisk. Goes by
// the octets of UTF-8, so no mark behind an `@` hides it.

struct AddressMask {
  let keepsDomain: Bool

  /// `nil` where nothing is to be masked.
  init?(_ addresses: LoggedAddresses) {
    switch addresses {
    case .full: return nil
    case .domain: keepsDomain = true
    case .none: keepsDomain = false
    }
  }

  func masked(_ text: String) -> String {
    let octets = Self.withoutBareNames(Array(text.utf8))
    var result: [UInt8] = []
    var rest = 0
    while let at = octets[rest...].firstIndex(of: .at) {
      let start = Self.startOfLocalPart(octets[rest..<at])
      let end = octets[(at + 1)...].firstIndex { !Self.isOfDomain($0) } ?? octets.endIndex
      result += octets[rest..<start]
      result.append(UInt8(ascii: "*"))
      if keepsDomain { result += octets[at..<end] }
      rest = max(end, at + 1)
    }
    return String(decoding: result + octets[rest...], as: UTF8.self)
  }

  /// `<mary>` is an address whose domain somebody left out.
  private static func withoutBareNames(_ octets: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = octets[...]
    while let open = rest.firstIndex(of: .less), let close = rest[open...].firstIndex(of: .greater) {
      let name = rest[open..<close].dropFirst()
      result += rest[...open]
      result += name.isEmpty || name.contains(.at) ? name : [UInt8(ascii: "*")]
      rest = rest[close...]
    }
    return result + rest
  }

  /// Of one address and nothing else. An app may write anything as its sender, quotes and blanks too, so nothing of it is
  /// shown but what stands behind its last `@` and is a domain.
  func maskedAddress(_ text: String) -> String {
    if text.isEmpty || text == "<>" { return text }
    guard keepsDomain, let at = text.utf8.lastIndex(of: .at) else { return "*" }
    let domain = text.utf8[at...].dropFirst()
    return !domain.isEmpty && domain.allSatisfy(Self.isOfDomain) ? "*@\(String(decoding: domain, as: UTF8.self))" : "*"
  }

  /// Of what ``LoggedFields/few(_:)`` has written.
  func maskedFew(_ text: String) -> String {
    let addresses = Self.list(in: text)
    let more = addresses.count == 4 ? addresses.last.flatMap { $0.isCountOfMore ? String($0) : nil } : nil
    let shown = (more == nil ? addresses[...] : addresses.dropLast()).map { maskedAddress(String($0)) }
    return (shown + (more.map { [$0] } ?? [])).joined(separator: ",")
  }

  /// Between the commas that stand in no quotes.
  private static func list(in text: String) -> [Substring] {
    var (isQuoted, isEscaped) = (false, false)
    return text.split(omittingEmptySubsequences: false) { character in
      defer { isEscaped = isQuoted && !isEscaped && character == "\\" }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      return character == "," && !isQuoted
    }
  }

  private static func startOfLocalPart(_ before: ArraySlice<UInt8>) -> Int {
    if before.last == .quote, let start = before.dropLast().lastIndex(of: .quote) { return start }
    return before.lastIndex(where: endsLocalPart).map { $0 + 1 } ?? before.startIndex
  }

  /// What cannot stand in a local part without quotes.
  private static func endsLocalPart(_ octet: UInt8) -> Bool {
    switch octet {
    case 0...0x20, 0x7F, .quote, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ":"),
      UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "]"), .at:
      true
    default: false
    }
  }

  private static func isOfDomain(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "["), UInt8(ascii: "]"), 0x80...:
      true
    default: false
    }
  }
}

extension Substring {
  /// `+3`: so many recipients are not shown.
  fileprivate var isCountOfMore: Bool { first == "+" && utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) } }
}

extension UInt8 {
  fileprivate static let less = UInt8(ascii: "<")
  fileprivate static let greater = UInt8(ascii: ">")
  fileprivate static let at = UInt8(ascii: "@")
  fileprivate static let quote = UInt8(ascii: "\"")
}
