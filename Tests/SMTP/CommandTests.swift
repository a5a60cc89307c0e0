import SMTP
import Support
import Testing

private func parse(_ line: String) -> Result<Command, CommandError> {
  Result { () throws(CommandError) in try Command(parsing: Array(line.utf8)[...]) }
}

private let ada = Address(localPart: "ada", domain: "example.org")

@Suite struct CommandTests {
  @Test(
    arguments: [
      ("EHLO host.example", .hello(Hello(name: "host.example", isExtended: true))),
      ("helo host", .hello(Hello(name: "host", isExtended: false))),
      ("EHLO  [192.0.2.1] ", .hello(Hello(name: "[192.0.2.1]", isExtended: true))),
      ("EHLO my printer", .hello(Hello(name: "my?printer", isExtended: true))),  // devices send their display name
      ("EHLO b\u{FC}ro", .hello(Hello(name: "b??ro", isExtended: true))),
      ("HELO", .hello(Hello(name: "", isExtended: false))), ("EHLO  ", .hello(Hello(name: "", isExtended: true))),
      ("DATA", .data), ("data  ", .data), ("RSET", .rset), ("NOOP whatever", .noop), ("Quit", .quit),
      ("QUIT now", .quit),
      ("VRFY root", .vrfy), ("EXPN list", .expn), ("HELP", .help), ("STARTTLS", .startTLS),
      ("AUTH LOGIN", .auth(mechanism: "LOGIN", initialResponse: nil)),
      ("AUTH ", .auth(mechanism: "", initialResponse: nil)),
      ("auth plain AGEAYg==", .auth(mechanism: "PLAIN", initialResponse: HiddenOctets(Array("AGEAYg==".utf8)))),
      ("AUTH Plain  a b ", .auth(mechanism: "PLAIN", initialResponse: HiddenOctets(Array("a b".utf8)))),
      ("BDAT 0 LAST", .bdat(octets: 0, last: true)), ("bdat 1000", .bdat(octets: 1_000, last: false)),
      ("BDAT 86 last", .bdat(octets: 86, last: true)),
      ("GET / HTTP/1.1", .http), ("POST /x HTTP/1.0", .http), ("CONNECT a:25 HTTP/1.1", .http),
      ("PROPFIND /x HTTP/1.1", .http), ("PRI * HTTP/2.0", .http), ("Host: 127.0.0.1:2525", .http),
      ("Content-Type: text/plain", .http),
    ] as [(String, Command)])
  func `a command is read`(line: String, command: Command) {
    #expect(parse(line) == .success(command))
  }

  @Test(arguments: [
    "MAIL FROM:<ada@example.org>",
    "mail from:<ada@example.org>",
    "MAIL FROM: <ada@example.org>",
    "MAIL FROM:  <ada@example.org>  ",
    "MAIL FROM : <ada@example.org>",
    "MAIL  FROM:\t<ada@example.org>",
    "MAIL FROM:ada@example.org",
    "Mail From: ada@example.org",
    "MAIL FROM:< ada@example.org >",
    "MAIL FROM:<@relay.example,@other.example:ada@example.org>",
    "MAIL FROM:<ada@example.org.>",
    "MAIL FROM:<<ada@example.org>>",
    "MAIL FROM:<Ada Byron <ada@example.org>>",
    "MAIL FROM:<\"Byron, Ada\" <ada@example.org>>",
    "MAIL FROM:Ada Byron <ada@example.org>",
    "MAIL FROM:\"Byron, Ada\"<ada@example.org>",
    "MAIL FROM:<mailto:ada@example.org>",
    "MAIL FROM:MailTo:ada@example.org",
    "MAIL FROM:<Ada <mailto:ada@example.org.>>",
    "MAIL FROM:<ada@example.org> AUTH=<>",
    "MAIL FROM:ada@example.org AUTH=<>",
    "MAIL FROM:<ada@example.org> RET=HDRS ENVID=x+20y",
    "MAIL FROM:<ada@example.org> AUTH=ada+40example.org",
  ])
  func `old devices write the path in their own ways`(line: String) {
    #expect(parse(line) == .success(.mail(sender: ada, MailParameters())))
    let rcpt = line.replacing("MAIL FROM", with: "RCPT TO")
    if rcpt.hasPrefix("RCPT"), !rcpt.contains("=") { #expect(parse(rcpt) == .success(.rcpt(ada))) }
  }

  /// What goes out is the mailbox's address, so nothing depends on these.
  @Test(arguments: [
    ("<DOMAIN\\user@host.example>", "DOMAIN\\user", "host.example"), ("<root@(none)>", "root", "(none)"),
    ("<SYSTEM@HOST$>", "SYSTEM", "HOST$"), ("<Company Name>", "Company Name", ""), ("<@host>", "", "host"),
    ("<@>", "@", ""), ("<root@host.>", "root", "host"), ("<a b@c>", "a b", "c"),
    ("<a@b@c>", "a@b", "c"), ("<müller@firma.example>", "müller", "firma.example"),
    ("<\"ada@example.org>", "\"ada", "example.org"), ("<@relay:>", "", "relay:"), ("root@(none)", "root", "(none)"),
    ("<a\tb\u{9b}c@d>", "abc", "d"), ("<a@-b>", "a", "-b"),
  ])
  func `an odd sender is taken as text`(path: String, localPart: String, domain: String) {
    let sender = Address(localPart: localPart, domain: domain)
    #expect(parse("MAIL FROM:\(path)") == .success(.mail(sender: sender, MailParameters())))
    #expect(parse("MAIL FROM:<\(sender.text)> SIZE=1") == .success(.mail(sender: sender, MailParameters(size: 1))))
  }

  @Test func `a sender that is no UTF-8, or has no end, is taken as text of bounded length`() throws {
    let line = Array("MAIL FROM:<M".utf8) + [0xfc] + Array("ller@firma.example>".utf8)
    #expect(
      try Command(parsing: line[...])
        == .mail(sender: Address(localPart: "M\u{fffd}ller", domain: "firma.example"), MailParameters()))
    let long = parse("MAIL FROM:<\(String(repeating: "é ", count: 2000))>")
    guard case .success(.mail(let sender?, _)) = long else { return #expect(Bool(false), "\(long)") }
    #expect((300...320).contains(sender.text.utf8.count))
  }

  @Test(arguments: ["NOTIFY=NEVER", "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;ada@example.org", "orcpt=rfc822;x"])
  func `a wish for reports is ignored`(parameters: String) {
    #expect(parse("RCPT TO:<ada@example.org> \(parameters)") == .success(.rcpt(ada)))
  }

  @Test(
    arguments: [
      ("MAIL FROM:<>", nil, MailParameters()),
      ("MAIL FROM: <> SIZE=0", nil, MailParameters(size: 0)),
      ("MAIL FROM:<root>", Address(localPart: "root", domain: ""), MailParameters()),
      ("MAIL FROM:root", Address(localPart: "root", domain: ""), MailParameters()),
      ("MAIL FROM:<\"a > b\"@example.org>", Address(localPart: "\"a > b\"", domain: "example.org"), MailParameters()),
      (
        "MAIL FROM:\"a b\"@example.org SIZE=1", Address(localPart: "\"a b\"", domain: "example.org"),
        MailParameters(size: 1)
      ),
      ("MAIL FROM:<ada@example.org> SIZE=1000 BODY=8BITMIME", ada, MailParameters(size: 1_000, body: .eightBitMIME)),
      ("MAIL FROM:<ada@example.org> body=7bit size=5", ada, MailParameters(size: 5, body: .sevenBit)),
      ("MAIL FROM:ada@example.org SIZE=5 SMTPUTF8", ada, MailParameters(size: 5, isSMTPUTF8: true)),
      (
        "MAIL FROM:<m\u{FC}ller@example.org> SMTPUTF8", Address(localPart: "müller", domain: "example.org"),
        MailParameters(isSMTPUTF8: true)
      ),
    ] as [(String, Address?, MailParameters)])
  func `MAIL says who and what`(line: String, sender: Address?, parameters: MailParameters) {
    #expect(parse(line) == .success(.mail(sender: sender, parameters)))
  }

  @Test(
    arguments: [
      ("", .unknownVerb), (" NOOP", .unknownVerb), ("FOO", .unknownVerb), ("MAILFROM:<a@b>", .unknownVerb),
      ("XCLIENT ADDR=1.2.3.4", .unknownVerb), ("DATADATADATA", .unknownVerb), ("STARTTLSX", .unknownVerb),
      ("NOOP\0", .nul), ("MAIL FROM:<a@b>\rRCPT TO:<c@d>", .bareCR),
      ("MAIL", .badMailSyntax), ("MAIL <ada@example.org>", .badMailSyntax),
      ("MAIL TO:<ada@example.org>", .badMailSyntax),
      ("MAIL FROM <ada@example.org>", .badMailSyntax), ("RCPT FROM:<ada@example.org>", .badRcptSyntax),
      ("MAIL FROM:", .badSender), ("MAIL FROM:<ada@example.org", .badSender),
      ("MAIL FROM:<ada@example.org>x", .badSender), ("MAIL FROM:<ada@example.org>SIZE=5", .badSender),
      ("MAIL FROM:<a@b>\tSIZE=x", .badParameter),
      ("RCPT TO:<>", .badRecipient), ("RCPT TO:", .badRecipient), ("RCPT TO:<a@b", .badRecipient),
      ("RCPT TO:<a\tb@c>", .badRecipient), ("RCPT TO:<a\u{1}@c>", .badRecipient),
      ("RCPT TO:<a@b> FOO=NEVER", .unknownParameter), ("RCPT TO:<a@b> SIZE=1", .unknownParameter),
      // A server would end the path at the bracket.
      ("RCPT TO:<\"a > b\"@example.org>", .badRecipient), ("RCPT TO:<\"a < b\"@example.org>", .badRecipient),
      ("RCPT TO:<a b@c>", .badRecipient), ("RCPT TO:<@host>", .badRecipient), ("RCPT TO:<root@(none)>", .badRecipient),
      ("RCPT TO:<Ada Byron>", .badRecipient), ("RCPT TO:<a@-b>", .badRecipient), ("RCPT TO:<a@b..c>", .badRecipient),
      ("RCPT TO:<mailto:>", .badRecipient), ("RCPT TO:<<>>", .badRecipient), ("RCPT TO:<\"a@b>", .badRecipient),
      ("MAIL FROM:<a@b> BODY=BINARYMIME", .badParameter), ("MAIL FROM:<a@b> BODY", .badParameter),
      ("MAIL FROM:<a@b> SIZE=", .badParameter), ("MAIL FROM:<a@b> SIZE=-1", .badParameter),
      ("MAIL FROM:<a@b> SIZE=99999999999999999999", .badParameter), ("MAIL FROM:<a@b> SIZE=1 SIZE=1", .badParameter),
      ("MAIL FROM:<a@b> SMTPUTF8=yes", .badParameter), ("MAIL FROM:<a@b> FOO", .unknownParameter),
      ("DATA now", .unexpectedArgument), ("RSET x", .unexpectedArgument), ("STARTTLS now", .unexpectedArgument),
      ("BDAT", .badChunkSize), ("BDAT 1\0", .badChunkSize), ("BDAT 1\r2", .badChunkSize), ("BDAT x", .badChunkSize),
      ("BDAT -1", .badChunkSize), ("BDAT 10 FIRST", .badChunkSize),
      ("BDAT 99999999999999999999 LAST", .badChunkSize),
    ] as [(String, CommandError)])
  func `what is no command is told why`(line: String, error: CommandError) {
    #expect(parse(line) == .failure(error))
  }

  @Test func `no line of random octets does harm`() {
    var random = SeededRandom(seed: TestSeed.ofThisRun)
    let beginnings = ["", "MAIL FROM:", "RCPT TO:<", "BDAT ", "EHLO ", "MAIL FROM:<a@b> ", "MAIL FROM:<\""]
    for _ in 0..<5_000 {
      let tail = (0..<Int.random(in: 0...24, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random)
          : Array("<>@\":,. \\=[]aZ0".utf8).randomElement(using: &random) ?? 0
      }
      let line = Array((beginnings.randomElement(using: &random) ?? "").utf8) + tail
      guard
        case .success(let command) = Result(catching: { () throws(CommandError) in try Command(parsing: line[...]) })
      else { continue }
      // Whatever was understood can be written between angle brackets and read again.
      if case .mail(let sender?, _) = command {
        #expect(
          parse("MAIL FROM:<\(sender.text)>") == .success(.mail(sender: sender, MailParameters())), "\(readable(line))")
      }
      if case .rcpt(let recipient) = command {
        #expect(parse("RCPT TO:<\(recipient.text)>") == .success(.rcpt(recipient)), "\(readable(line))")
      }
    }
  }
}
