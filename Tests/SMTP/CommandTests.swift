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
      ("Host: 127.0.0.1:2525", .http), ("Content-Type: text/plain", .http),
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
    "MAIL FROM:<ada@example.org> AUTH=<>",
    "MAIL FROM:<ada@example.org> AUTH=ada+40example.org",
  ])
  func `old devices write the path in their own ways`(line: String) {
    #expect(parse(line) == .success(.mail(sender: ada, MailParameters())))
    let rcpt = line.replacing("MAIL FROM", with: "RCPT TO")
    if rcpt.hasPrefix("RCPT"), !rcpt.contains("AUTH") { #expect(parse(rcpt) == .success(.rcpt(ada))) }
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
      ("EHLO", .noHelloName), ("HELO  ", .noHelloName),
      ("MAIL", .badMailSyntax), ("MAIL <ada@example.org>", .badMailSyntax),
      ("MAIL TO:<ada@example.org>", .badMailSyntax),
      ("MAIL FROM <ada@example.org>", .badMailSyntax), ("RCPT FROM:<ada@example.org>", .badRcptSyntax),
      ("MAIL FROM:", .badSender), ("MAIL FROM:<ada@example.org", .badSender), ("MAIL FROM:<a b@c>", .badSender),
      ("MAIL FROM:<ada@example.org>x", .badSender), ("MAIL FROM:<ada@example.org>SIZE=5", .badSender),
      ("MAIL FROM:<@>", .badSender), ("MAIL FROM:<\"ada@example.org>", .badSender), ("MAIL FROM:<@relay:>", .badSender),
      ("MAIL FROM:<a@b>\tSIZE=x", .badParameter),
      ("RCPT TO:<>", .badRecipient), ("RCPT TO:", .badRecipient), ("RCPT TO:<a@b", .badRecipient),
      ("RCPT TO:<a\tb@c>", .badRecipient), ("RCPT TO:<a\u{1}@c>", .badRecipient),
      ("RCPT TO:<a@b> NOTIFY=NEVER", .unknownParameter), ("MAIL FROM:<a@b> RET=HDRS", .unknownParameter),
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
