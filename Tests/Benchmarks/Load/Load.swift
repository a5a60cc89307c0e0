// The load generator: N clients, each one message at a time and never ahead of the replies, as apps send. One thread.

struct Load: Sendable {
  var port: UInt16
  var clients: Int
  /// After each message QUIT, the 221 and a new connection; else all of a client's messages in one.
  var reconnects = false
  var octets = 4096
  /// Every so many-th message has one of these sizes instead, in turn.
  var others: [Int] = []
  var otherEvery = 10
  /// No message begins after this.
  var seconds = Double.infinity
  /// Nor more than this many.
  var messages = Int.max
  /// Whoever has no answer by then is given up: nothing here runs for ever.
  var giveUpAfter = 60.0
  var run: UInt32 = 0
  /// The number of its first message.
  var first: UInt32 = 0
  /// No more than so many messages begin in a second.
  var perSecond = Double.infinity
  /// Connections that may break before it gives up.
  var mostBroken = 10_000
  /// Before a broken connection is made anew.
  var pauseMilliseconds = 1
  /// No message begins after this is set.
  var stop: Stop?
}

struct LoadResult: Sendable {
  /// Answered with 250 after the message.
  var accepted = 0
  /// The numbers of those.
  var acceptedNumbers: [UInt32] = []
  /// Answered otherwise.
  var refused = 0
  /// How often each code was the refusal.
  var refusals: [Int: Int] = [:]
  /// The numbers of those that were refused after their last octet.
  var refusedNumbers: [UInt32] = []
  /// Connections that broke, or were not to be had.
  var broken = 0
  /// Messages begun; sequence numbers are below this.
  var begun = 0
  var begin: UInt64 = 0
  var lastAccepted: UInt64 = 0
  var mailTo250 = Histogram()
  /// Of each connection's first message.
  var connectTo250 = Histogram()

  var acceptedPerSecond: Double {
    accepted == 0 ? 0 : Double(accepted) / (lastAccepted - begin).inSeconds
  }
}

extension Load {
  /// Runs to its end on the caller's thread.
  func perform() -> LoadResult { LoadLoop(self).run() }

  /// A letter as an ERP writes it, dots in no first place, its end included. The stamp's line goes on top.
  static func letter(octets: Int) -> [UInt8] {
    var letter = Array(
      """
      From: "ERP system" <erp@app.test>\r
      To: Ada <ada@there.test>\r
      Subject: Invoice 2026-0042\r
      Date: Thu, 26 Nov 2026 09:00:00 +0000\r
      Message-ID: <invoice.0042@app.test>\r
      MIME-Version: 1.0\r
      Content-Type: text/plain; charset=us-ascii\r
      \r

      """.utf8)
    let line = Array("Amount due 1 234,56 EUR; please pay within thirty days to the account b\r\n".utf8)
    let wanted = octets - Stamp.lineOctets
    letter.reserveCapacity(wanted + 5)
    while letter.count < wanted { letter += line.suffix(min(line.count, max(2, wanted - letter.count))) }
    return letter + Array(".\r\n".utf8)
  }
}
