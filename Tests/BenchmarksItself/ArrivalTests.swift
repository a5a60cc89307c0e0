// What the sink says has arrived is what the figures rest on.

import Support
import Testing

@testable import letterhead_bench

struct ArrivalTests {
  private static let stamp = Stamp(run: 0xFEED, sequence: 77, time: 1_234_567_890_123, octets: 4096)

  private static var line: [UInt8] {
    var line = [UInt8](repeating: 0, count: Stamp.lineOctets)
    stamp.write(into: &line)
    return line
  }

  @Test(arguments: ["", "Received: from app by relay;\r\n\tsome day\r\nX-Other: X-Benc\r\n"])
  func `a stamp is read again under whatever a relay has put above it`(above: String) {
    #expect(Stamp(foundIn: above.utf8 + Self.line + "From: a@b\r\n".utf8) == Self.stamp)
  }

  @Test func `a stamp that is cut off is none`() {
    #expect(Stamp(foundIn: Array(Self.line.dropLast())) == nil)
  }

  @Test(arguments: [
    "\r\n.\r\n",  // an empty line first
    ".\r\n",  // no message at all
    "a.\r\nb\n.\nc\r.\r\r\n..\r\n.\r\n",  // dots and line ends that end nothing
  ])
  func `data ends at the first CRLF.CRLF however it is cut`(data: String) {
    let octets = Array(data.utf8) + Array("QUIT\r\n".utf8)
    for cut in 0...octets.count {
      var end = EndOfData()
      let pieces = [octets[..<cut], octets[cut...]].map(Array.init)
      let first = pieces[0].withUnsafeBytes { end.find(in: $0) }
      let second = first == nil ? pieces[1].withUnsafeBytes { end.find(in: $0) } : nil
      #expect(first ?? second.map { $0 + cut } == data.utf8.count, "cut at \(cut)")
    }
  }

  @Test func `a message that comes twice, one cut short and a foreign one are each told apart`() {
    var arrivals = Arrivals(run: 0xFEED)
    arrivals.add(Self.stamp, octets: 4200, at: Self.stamp.time + 5_000_000)
    arrivals.add(Self.stamp, octets: 4200, at: Self.stamp.time + 9_000_000)
    var other = Self.stamp
    other.sequence = 3
    arrivals.add(other, octets: 4000, at: Self.stamp.time + 5_000_000)
    other.run = 1
    arrivals.add(other, octets: 4200, at: Self.stamp.time)
    arrivals.add(nil, octets: 4200, at: Self.stamp.time)
    #expect(arrivals.messages == 1)
    #expect(arrivals.duplicates == 1)
    #expect(arrivals.short == 1)
    #expect(arrivals.strays == 2)
    #expect(abs(arrivals.mailToArrival.quantile(0.5) - 5) < 0.1)
  }

  @Test func `messages in chunks, all commands in one flight, are answered in order`() {
    var conversation = SinkConversation(password: nil, offersTLS: false)
    let commands =
      "EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 3\r\nabcBDAT 2 LAST\r\ndeMAIL FROM:<a@b>\r\nQUIT\r\n"
    conversation.replies = []
    Array(commands.utf8).withUnsafeBytes { conversation.hear($0) }
    let codes = String(decoding: conversation.replies, as: UTF8.self).split(separator: "\r\n")
      .filter { !$0.hasPrefix("250-") }.map { $0.prefix(3) }
    #expect(codes == ["250", "250", "250", "250", "250", "250", "221"])
    #expect(conversation.arrived.map(\.octets) == [5])
  }
}
