// One client of the load: where it is in its conversation, and what of the reply it has heard.

struct LoadClient {
  /// The reply that is waited for.
  enum Phase { case banner, hello, mail, recipient, data, letter, reset, quit, resting }

  var descriptor: Int32 = -1
  var phase = Phase.banner
  var replies = ReplyEar()
  var connectedAt: UInt64 = 0
  var isFirst = true
  var sequence: UInt32 = 0
  var mailAt: UInt64 = 0
  var stamp = [UInt8](repeating: 0, count: Stamp.lineOctets)
  /// Of stamp and letter.
  var sent = 0
  var waitsToWrite = false
}

extension LoadClient {
  init(descriptor: Int32, connectedAt: UInt64) {
    self.descriptor = descriptor
    self.connectedAt = connectedAt
  }
}

/// Hears octets until a reply's last line is over (RFC 5321 §4.2.1), keeping nothing but its code.
struct ReplyEar {
  private(set) var code: UInt8 = 0
  /// Its three digits.
  private(set) var number = 0
  private var column = 0
  private var isLast = false

  /// Returns whether this octet ends a reply.
  mutating func hear(_ octet: UInt8) -> Bool {
    if octet == UInt8(ascii: "\n") {
      defer { column = 0 }
      return isLast || column < 4
    }
    if column == 0 { (code, number) = (octet, 0) }
    if column < 3 { number = number * 10 + Int(octet & 15) }
    if column == 3 { isLast = octet != UInt8(ascii: "-") }
    column += 1
    return false
  }
}
