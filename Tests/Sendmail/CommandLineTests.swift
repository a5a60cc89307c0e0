// The command lines that programs really call, and what each means.

import Testing

@testable import Sendmail

@Suite struct `A command line` {
  struct Row: Sendable, CustomStringConvertible {
    let line: String
    var change: @Sendable (inout SendmailOptions) -> Void = { _ in }
    var description: String { line }
  }

  static let sending = [
    // cron 3.0pl1
    Row(line: "/usr/sbin/sendmail -FCronDaemon -i -B8BITMIME -oem root") {
      ($0.fullName, $0.endsAtDot, $0.is8BitMIME, $0.recipients) = ("CronDaemon", false, true, ["root"])
    },
    // logwatch, mdadm
    Row(line: "/usr/sbin/sendmail -t") { $0.readsHeader = true },
    // unattended-upgrades
    Row(line: "/usr/sbin/sendmail -oi -t") { ($0.endsAtDot, $0.readsHeader) = (false, true) },
    // fail2ban
    Row(line: "/usr/sbin/sendmail -f fail2ban@host.example root@host.example") {
      ($0.sender, $0.recipients) = ("fail2ban@host.example", ["root@host.example"])
    },
    // bsd-mailx
    Row(line: "sendmail -i -t -m -f ada@x.example -- ops@x.example") {
      ($0.endsAtDot, $0.readsHeader, $0.sender, $0.recipients) = (false, true, "ada@x.example", ["ops@x.example"])
    },
    // PHP
    Row(line: "sendmail -t -i") { ($0.readsHeader, $0.endsAtDot) = (true, false) },
    Row(line: "sendmail -ti -fweb@x.example") {
      ($0.readsHeader, $0.endsAtDot, $0.sender) = (true, false, "web@x.example")
    },
    // mutt
    Row(line: "/usr/sbin/sendmail -oem -oi -f ada@x.example -N failure -R hdrs -V 42 -B 8BITMIME -- bob@y.example") {
      ($0.endsAtDot, $0.sender, $0.is8BitMIME, $0.recipients) = (false, "ada@x.example", true, ["bob@y.example"])
    },
    // git send-email
    Row(line: "sendmail -f ada@x.example -i bob@y.example carl@z.example") {
      ($0.sender, $0.endsAtDot, $0.recipients) = ("ada@x.example", false, ["bob@y.example", "carl@z.example"])
    },
    // Options of others, with their values.
    Row(line: "sendmail -A mh -C /etc/x -d0.1 -h 5 -L tag -n -O X=1 -p smtp -U -v -X /tmp/log -m -G -em -odb -bm ada") {
      $0.recipients = ["ada"]
    },
    Row(line: "sendmail -oMr local -oX 25 -a work -D -S ada") { $0.recipients = ["ada"] },
    Row(line: "sendmail -r ada@x.example bob") { ($0.sender, $0.recipients) = ("ada@x.example", ["bob"]) },
    Row(line: "sendmail -B7BIT -t") { $0.readsHeader = true },
    // Behind a recipient an option is still one; behind -- none is.
    Row(line: "sendmail bob -i") { ($0.recipients, $0.endsAtDot) = (["bob"], false) },
    Row(line: "sendmail -- -bd -i") { $0.recipients = ["-bd", "-i"] },
    Row(line: "sendmail -") { $0.recipients = ["-"] },
  ]

  @Test(arguments: sending)
  func `says what to send`(row: Row) throws {
    var options = SendmailOptions()
    row.change(&options)
    #expect(try parse(row.line) == .send(options))
  }

  @Test(
    arguments: [
      ("/usr/bin/newaliases", .nothing), ("newaliases -v", .nothing), ("sendmail -bi", .nothing),
      ("sendmail -I", .nothing),
      ("sendmail -q", .nothing), ("sendmail -q15m", .nothing), ("sendmail -qf", .nothing),
      ("mailq", .showQueue), ("/usr/bin/mailq -Ac", .showQueue), ("sendmail -bp", .showQueue),
      ("letterhead-sendmail --help", .showHelp), ("letterhead-sendmail -h", .showHelp), ("mailq --help", .showHelp),
      ("sendmail -ti --help", .showHelp), ("newaliases -h", .showHelp),
      ("sendmail -bs", .converse), ("sendmail -v -bs -f x@y.example", .converse),
    ] as [(String, SendmailRequest)])
  func `asks for other things`(line: String, request: SendmailRequest) throws {
    #expect(try parse(line) == request)
  }

  @Test(arguments: [
    ("sendmail -bd -q15m", "-bd: this program is no daemon. Run: letterhead serve"),
    ("sendmail -bD", "-bD: this program is no daemon. Run: letterhead serve"),
    ("sendmail -bv root", "-bv: only the provider knows which addresses exist."),
    ("sendmail -bt", "There is no mode -bt."), ("sendmail -bz", "There is no mode -bz."),
    ("sendmail -Z root", "There is no option -Z. Try --help."),
    ("sendmail --verbose root", "There is no option --verbose. Try --help."),
    ("sendmail root -f", "Option -f needs a value."),
  ])
  func `that is wrong is told so`(line: String, sentence: String) {
    #expect(throws: SendmailFailure(.usage, sentence)) { try parse(line) }
  }

  private func parse(_ line: String) throws -> SendmailRequest {
    let words = line.split(separator: " ").map(String.init)
    return try SendmailRequest.parse(calledAs: words[0], Array(words.dropFirst()))
  }
}
