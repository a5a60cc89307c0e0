// The hosts that take a domain's mail, according to DNS (RFC 5321 §5.1). Only asked when a mailbox is connected, to find its
// provider.
import CLinux
import Platform

package enum MailExchangers {
  /// The names in the MX records of `domain`, the preferred one first; empty where DNS has none or does not answer.
  /// Takes some seconds at most.
  package static func of(_ domain: String) async -> [String] {
    await Worker(name: "mx").run {
      // The resolver truncates longer answers; the first records are enough to recognize a provider.
      var answer = [UInt8](repeating: 0, count: 4096)
      let octets = CLinux_query_mx(domain, &answer, Int32(answer.count))
      guard octets > 0 else { return [] }
      return names(in: Array(answer.prefix(Int(octets))))
    }
  }

  /// Reads a DNS message (RFC 1035 §4). Its content may be hostile.
  static func names(in message: [UInt8]) -> [String] {
    var reader = DNSReader(message)
    guard let counts = reader.header() else { return [] }
    for _ in 0..<counts.questions { guard reader.name() != nil, reader.skip(4) else { return [] } }
    var found: [(preference: Int, name: String)] = []
    for _ in 0..<counts.answers {
      guard reader.name() != nil, let type = reader.number(), reader.skip(6), let length = reader.number() else {
        break
      }
      let next = reader.position + length
      if type == 15, let preference = reader.number(), let name = reader.name() { found.append((preference, name)) }
      guard reader.move(to: next) else { break }
    }
    return found.sorted { $0.preference < $1.preference }.map(\.name)
  }
}

/// Reads a DNS message from front to back, and never beyond its end.
private struct DNSReader {
  private let message: [UInt8]
  private(set) var position = 0

  init(_ message: [UInt8]) { self.message = message }

  mutating func header() -> (questions: Int, answers: Int)? {
    guard message.count >= 12 else { return nil }
    position = 4
    guard let questions = number(), let answers = number(), move(to: 12) else { return nil }
    return (questions, answers)
  }

  mutating func number() -> Int? {
    guard position + 2 <= message.count else { return nil }
    defer { position += 2 }
    return Int(message[position]) << 8 | Int(message[position + 1])
  }

  mutating func skip(_ octets: Int) -> Bool { move(to: position + octets) }

  mutating func move(to place: Int) -> Bool {
    guard place <= message.count else { return false }
    position = place
    return true
  }

  /// A domain name in lower case, without the final dot. Compression pointers are followed only backwards, so they cannot
  /// form a circle.
  mutating func name() -> String? {
    var labels: [String] = []
    var (place, limit) = (position, message.count)
    var end: Int?
    while labels.count < 128 {
      guard place < limit else { return nil }
      let length = Int(message[place])
      switch length {
      case 0:
        position = end ?? place + 1
        return labels.joined(separator: ".").lowercased()
      case 1...63:
        guard place + 1 + length <= message.count else { return nil }
        labels.append(String(decoding: message[place + 1..<place + 1 + length], as: UTF8.self))
        place += 1 + length
      case 0xC0...0xFF:
        guard place + 1 < message.count else { return nil }
        let target = (length & 0x3F) << 8 | Int(message[place + 1])
        guard target < place else { return nil }
        end = end ?? place + 2
        (place, limit) = (target, place)
      default: return nil
      }
    }
    return nil
  }
}
