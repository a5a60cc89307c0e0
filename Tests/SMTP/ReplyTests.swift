import SMTP
import Support
import Testing

private func parse(_ wire: String, _ cut: Pieces = .whole) -> Result<[Reply], ReplyError> {
  var buffer = LineBuffer()
  var parser = ReplyParser()
  var replies: [Reply] = []
  for piece in cut.pieces(of: Array(wire.utf8)) {
    buffer.append(piece)
    do throws(ReplyError) {
      while let reply = try parser.parse(from: &buffer) { replies.append(reply) }
    } catch {
      return .failure(error)
    }
  }
  return .success(replies)
}

@Suite struct ReplyTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let wire: String
    let replies: [Reply]
    var testDescription: String { readable(wire.utf8) }
  }

  static let samples: [Sample] = [
    Sample(wire: "250 2.1.0 OK\r\n", replies: [Reply(250, EnhancedCode(2, 1, 0), "OK")]),
    Sample(wire: "250 OK\n", replies: [Reply(250, "OK")]),
    Sample(wire: "250\r\n", replies: [Reply(250, "")]),
    Sample(wire: "250 \r\n", replies: [Reply(250, "")]),
    Sample(wire: "250-a\r\n250-\r\n250\r\n", replies: [Reply(250, lines: ["a", "", ""])]),
    Sample(wire: "334 \r\n334 VXNlcm5hbWU6\r\n", replies: [Reply(334, ""), Reply(334, "VXNlcm5hbWU6")]),
    Sample(
      wire: "550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three\r\n",
      replies: [Reply(550, EnhancedCode(5, 7, 1), lines: ["one", "two", "three"])]),
    // Only the first line has it; only the second has it.
    Sample(wire: "550-5.7.1 a\r\n550 b\r\n", replies: [Reply(550, EnhancedCode(5, 7, 1), lines: ["a", "b"])]),
    Sample(wire: "550-a\r\n550 5.7.1 b\r\n", replies: [Reply(550, lines: ["a", "5.7.1 b"])]),
    // Two codes: the first is the reply's, the second stays to be read.
    Sample(
      wire: "550-5.7.1 a\r\n550 5.1.1 b\r\n", replies: [Reply(550, EnhancedCode(5, 7, 1), lines: ["a", "5.1.1 b"])]),
    // Not of the reply's class, and told all the same: some providers do this.
    Sample(wire: "452 5.3.4 full\r\n", replies: [Reply(452, EnhancedCode(5, 3, 4), "full")]),
    Sample(wire: "550 5.7.60\r\n", replies: [Reply(550, EnhancedCode(5, 7, 60), "")]),
    // Words that only look like a code.
    Sample(wire: "220 1.2.3.4 ready\r\n", replies: [Reply(220, "1.2.3.4 ready")]),
    Sample(wire: "550 5.7 x\r\n", replies: [Reply(550, "5.7 x")]),
    Sample(wire: "550 5.7.1234 x\r\n", replies: [Reply(550, "5.7.1234 x")]),
    Sample(wire: "550 5.7.1: x\r\n", replies: [Reply(550, "5.7.1: x")]),
    // Nothing in a reply may steer a terminal.
    Sample(wire: "550 a\u{1B}[31mb\0c\td\r\n", replies: [Reply(550, "a?[31mb?c\td")]),
    Sample(wire: "550 gr\u{FC}n \u{9B}x\u{202E}\r\n", replies: [Reply(550, "grün ?x?")]),
  ]

  @Test(arguments: samples, Pieces.allWays)
  func `a reply is read`(sample: Sample, cut: Pieces) {
    #expect(parse(sample.wire, cut) == .success(sample.replies))
  }

  @Test(
    arguments: [
      ("SSH-2.0-OpenSSH\r\n", .malformed(Array("SSH-2.0-OpenSSH".utf8))),
      ("\r\n", .malformed([])), ("25\r\n", .malformed(Array("25".utf8))),
      ("2500 x\r\n", .malformed(Array("2500 x".utf8))),
      ("150 x\r\n", .malformed(Array("150 x".utf8))), ("650 x\r\n", .malformed(Array("650 x".utf8))),
      ("250-a\r\nb\r\n", .malformed(Array("b".utf8))),
      ("250-a\r\n550 b\r\n", .mixedCodes(first: 250, then: 550)),
      ("220 " + String(repeating: "x", count: 70_000), .tooLarge),
      ("220 " + String(repeating: "x", count: 70_000) + "\r\n", .tooLarge),
      (String(repeating: "220-" + String(repeating: "x", count: 500) + "\r\n", count: 200), .tooLarge),
      (String(repeating: "220-\r\n", count: 10_000), .tooLarge),
    ] as [(String, ReplyError)])
  func `what is no reply, or one without end, is an error`(wire: String, error: ReplyError) {
    #expect(parse(wire) == .failure(error))
    #expect(parse(wire, .atRandom(seed: 1)) == .failure(error))
  }

  @Test func `a reply goes out with its codes on each line, and its text cannot end it`() {
    let reply = Reply(550, EnhancedCode(5, 7, 1), lines: ["one\r\n250 forged", "two\0"])
    #expect(reply.octets() == Array("550-5.7.1 one??250 forged\r\n550 5.7.1 two?\r\n".utf8))
    #expect(Reply(354, "Go").octets() == Array("354 Go\r\n".utf8))
    #expect(Reply(550, EnhancedCode(5, 7, 139), "No.").text == "550 5.7.139 No.")
  }

  @Test func `what goes out is read as the same reply`() {
    let reply = Replies.noEntity(for: Address(localPart: "erp", domain: "shop.example"))
    #expect(parse(String(decoding: reply.octets(), as: UTF8.self)) == .success([reply]))
    #expect(reply.octets().count <= 512)
  }

  static let refusals: [Reply] =
    [
      Replies.goodbye, Replies.help(offering: ["STARTTLS"]), Replies.cannotVerify, Replies.startTLS,
      Replies.senderAdmitted,
      Replies.recipientAdmitted, Replies.tooManyRecipients, Replies.noRecipients, Replies.needsSMTPUTF8,
      Replies.tooManyHops, Replies.badMessage, Replies.storageFull, Replies.storageFailed, Replies.localError,
      Replies.tooManyErrors, Replies.tooManyConnections, Replies.timedOut, Replies.shuttingDown, Replies.endNotSeen,
      Replies.listenerClosed, Replies.notTLS,
      Replies.octetsBehindStartTLS, Replies.notHTTP, Replies.helloFirst, Replies.mailFirst,
      Replies.transactionIsOpen, Replies.chunksFirst, Replies.alreadySecured, Replies.notImplemented,
      Replies.noSignInNeeded, Replies.lineTooLong(limit: 8_192), Replies.messageTooLarge(limit: 1),
      Replies.noEntity(for: nil), Replies.noLocalRecipient(for: Address(localPart: "root", domain: ""), entity: "acme"),
      Replies.refusal(of: .unknownVerb), Replies.refusal(of: .unknownParameter), Replies.accepted("1"),
    ]

  @Test(arguments: refusals)
  func `each reply has an enhanced code of its own class`(reply: Reply) {
    #expect(reply.enhanced?.kind == reply.code / 100)
  }
}

@Suite struct ExtensionsTests {
  private let offered = Extensions(
    parsing: Reply(
      250,
      lines: [
        "smtp.office365.com Hello [192.0.2.1]", "SIZE 157286400", "PIPELINING", "dsn", "ENHANCEDSTATUSCODES",
        "AUTH LOGIN XOAUTH2", "AUTH=LOGIN PLAIN", "8bitmime", "BINARYMIME", "CHUNKING", "SMTPUTF8",
        "LIMITS RCPTMAX=50 MAILMAX=20", "XXXXXXXA",
      ]))

  @Test func `what EHLO offers is read, whatever its case`() {
    for keyword in Extensions.Keyword.allCases where keyword != .startTLS { #expect(offered.has(keyword)) }
    #expect(!offered.has(.startTLS))
    #expect(offered.size == 157_286_400)
    #expect(offered.authMechanisms == ["LOGIN", "XOAUTH2", "PLAIN"])
    #expect(offered.maximumRecipients == 50)
    #expect(offered.maximumMessages == 20)
    #expect(offered.lines.last == "XXXXXXXA")
  }

  @Test(arguments: ["SIZE", "SIZE 0", "SIZE x"])
  func `a SIZE without a number is no limit`(line: String) {
    let offered = Extensions(parsing: Reply(250, lines: ["host", line]))
    #expect(offered.has(.size))
    #expect(offered.size == nil)
  }

  @Test func `the server's own name is no offer`() {
    #expect(!Extensions(parsing: Reply(250, lines: ["PIPELINING"])).has(.pipelining))
    #expect(!Extensions().has(.pipelining))
  }
}
