// What a server says, as values.

import Foundation
import Support
import Testing

@testable import IMAP

private func responses(_ octets: [UInt8], cut: Pieces = .whole) throws(MalformedResponse) -> [IMAPResponse] {
  var buffer = IMAPResponseBuffer()
  var found: [IMAPResponse] = []
  for piece in cut.pieces(of: octets) {
    buffer.append(piece)
    while let response = try buffer.next() { found.append(try IMAPResponse(response)) }
  }
  return found
}

struct `A response` {
  private static let conversation = Array(
    """
    * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready {3}\r
    * CAPABILITY IMAP4rev1 LITERAL+ APPENDLIMIT=1000 auth=xoauth2\r
    * LIST (\\HasNoChildren \\Sent) "/" "Gesendete &AMQ-"\r
    * LIST () NIL {4}\r
    Sent\r
    * 7 EXISTS\r
    * 7 FETCH (INTERNALDATE " 9-Nov-2026 23:54:02 +0100" BODY[HEADER.FIELDS (MESSAGE-ID)] {25}\r
    Message-ID:\r
     <a@b.c>\r
    \r
     FLAGS (\\Seen))\r
    + go on\r
    A3 OK [APPENDUID 38505 3955] done\r
    a4 no [OVERQUOTA] full\r\n
    """.utf8)

  @Test(arguments: Pieces.allWays) func `is the same however it comes`(cut: Pieces) throws {
    let found = try responses(Self.conversation, cut: cut)
    #expect(found.count == 9)
    #expect(found[1] == .capabilities(IMAPCapabilities(["IMAP4REV1", "LITERAL+", "APPENDLIMIT=1000", "AUTH=XOAUTH2"])))
    guard case .status(let greeting) = found[0], case .folder(let marked) = found[2],
      case .folder(let plain) = found[3],
      case .message(let message) = found[5], case .completed("A3", let filed) = found[7],
      case .completed("A4", let full) = found[8]
    else {
      Issue.record("\(found)")
      return
    }
    #expect(greeting.text == "ready {3}" && greeting.code?.name == "CAPABILITY")
    #expect(marked.name.readable == "Gesendete Ä" && marked.attributes.contains("\\sent") && marked.delimiter == "/")
    #expect(plain.name.readable == "Sent" && plain.delimiter == nil)
    #expect(message.number == 7 && message.messageIDs == ["a@b.c"])
    #expect(message.filedAt == Date(timeIntervalSince1970: 1_794_264_842))
    #expect(filed.isOK && filed.code?.copyName == "38505/3955")
    #expect(full.kind == .no && full.code?.name == "OVERQUOTA")
  }

  @Test func `tells the identifier that a provider took away`() throws {
    let fields = "Message-ID: <new@x>\r\nx-microsoft-original-message-id: <old@y>\r\nSubject: <no@z>\r\n\r\n"
    let found = try responses(Array("* 1 FETCH (BODY[HEADER.FIELDS (X)] {\(fields.utf8.count)}\r\n\(fields))\r\n".utf8))
    guard case .message(let message) = try #require(found.first) else { return }
    #expect(message.messageIDs == ["new@x", "old@y"])
  }

  @Test(arguments: [
    "\r\n", "A1\r\n", "A1 MAYBE\r\n", "HTTP/1.1 400 Bad Request\r\n", "* 1 FETCH INTERNALDATE\r\n", "* LIST (\r\n",
    "* LIST () \"/\" \"open\r\n", "* 1 FETCH (BODY[X] {3}\r\nab\r\n", "* LIST ((((((((((((()))))))))))))) NIL x\r\n",
    "* 1 FETCH (BODY[X] {999999999}\r\n",
  ])
  func `that is none is refused`(text: String) {
    #expect(throws: MalformedResponse()) {
      var found = try responses(Array(text.utf8))
      // What waits for the rest of a literal is not yet wrong.
      if found.isEmpty { found = try responses(Array((text + "  )\r\n").utf8)) }
      if found.isEmpty { throw MalformedResponse() }
    }
  }

  @Test func `without an end is refused before it fills the memory`() {
    #expect(throws: MalformedResponse()) { _ = try responses(Array(repeating: 0x41, count: 200_000)) }
    #expect(throws: MalformedResponse()) {
      _ = try responses(Array("* LIST (\(String(repeating: "a ", count: 5000))) NIL x\r\n".utf8))
    }
  }
}

struct `A date of a folder` {
  @Test(arguments: [
    ("29-Nov-2026 23:54:02 +0000", 1_795_996_442.0), (" 1-Mar-2028 00:00:00 +0000", 1_835_481_600),
    ("29-Feb-2028 12:00:00 -0330", 1_835_451_000), ("01-Jan-1970 01:00:00 +0100", 0),
  ])
  func `is read`(text: String, seconds: Double) {
    #expect(InternalDate.date(Array(text.utf8)) == Date(timeIntervalSince1970: seconds))
  }

  @Test(arguments: [0.0, 1_795_996_442, 1_835_438_400, 4_102_444_799])
  func `is read as it was written`(seconds: Double) {
    let date = Date(timeIntervalSince1970: seconds)
    #expect(InternalDate.octets(date).count == 26)
    #expect(InternalDate.date(InternalDate.octets(date)) == date)
  }

  @Test(arguments: ["", "yesterday", "29-Nov-2026", "99-Nov-2026 23:54:02 +0000", "29-Nov-2026 23:54:02 MEZ"])
  func `that is none is none`(text: String) { #expect(InternalDate.date(Array(text.utf8)) == nil) }
}
