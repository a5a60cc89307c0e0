import Message
import Testing

struct `A trace` {
  private let trace = Trace(hostname: "relay.example", instance: "5c1e")

  private func received(_ session: Trace.Session, isSMTPUTF8: Bool = false) -> String {
    text(trace.received(session, isSMTPUTF8: isSMTPUTF8, id: "42", now: morning))
  }

  @Test func `says who brought the message, to whom, how and when`() {
    let session = Trace.Session(helo: "erp.app.example", peer: "127.0.0.1", isExtended: true, isSecured: false)
    let expected = text(
      wire(
        """
        Received: from erp.app.example ([127.0.0.1])
        \tby relay.example (Letterhead 5c1e)
        \twith ESMTP id 42;
        \tSun, 22 Nov 2026 08:00:00 +0000

        """))
    #expect(received(session) == expected)
  }

  @Test(arguments: [
    (false, false, false, false, "SMTP"), (true, false, false, false, "ESMTP"), (true, true, false, false, "ESMTPS"),
    (true, false, true, false, "ESMTPA"), (true, true, true, false, "ESMTPSA"), (true, false, false, true, "UTF8SMTP"),
    (true, true, true, true, "UTF8SMTPSA"),
  ])
  func `names the protocol`(extended: Bool, secured: Bool, signedIn: Bool, utf8: Bool, keyword: String) {
    let session = Trace.Session(
      helo: "a", peer: "::1", isExtended: extended, isSecured: secured, isAuthenticated: signedIn)
    let line = received(session, isSMTPUTF8: utf8)
    #expect(line.contains("\twith \(keyword) id 42;"))
    #expect(line.contains("from a ([IPv6:::1])"))
  }

  @Test(arguments: [
    ("", "unknown"), ("a b", "a?b"), ("x\r\nBcc: y", "x??Bcc:?y"), ("ü(", "???"), ("[10.0.0.1]", "[10.0.0.1]"),
    (String(repeating: "x", count: 4000), String(repeating: "x", count: 255)),
  ])
  func `lets nothing of a HELO name out of its place`(helo: String, written: String) {
    let session = Trace.Session(helo: helo, peer: "127.0.0.1", isExtended: false, isSecured: false)
    #expect(received(session).hasPrefix("Received: from \(written) (["))
    #expect(Header(parsing: Array(received(session).utf8)).fields.count == 1)
  }

  @Test(
    arguments: [
      ("erp", "uid 1004, erp.service", "(from app erp (uid 1004, erp.service))"),
      (nil, "uid 1004, erp.service", "(from uid 1004, erp.service)"), ("erp", nil, "(from app erp)"),
      ("erp", "", "(from app erp)"), ("a)b", "x\\) (\r\nBcc: y", "(from app a?b (x?? ???Bcc: y))"),
      ("ü", "\u{202E}\u{0}", "(from app ?? (????))"),
      (nil, String(repeating: "(", count: 999), "(from \(String(repeating: "?", count: 255)))"),
    ] as [(String?, String?, String)])
  func `says who the kernel says it was, in a comment that nothing closes`(
    app: String?, identity: String?, comment: String
  ) {
    let session = Trace.Session(
      helo: "erp.app.example", peer: "127.0.0.1", isExtended: true, isSecured: false, app: app, identity: identity)
    let line = received(session)
    #expect(
      line.hasPrefix("Received: from erp.app.example ([127.0.0.1])\r\n\t\(comment)\r\n\tby relay.example (Letter"))
    #expect(Header(parsing: Array(line.utf8)).fields.count == 1)
  }

  @Test func `names no address where the client has none`() {
    let session = Trace.Session(helo: "erp", peer: "", isExtended: true, isSecured: false, identity: "uid 33")
    #expect(received(session).hasPrefix("Received: from erp\r\n\t(from uid 33)\r\n\tby "))
    let bare = Trace.Session(helo: "erp", peer: "", isExtended: true, isSecured: false, identity: "")
    #expect(received(bare).hasPrefix("Received: from erp\r\n\tby "))
  }

  @Test func `counts hops, and its own visits apart from other relays'`() {
    let own = Trace.Session(helo: "a", peer: "127.0.0.1", isExtended: true, isSecured: false)
    let mine = trace.received(own, isSMTPUTF8: false, id: "1", now: morning)
    let other = Trace(hostname: "relay.example", instance: "77aa").received(
      own, isSMTPUTF8: false, id: "1", now: morning)
    #expect(trace.passages(in: Header(parsing: mine + other)) == Trace.Passages(received: 2, ours: 1))
    #expect(!trace.passages(in: Header(parsing: mine + other)).isLoop)
    #expect(trace.passages(in: Header(parsing: mine + other + mine)).isLoop)
    let hops = [[UInt8]](repeating: other, count: 101).flatMap { $0 }
    #expect(trace.passages(in: Header(parsing: hops)).isLoop)
  }

  @Test func `does not swallow the first line of a message without a header`() {
    #expect(Trace.needsEmptyLine(before: 0x20))
    #expect(Trace.needsEmptyLine(before: 0x09))
    #expect(!Trace.needsEmptyLine(before: UInt8(ascii: "S")))
    #expect(!Trace.needsEmptyLine(before: nil))
  }
}
