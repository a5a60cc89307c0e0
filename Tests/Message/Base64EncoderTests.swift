// Base64 of a message that comes in pieces.

import Foundation
import Testing

@testable import Message

@Suite struct `A message in base64` {
  @Test(arguments: 0...8) func `is the same however it is cut`(_ length: Int) {
    let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ 200) }
    let whole = Data(octets).base64EncodedString()
    #expect(Base64Encoder.digitCount(of: length) == whole.utf8.count)
    for cut in 0...length {
      var encoder = Base64Encoder()
      let digits = encoder.feed(octets[..<cut]) + encoder.feed(octets[cut...]) + encoder.finish()
      #expect(String(decoding: digits, as: UTF8.self) == whole, "\(cut)")
    }
  }

  @Test func `is the same octet by octet`() {
    let octets = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var encoder = Base64Encoder()
    var digits: [UInt8] = []
    for octet in octets { digits += encoder.feed([octet]) }
    digits += encoder.finish()
    #expect(Array(Data(octets).base64EncodedData()) == digits)
  }
}
