// What rewriting and parsing cost by themselves: the functions of the modules in a loop on one thread.

import Foundation
import Logs
import Message
import SMTP

extension Bench {
  func measureParsing() {
    let letter = Load.letter(octets: 4096).dropLast(3) + []
    let header = Header(parsing: letter)
    let rewrite = SenderRewrite(
      Identity(address: Self.address("office@firm.test"), entityName: "Firm S.p.A."), hostname: "relay.test")
    let envelope = Envelope(sender: Self.address("erp@app.test"), recipients: [Self.address("ada@there.test")])
    let date = Date(timeIntervalSince1970: 1_795_000_000)

    perCall("reading the header of a 4 KB message") { Header(parsing: letter).bodyStart }
    perCall("rewriting it, and writing it") {
      rewrite.apply(header: header, envelope: envelope, now: date, id: "1").header.serialized().count
    }
    let command = Array("MAIL FROM:<erp@app.test> SIZE=4096".utf8)
    let reply = Array("250 2.0.0 Ok: queued as 1234\r\n".utf8)
    perCall("reading the command MAIL FROM:<erp@app.test> SIZE=4096") {
      (try? Command(parsing: command[...])) == nil ? 1 : 0
    }
    perCall("reading the reply 250 2.0.0 Ok: queued as 1234") {
      var buffer = LineBuffer()
      var parser = ReplyParser()
      buffer.append(reply)
      return (try? parser.parse(from: &buffer)) == nil ? 1 : 0
    }
    measureDots()
    measureLog()
  }

  private func measureLog() {
    let null = open("/dev/null", O_WRONLY)
    defer { close(null) }
    let log = LogOutput(LogSettings(), stream: null, streamName: nil, journalPath: "").logger
    perCall("a line of the log about a message") {
      log.tell(
        .delivered,
        [
          .id: "\(412)", .entity: "acme", .sender: "erp@app.test", .recipients: LoggedFields.few(["ada@there.test"]),
          .messageID: "<5.17@erp.app.test>", .attempt: "\(1)", .delay: "0.412", .reply: "250 2.0.0 Ok: queued as 1234",
        ])
      return 1
    }
  }

  private func measureDots() {
    let message = Load.letter(octets: 1 << 20)
    perOctet("finding the end and undoing dots, 1 MiB", message.count) {
      var decoder = DotDecoder()
      var count = 0
      message.withUnsafeBytes { _ = decoder.decode($0) { count += $0.count } }
      return count
    }
    let body = Array(message.dropLast(3))
    perOctet("doing dots, 1 MiB", body.count) {
      var encoder = DotEncoder()
      var count = 0
      body.withUnsafeBytes { encoder.encode($0) { count += $0.count } }
      encoder.finish { count += $0.count }
      return count
    }
  }

  private static func address(_ text: String) -> Address {
    guard let address = Address(text) else { preconditionFailure("\(text) is an address") }
    return address
  }

  private func perCall(_ name: String, _ work: () -> Int) {
    for _ in 0..<5 {
      report.add(nanoseconds(of: work), .nanoseconds, in: "parsing, one thread", row: name, of: Report.subject)
    }
  }

  private func perOctet(_ name: String, _ octets: Int, _ work: () -> Int) {
    for _ in 0..<5 {
      let rate = Double(octets) / Double(1 << 20) / (nanoseconds(of: work) / 1e9)
      report.add(rate, .speed, in: "parsing, one thread", row: name, of: Report.subject)
    }
  }

  /// Of one call, from as many as fit into a twentieth of a second.
  private func nanoseconds(of work: () -> Int) -> Double {
    let begin = now()
    var (calls, sum) = (0, 0)
    repeat {
      for _ in 0..<8 { sum &+= work() }
      calls += 8
    } while now() - begin < 50_000_000
    // The sum is used, so that no call can be left out.
    precondition(sum != Int.min)
    return Double(now() - begin) / Double(calls)
  }
}
