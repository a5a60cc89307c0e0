// Bodies of every size and way in: DATA and BDAT, memory and disk, refused and broken off.

import Message
import SMTP
import Sockets
import Support
import Testing

@testable import Submission

@Suite struct `How bodies come in` {
  @Test(arguments: [0, 1, 1000, 250_000, 270_000, 700_000])
  func `a body of any size is kept octet for octet`(octets: Int) async throws {
    var random = SeededRandom(seed: UInt64(octets))
    var body = "Subject: big\r\n\r\n"
    while body.utf8.count < octets {
      body += String(repeating: ".", count: Int.random(in: 0...3, using: &random))
      body += String(repeating: "x", count: Int.random(in: 0...900, using: &random)) + "\r\n"
    }
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 250 2.0.0 *
        """ + quit, body: body)
    let message = try #require(mail.first)
    // Compared outside the macro: it would print where two such texts differ, for minutes.
    let isSame = message.asSent == body
    #expect(isSame)
    #expect(message.wasLarge == (octets >= 270_000))
  }

  @Test(arguments: Pieces.allWays)
  func `chunks are put together, and commands follow them in the same packet`(cut: Pieces) async throws {
    let mail = try await play(
      opened + """
        C> "BDAT 12\\r\\nSubject: hi\\rBDAT 7\\r\\n\\n\\r\\n.\\r\\n\\rBDAT 0\\r\\nBDAT 6 LAST\\r\\n\\nend\\n."
        S: 250 2.0.0 *
        S: 250 2.0.0 *
        S: 250 2.0.0 *
        S: 250 2.0.0 Queued as 1
        """ + quit, cut: cut)
    #expect(mail.first?.asSent == "Subject: hi\r\n\r\n.\r\n\r\nend\r\n.")
  }

  @Test func `a chunked message larger than memory goes to disk`() async throws {
    let chunk = String(repeating: "0123456789abcd\r\n", count: 20_000)
    let mail = try await play(
      opened + """
        C: BDAT 14
        C> "Subject: x\\r\\n\\r\\n"
        S: 250 2.0.0 *
        C: BDAT \(chunk.utf8.count)
        C: (body)
        S: 250 2.0.0 *
        C: BDAT \(chunk.utf8.count) LAST
        C: (body)
        S: 250 2.0.0 Queued as 1
        """ + quit, body: chunk)
    let isSame = mail.first?.asSent == "Subject: x\r\n\r\n" + chunk + chunk
    #expect(isSame)
    #expect(mail.first?.wasLarge == true)
  }

  @Test func `chunks without a recipient are read and refused`() async throws {
    let mail = try await play(
      greeted + """
        C: MAIL FROM:<a@nobody.example>
        S: 550 5.7.1 *
        C> "BDAT 6\\r\\nQUIT\\r\\nBDAT 6 LAST\\r\\nQUIT\\r\\n"
        S: 503 5.5.1 *
        S: 503 5.5.1 *
        """ + quit)
    #expect(mail.isEmpty)
  }

  @Test func `RSET forgets the chunks that came`() async throws {
    let mail = try await play(
      opened + """
        C> "BDAT 5\\r\\nold\\r\\nRSET\\r\\nMAIL FROM:<root>\\r\\nRCPT TO:<b@example.org>\\r\\nBDAT 5 LAST\\r\\nnew\\r\\n"
        S: 250 2.0.0 *
        S: 250 2.0.0 *
        S: 250 2.1.0 *
        S: 250 2.1.5 *
        S: 250 2.0.0 Queued as 1
        """ + quit)
    #expect(mail.map(\.asSent) == ["new\r\n"])
  }

  @Test(arguments: [100, 500_000])
  func `a message broken off in its middle is stored nowhere`(octets: Int) async throws {
    for end in ["(resets)", "(closes)"] {
      let part = String(repeating: "x", count: octets)
      let mail = try await play(
        opened + """
          C: DATA
          S: 354 *
          C> "Subject: x\\r\\n\\r\\n\(part)"
          C: \(end)
          """)
      #expect(mail.isEmpty)
    }
  }

  @Test func `more bodies than memory: the rest go to disk at once, and all are kept`() async throws {
    var limits = SubmissionLimits()
    limits.memoryForBodies = 10_000
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 250 2.0.0 *
        """ + quit, limits: limits, body: "Subject: x\r\n\r\n" + String(repeating: "0123456789\r\n", count: 2000))
    #expect(mail.first?.wasLarge == true)
  }

  @Test func `a header without end is refused, a body without header is not`() async throws {
    let field = "X-Filler: \(String(repeating: "x", count: 88))\r\n"
    let endless = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 554 5.6.0 *
        """ + quit, body: String(repeating: field, count: 4000))
    #expect(endless.isEmpty)
    let plain = String(repeating: "a line of a log without any empty line\r\n", count: 10_000)
    let headerless = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 250 2.0.0 *
        """ + quit, body: plain)
    let isSame = headerless.first?.asSent == plain
    #expect(isSame)
  }

  @Test func `a message that goes round is stopped`() async throws {
    let hop = "Received: from a.example by b.example; Sun, 22 Nov 2026 08:00:00 +0000\r\n"
    for (hops, answer) in [(100, "250 2.0.0 *"), (101, "554 5.4.6 *")] {
      try await play(
        opened + """
          C: DATA
          S: 354 *
          C: (body)
          S: \(answer)
          """ + quit, body: String(repeating: hop, count: hops) + "Subject: x\r\n\r\nhello\r\n")
    }
  }

  @Test func `what passed here once may come again, and the third time is a loop`() async throws {
    var body = "Subject: x\r\n\r\nhello\r\n"
    for answer in ["250 2.0.0 *", "250 2.0.0 *", "554 5.4.6 *"] {
      let mail = try await play(
        opened + """
          C: DATA
          S: 354 *
          C: (body)
          S: \(answer)
          """ + quit, body: body)
      if let message = mail.first { body = String(decoding: message.octets, as: UTF8.self) }
    }
  }

  @Test func `a line of a hundred thousand octets is kept`() async throws {
    let body = "Subject: x\r\n\r\n" + String(repeating: "x", count: 100_000) + "\r\n"
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 250 2.0.0 *
        """ + quit, body: body)
    let isSame = mail.first?.asSent == body
    #expect(isSame)
  }
}
