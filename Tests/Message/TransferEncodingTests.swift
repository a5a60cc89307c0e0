import Testing

@testable import Message
@testable import SMTP

/// An upstream that takes neither 8-bit bodies nor raw UTF-8 headers.
private let plain = TransferEncoding.Upstream(takes8BitMIME: false, takesSMTPUTF8: false)
private let modern = TransferEncoding.Upstream(takes8BitMIME: true, takesSMTPUTF8: true)
private let eightBit = TransferEncoding.Upstream(takes8BitMIME: true, takesSMTPUTF8: false)

/// The message as that upstream gets it, its body handed over in pieces of `size` octets.
private func fit(
  _ message: [UInt8], for upstream: TransferEncoding.Upstream, inPieces size: Int = 1 << 20,
  envelope: Envelope = Envelope(sender: Address("a@app.example"), recipients: [Address("b@example.org")])
) throws(TransferEncoding.Refusal) -> (message: [UInt8], fitted: TransferEncoding.Fitted) {
  let header = Header(parsing: message)
  let body = message[header.bodyStart...]
  let pieces = stride(from: body.startIndex, to: body.endIndex, by: size).map {
    body[$0..<min($0 + size, body.endIndex)]
  }
  var scan = BodyScan()
  for piece in pieces { piece.withUnsafeBytes { scan.feed($0) } }
  var encoding = try TransferEncoding(header: header, envelope: envelope, body: scan, upstream: upstream)
  if encoding.mustExamineBody { for piece in pieces { piece.withUnsafeBytes { encoding.examine($0) } } }
  let fitted = try encoding.finish()
  var sent = fitted.header.serialized()
  guard var encoder = fitted.encoder else { return (sent + body, fitted) }
  for piece in pieces { piece.withUnsafeBytes { encoder.feed($0, into: &sent) } }
  encoder.finish(into: &sent)
  return (sent, fitted)
}

private let mime = "MIME-Version: 1.0\n"

struct `A message for an upstream without 8BITMIME` {
  /// The message, and how it goes out: bodies as quoted-printable, labels mended, all else as it was.
  @Test(arguments: [
    // Nothing named: the text says itself that it is UTF-8.
    (
      "Subject: x\n\nGrüße = hallo \nEnde",
      "Subject: x\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n"
        + mime + "\nGr=C3=BC=C3=9Fe =3D hallo=20\nEnde"
    ),
    (
      mime + "Content-Type: text/html;\n charset=\"utf-8\"\nContent-Transfer-Encoding: 8bit\nX: 1\n\n<p>é</p>\n",
      mime
        + "Content-Type: text/html;\n charset=\"utf-8\"\nContent-Transfer-Encoding: quoted-printable\nX: 1\n\n<p>=C3=A9</p>\n"
    ),
    // Parts: only those that need it, with their own labels; the multipart says 7bit then.
    (
      mime + "Content-Type: multipart/mixed; boundary=\"b\"\nContent-Transfer-Encoding: 8bit\n\nfür MIME\n--b\n"
        + "Content-Type: text/plain\n\nascii\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\né\n--b  \n\nü\n--b--\nepilogue\n",
      mime + "Content-Type: multipart/mixed; boundary=\"b\"\nContent-Transfer-Encoding: 7bit\n\nf=C3=BCr MIME\n--b\n"
        + "Content-Type: text/plain\n\nascii\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9\n--b  \n"
        + "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\n=C3=BC\n--b--\nepilogue\n"
    ),
    // Parts without header and empty line: the header that is put there stands in front of the text. The last has no
    // line end.
    (
      "Content-Type: multipart/mixed; boundary=x\n\n--x\né\n--x\nü",
      "Content-Type: multipart/mixed; boundary=x\n" + mime
        + "\n--x\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\n=C3=A9\n--x\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\n=C3=BC"
    ),
    // Parts within parts; an inner boundary that starts like the outer one.
    (
      "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=xy\n\n--xy\n\né\n--xy\n\nb\n--xy--\n\n--x\n\nc\n--x--\n",
      "Content-Type: multipart/mixed; boundary=x\n" + mime
        + "\n--x\nContent-Type: multipart/alternative; boundary=xy\n\n--xy\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\n=C3=A9\n--xy\n\nb\n--xy--\n\n--x\n\nc\n--x--\n"
    ),
    // The header of a part: a file name beyond ASCII.
    (
      "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Disposition: attachment; filename=\"Büro.txt\"; size=3\n\nabc\n--x--\n",
      "Content-Type: multipart/mixed; boundary=x\n" + mime
        + "\n--x\nContent-Disposition: attachment;\n\tfilename*=utf-8''B%C3%BCro.txt;\n\tsize=3\n\nabc\n--x--\n"
    ),
    // Quoted-printable with raw octets in it: only those.
    (
      mime + "Content-Transfer-Encoding: Quoted-Printable\n\na=3Db é=\n=C3=A9\n",
      mime + "Content-Transfer-Encoding: Quoted-Printable\n\na=3Db =C3=A9=\n=C3=A9\n"
    ),
    // A multipart that never ends, and one whose part has no empty line.
    (
      mime + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\nno field é\n",
      mime
        + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nno field =C3=A9\n"
    ),
  ])
  func `is encoded where it must be and nowhere else`(original: String, expected: String) throws {
    for size in [1 << 20, 7, 1] {
      let (sent, fitted) = try fit(wire(original), for: plain, inPieces: size)
      #expect(text(sent) == text(wire(expected)))
      #expect(!fitted.uses8BitMIME)
      #expect(!fitted.usesSMTPUTF8)
    }
  }

  @Test func `in no known character set is labelled as such`() throws {
    let (sent, _) = try fit(wire("Subject: x\n\n") + [0xe9, 0x74, 0xe9], for: plain)
    #expect(text(sent).contains("charset=unknown-8bit\r\n"))
    #expect(text(sent).hasSuffix("\r\n\r\n=E9t=E9"))
  }

  @Test(arguments: [
    ("Content-Type: multipart/signed; boundary=b\n\n--b\n\né\n--b--\n", TransferEncoding.Refusal.signedPart),
    ("Content-Type: message/rfc822\n\nSubject: é\n\nx", .attachedMessage),
    ("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: é\n\nx\n--b--\n", .attachedMessage),
    ("Content-Transfer-Encoding: x-uuencode\n\né", .unknownEncoding),
    ("Content-Type: multipart/mixed\n\n--\n\né\n----\n", .tooComplex),
  ])
  func `is refused with the reason where encoding would destroy it`(
    message: String, refusal: TransferEncoding.Refusal
  ) throws {
    #expect(throws: refusal) { try fit(wire(message), for: plain) }
    #expect(refusal.reply.code == 554)
    #expect(refusal.reply.enhanced == EnhancedCode(5, 6, 3))
    // The same message is no trouble for others.
    #expect(text(try fit(wire(message), for: modern).message) == text(wire(message)))
  }

  @Test func `of parts within parts without end is refused, and soon`() {
    let deep = (0..<500).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
    #expect(throws: TransferEncoding.Refusal.tooComplex) { try fit(wire(deep + "\né"), for: plain) }
    let header = "Content-Type: multipart/mixed; boundary=b\n\n--b\nX: " + String(repeating: "é", count: 100_000)
    #expect(throws: TransferEncoding.Refusal.tooComplex) { try fit(wire(header), for: plain) }
  }

  @Test func `loses its DKIM signature only when it is encoded`() throws {
    let signed = "DKIM-Signature: v=1; h=from; bh=x; b=y\nSubject: x\n\n"
    #expect(try !fit(wire(signed + "é"), for: plain).fitted.header.contains(.dkimSignature))
    #expect(try fit(wire(signed + "e"), for: plain).fitted.header.contains(.dkimSignature))
    #expect(try fit(wire(signed + "é"), for: modern).fitted.header.contains(.dkimSignature))
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `is all ASCII and on short lines afterwards, and reads the same`(seed: UInt64) throws {
    var mutations = Mutations(seed: seed)
    for round in 0..<300 {
      let message = mutations.message() + [0xc3, 0xa9]
      guard let sent = try? fit(message, for: plain, inPieces: 1 + round % 50) else { continue }
      #expect(sent.message.allSatisfy { $0 < 0x80 }, "seed \(seed), round \(round): \(text(message))")
      #expect(
        try fit(sent.message, for: plain).message == sent.message, "seed \(seed), round \(round): \(text(message))")
    }
  }
}

struct `Lines over 998 octets` {
  @Test func `are encoded, whatever the upstream takes`() throws {
    let long = String(repeating: "0123456789", count: 150)
    let (sent, fitted) = try fit(wire("Subject: x\n\n\(long)\nshort\n"), for: modern)
    let lines = text(sent).split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.utf8.count <= 76 })
    #expect(fitted.header.fields.map(\.name) == [.subject, .contentTransferEncoding, .mimeVersion])
    #expect(text(sent).replacing("=\r\n", with: "").hasSuffix("\r\n\r\n\(long)\r\nshort\r\n"))
  }

  @Test func `of Base64 are wrapped`() throws {
    let long = String(repeating: "QUJD", count: 400)
    let message =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: BASE64\n\n\(long)\n--b--\n"
    let sent = text(try fit(wire(message), for: modern).message)
    #expect(sent.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
    #expect(sent.filter { $0 != "\r\n" }.contains(long))
    #expect(sent.hasSuffix("\r\n--b--\r\n"))
  }

  @Test func `in a header are folded at blanks`() throws {
    let ids = (0..<100).map { "<\($0).0123456789@app.example>" }.joined(separator: " ")
    let sent = try fit(wire("References: \(ids)\nX: 1\n\nbody"), for: modern).message
    #expect(longestLine(Header(parsing: sent)) <= 78)
    #expect(text(sent).replacing("\r\n <", with: " <") == text(wire("References: \(ids)\nX: 1\n\nbody")))
  }

  /// The field, whose value has no blank to fold at, and what it is when the folds are taken out.
  @Test(arguments: [
    (
      "To: " + (0..<100).map { "\"a,b\"<u\($0)@app.example>" }.joined(separator: ","),
      "To: " + (0..<100).map { "\"a,b\"<u\($0)@app.example>" }.joined(separator: ", ")
    ),
    (
      "References: " + (0..<100).map { "<\($0).0123456789@app.example>" }.joined(),
      "References: " + (0..<100).map { "<\($0).0123456789@app.example>" }.joined(separator: " ")
    ),
    (
      "Content-Type: application/pdf; name=" + String(repeating: "a", count: 1000),
      "Content-Type: application/pdf;\tname*0=\"" + String(repeating: "a", count: 400) + "\";\tname*1=\""
        + String(repeating: "a", count: 400) + "\";\tname*2=\"" + String(repeating: "a", count: 200) + "\""
    ),
  ])
  func `in a header without blanks are folded where the grammar allows`(field: String, unfolded: String) throws {
    let sent = try fit(wire(field + "\nX: 1\n\nbody"), for: modern).message
    #expect(longestLine(Header(parsing: sent)) <= 998)
    let flat = text(sent).replacing("\r\n ", with: " ").replacing("\r\n\t", with: " ")
    #expect(flat == text(wire(unfolded.replacing("\t", with: " ") + "\nX: 1\n\nbody")))
  }

  @Test func `of one word in a header are encoded, and read the same`() throws {
    let long = String(repeating: "0123456789", count: 150)
    let header = Header(parsing: try fit(wire("Subject: see \(long) now\n\nbody"), for: modern).message)
    #expect(longestLine(header) <= 78)
    let subject = value(of: .subject, in: header) ?? ""
    let words = subject.replacing("?=\r\n =?utf-8?Q?", with: "")
    #expect(words.replacing("\r\n", with: "") == "see =?utf-8?Q?\(long)?= now")
  }

  /// Whatever is in it.
  @Test(arguments: [
    "Received: ", "Message-ID: <", "From: ", "To: a@", "Cc: \"", "Date: ", "Subject: ",
    "Subject: a " + String(repeating: " ", count: 2000), "X-Data: {", "MIME-Version: ", "In-Reply-To: ",
    "Content-Disposition: ", "Content-Type: text/plain; x=\"\\",
  ])
  func `in a header always end in time`(start: String) throws {
    let message = wire(start + String(repeating: "x<y>,@\"z(", count: 500) + "\nX: 1\n\nbody")
    let sent = try fit(message, for: modern).message
    #expect(longestLine(Header(parsing: sent)) <= 998)
    #expect(text(sent).hasSuffix("\r\nX: 1\r\n\r\nbody"))
    #expect(!text(sent).split(separator: "\r\n").contains { $0.allSatisfy { $0 == " " || $0 == "\t" } })
  }

  @Test func `of exactly 998 stay`() throws {
    let message = wire("Subject: x\n\n\(String(repeating: "x", count: 998))\n")
    let (sent, fitted) = try fit(message, for: plain)
    #expect(sent == message)
    #expect(fitted.encoder == nil)
  }

  @Test func `and NUL, which no server takes, are encoded away`() throws {
    let sent = try fit(wire("Subject: x\n\na\0b"), for: modern).message
    #expect(text(sent).hasSuffix("\r\n\r\na=00b"))
  }
}

struct `A header beyond ASCII` {
  @Test(arguments: [
    ("Subject: Grüße an alle Welt", "Subject: =?utf-8?B?R3LDvMOfZQ==?= an alle Welt"),
    ("X-Note:  plain ä ö text", "X-Note: plain =?utf-8?B?w6Qgw7Y=?= text"),
    (
      "To: Jörg <j@a.example>, \"B, Ö\" <b@a.example>, c@a.example",
      "To: =?utf-8?Q?J=C3=B6rg?= <j@a.example>, =?utf-8?Q?B=2C_=C3=96?=\n <b@a.example>, c@a.example"
    ),
    // An address that cannot be written is shown as the name of an empty group.
    ("Cc: Jörg <jörg@a.example>", "Cc: =?utf-8?Q?J=C3=B6rg_j=C3=B6rg=40a=2Eexample?=:;"),
    ("Message-ID: <ü@a.example>", "Message-ID: <??@a.example>"),
    ("Content-Type: text/plain; name=\"é.txt\"", "Content-Type: text/plain;\n\tname*=utf-8''%C3%A9.txt"),
  ])
  func `is encoded as each field allows`(field: String, expected: String) throws {
    #expect(text(try fit(wire(field + "\n\n"), for: plain).message) == text(wire(expected + "\n\n")))
    // An upstream that takes it raw gets it raw only if the app announced it.
    #expect(text(try fit(wire(field + "\n\n"), for: modern).message) == text(wire(expected + "\n\n")))
    let announced = Envelope(sender: nil, recipients: [], isSMTPUTF8: true)
    let raw = try fit(wire(field + "\n\n"), for: modern, envelope: announced)
    #expect(text(raw.message) == text(wire(field + "\n\n")))
    #expect(raw.fitted.usesSMTPUTF8)
    #expect(raw.fitted.uses8BitMIME)
    #expect(!(try fit(wire(field + "\n\n"), for: eightBit, envelope: announced).fitted.usesSMTPUTF8))
  }

  /// The declared charset, and a Subject in it with an ASCII word at each end.
  @Test(
    arguments: [
      ("windows-1251", [0xd1, 0xf7, 0xb8, 0xf2, 0x20, 0xb9], "=?windows-1251?B?0fe48iC5?="),
      ("gb2312", [0xb7, 0xa2, 0xc6, 0xb1], "=?gb2312?B?t6LGsQ==?="),
      ("iso-8859-2", [0x5a, 0x6f, 0xb3, 0xbb], "=?iso-8859-2?Q?Zo=B3=BB?="),
      ("big5", [0xb5, 0x6f, 0xa5, 0x5c], "=?big5?B?tW+lXA==?="),
    ] as [(String, [UInt8], String)])
  func `in the charset that the message declares keeps its octets`(
    charset: String, words: [UInt8], encoded: String
  ) throws {
    let type = "Content-Type: text/plain; charset=\(charset)\n"
    let message = Array("Subject: No. ".utf8) + words + wire(" 7\n\(type)\nbody")
    for upstream in [plain, eightBit, modern] {
      let sent = try fit(message, for: upstream).message
      #expect(text(sent) == text(wire("Subject: No. \(encoded) 7\n\(type)\nbody")))
    }
    let named = wire("Content-Disposition: attachment; filename=\"") + words + wire("\"\n\(type)\nbody")
    #expect(text(try fit(named, for: plain).message).contains("filename*=\(charset)''"))
    let addressed = Array("To: ".utf8) + words + wire(" <a@app.example>, b@app.example\n\(type)\nbody")
    #expect(
      text(try fit(addressed, for: plain).message)
        == text(wire("To: \(encoded) <a@app.example>, b@app.example\n\(type)\nbody")))
  }

  /// Their second octets are letters.
  @Test(arguments: [("gb2312", [0xd6, 0x41]), ("shift_jis", [0x83, 0x41]), ("big5", [0xa4, 0x7e])])
  func `is cut between two characters, not within one`(charset: String, character: [UInt8]) throws {
    let long = Array([[UInt8]](repeating: character, count: 100).joined())
    let message = Array("Subject: ".utf8) + long + wire("\nContent-Type: text/plain; charset=\(charset)\n\n")
    let subject = try #require(Header(parsing: try fit(message, for: plain).message).first(.subject))
    let words = AddressTokens.unfolded(subject.value).line.split(separator: 0x20)
    let parts = try words.map { word in
      #expect(word.count <= EncodedWord.maximumOctets)
      return try #require(Base64.decode(word.split(separator: UInt8(ascii: "?"))[3]))
    }
    #expect(parts.allSatisfy { $0.count.isMultiple(of: 2) } && parts.count > 3)
    #expect(Array(parts.joined()) == long)
  }

  @Test func `leaves SMTPUTF8 out when nothing needs it`() throws {
    let announced = Envelope(sender: Address("a@b.example"), recipients: [Address("c@d.example")], isSMTPUTF8: true)
    let fitted = try fit(wire("Subject: x\n\né"), for: modern, envelope: announced).fitted
    #expect(!fitted.usesSMTPUTF8)
    #expect(fitted.uses8BitMIME)
    #expect(fitted.encoder == nil)
  }

  @Test func `does not help an address beyond ASCII, which only SMTPUTF8 carries`() throws {
    let envelope = Envelope(sender: Address("a@b.example"), recipients: [Address("jörg@d.example")])
    let refusal = TransferEncoding.Refusal.address(Address("jörg@d.example"))
    #expect(throws: refusal) { try fit(wire("Subject: x\n\n"), for: eightBit, envelope: envelope) }
    #expect(refusal.reply.enhanced == EnhancedCode(5, 6, 7))
    #expect(try fit(wire("Subject: x\n\n"), for: modern, envelope: envelope).fitted.usesSMTPUTF8)
  }
}

struct `A body scan` {
  @Test(arguments: [
    ("", 0, false), ("abc", 3, false), ("abc\r\n", 3, false), ("a\r\nbcd\r\ne", 3, false), ("abc\n", 3, false),
    ("ab\rcd\r\n", 5, false), ("\r\n\r\n", 0, false), ("ü\r\n", 2, true),
    (String(repeating: "x", count: 70) + "ü", 72, true),
  ])
  func `finds the longest line and 8-bit octets, however the body is cut`(body: String, longest: Int, has8Bit: Bool) {
    let bytes = Array(body.utf8)
    for size in 1...max(1, bytes.count) {
      var scan = BodyScan()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { scan.feed($0) }
      }
      #expect(scan.longestLineOctets == longest)
      #expect(scan.has8Bit == has8Bit)
      #expect(!scan.hasNUL)
    }
  }
}
