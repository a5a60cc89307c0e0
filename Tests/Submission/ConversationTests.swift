// Sessions as they should go, played against a real listener on loopback.

import Message
import SMTP
import Support
import Testing

@testable import Submission

@Suite struct `A session that goes well` {
  @Test(arguments: Pieces.allWays)
  func `one message is kept as it was sent, under one Received line`(cut: Pieces) async throws {
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 250 2.0.0 Queued as 1
        """ + quit, body: "Subject: dots\r\n\r\n.\r\n..two\r\nend\r\n", cut: cut)
    let message = try #require(mail.first)
    #expect(message.asSent == "Subject: dots\r\n\r\n.\r\n..two\r\nend\r\n")
    #expect(message.envelope.sender?.text == "erp@acme.example")
    #expect(message.envelope.recipients.map(\.text) == ["ada@example.org"])
    #expect(message.entity == "acme")
    let top = String(decoding: message.octets.prefix(400), as: UTF8.self)
    #expect(top.hasPrefix("Received: from erp"))
    #expect(top.contains("by relay.example"))
  }

  @Test func `everything in one packet is answered in order`() async throws {
    let pipelined = try await play(
      """
      S: 220 relay.example *
      C> "EHLO erp\\r\\nMAIL FROM:<a@acme.example>\\r\\nRCPT TO:<b@example.org>\\r\\nDATA\\r\\nSubject: x\\r\\n\\r\\nhello\\r\\n.\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<c@example.org>\\r\\nBDAT 7 LAST\\r\\nhi: x\\r\\nQUIT\\r\\n"
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE *
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250 CHUNKING
      S: 250 2.1.0 *
      S: 250 2.1.5 *
      S: 354 *
      S: 250 2.0.0 Queued as 1
      S: 250 2.1.0 *
      S: 250 2.1.5 *
      S: 250 2.0.0 Queued as 2
      S: 221 2.0.0 *
      (closes)
      """)
    #expect(pipelined.map(\.asSent) == ["Subject: x\r\n\r\nhello\r\n", "hi: x\r\n"])
    #expect(pipelined.last?.envelope.sender == nil)
  }
}
