// Which forms a support bundle shows, and what of them: one line a case.

import Foundation
import Logging
import Logs
import Platform
import Support
import Testing

@testable import Letterhead

@Suite struct `A support bundle shows` {
  private static let digest = AddressDigest(key: [1, 2, 3])

  @Test(arguments: [
    ("level=info event=accepted id=7", "info accepted id=7"),
    ("<6>level=info event=accepted", "info accepted"), ("event=accepted id=7", "info accepted id=7"),
    ("time=2026-11-29T08:00:00.5Z level=info event=accepted", "2026-11-29T08:00:00.5Z info accepted"),
    ("level=warning event=failed msg=\"two secret words\" id=7", "warning failed id=7"),
    ("level=info event=accepted subject=secret id=7", "info accepted id=7"),
    ("event=deferred reply=\"451 4.7.1 your password is x\"", "notice deferred reply=451 4.7.1"),
    ("event=deferred reply=\"451 4.7.1secret\"", "notice deferred reply=451"),
    ("event=deferred reply=4512", "notice deferred"),
    ("event=delivered outcome=delivered:2,failed:1", "info delivered outcome=delivered:2,failed:1"),
    ("event=delivered outcome=secret", "info delivered"),
    ("event=accepted id=0xsecret entity=acme", "info accepted entity=acme"),
    ("event=accepted id=0xbadc0de uid=nan pid=inf octets=1_0", "info accepted"),
    ("event=accepted id=12 delay=-1.5e3", "info accepted id=12 delay=-1.5e3"),
    ("event=accepted entity=Secret7", "info accepted"), (#"event=accepted output="a \" id=8""#, "info accepted"),
    ("event=accepted sender=<> recipients=nobody,+3", "info accepted sender=<> recipients=(left out),+3"),
    (
      #"{"time":"2026-11-29T08:00:00.500Z","level":"info","event":"delivered","id":7,"reply":"250 2.0.0 \"x\""}"#,
      "2026-11-29T08:00:00.500Z info delivered id=7 reply=250 2.0.0"
    ),
    (#"event=refused reply="550 event=accepted entity=secret""#, "notice refused reply=550"),
  ])
  func `of a line of the log`(line: String, shown: String) {
    #expect(ShownLogLine(digest: Self.digest).shown(line, at: nil) == shown)
  }

  @Test(arguments: [
    "", "a line of another program", "level=info msg=accepted id=7", "event=secret", "{\"event\"", "===",
    // What only has an event somewhere in it.
    "backup: event=accepted entity=secret", "Nov 29 08:00:00 host backup[7]: level=info event=accepted entity=secret",
    " event=accepted entity=secret", "id=7 event=accepted entity=secret", "<6><6>event=accepted entity=secret",
    #"level=info msg="event=accepted" event=accepted entity=secret"#, "level=secret event=accepted entity=secret",
    "time=secret level=info event=accepted", "time=2026-11-29T08:00:00Z event=accepted entity=secret",
    "level=info level=info event=accepted entity=secret",
    // What begins as one and is none.
    "event=accepted entity=secret, said the server", "event=accepted  entity=secret", "event=accepted entity=",
    #"event=accepted reply="250 without an end"#, #"event=accepted reply="250"entity=secret"#,
    #"{"event":"accepted","entity":"secret"}"#, #"{"level":"info","event":"accepted","entity":"secret"}"#,
    #"{"time":"2026-11-29T08:00:00Z","level":"info","msg":"x","event":"accepted","entity":"secret"}"#,
    #"{"time":"2026-11-29T08:00:00Z","level":"info","event":"accepted","entity":["secret"]}"#,
    #"{"time":"2026-11-29T08:00:00Z","level":"info","event":"accepted","entity":"secret"} and more"#,
  ])
  func `nothing of what is no event of the relay`(line: String) {
    #expect(ShownLogLine(digest: Self.digest).shown(line, at: "2026-11-29T08:00:00Z") == nil)
  }

  @Test(arguments: [(LogFormat.auto, true), (.auto, false), (.logfmt, false), (.json, false), (.journal, false)])
  func `of each event its line, in whichever form the relay writes it`(format: LogFormat, isJournal: Bool) throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("", to: "relay.log")
    let stream = try Descriptor.open(file, O_WRONLY | O_APPEND)
    var found = stat()
    #expect(fstat(stream.number, &found) == 0)
    var settings = LogSettings()
    (settings.format, settings.level) = (format, .trace)
    let output = LogOutput(
      settings, stream: stream.number, streamName: isJournal ? "\(found.st_dev):\(found.st_ino)" : nil,
      journalPath: directory.path("no-journal"))
    for event in LoggedEvent.allCases {
      output.logger.tell(
        event,
        [
          .id: "7", .entity: "acme", .reply: "451 4.7.1 \"wait\"\nevent=accepted id=8\u{2028}event=accepted id=9",
          .reason: "ü = \\ \u{202E}", .remedy: "", .file: String(repeating: "é\"", count: 2000),
        ])
    }
    let lines = try LogLines(endOf: file).lines
    #expect(lines.count == LoggedEvent.allCases.count)
    for (line, event) in zip(lines, LoggedEvent.allCases) {
      let shown = ShownLogLine(digest: Self.digest).shown(line.text, at: nil)
      #expect(shown?.hasSuffix("\(event.level) \(event.rawValue) id=7 entity=acme reply=451 4.7.1") == true, "\(line)")
    }
  }

  @Test func `of a log in a file what it shows of the journal`() throws {
    let directory = try TemporaryDirectory()
    let text = "level=info event=accepted id=7 subject=secret\nsecret words\nevent=deferred sender=anna@acme.example\n"
    let file = try directory.write(text, to: "relay.log")
    let shown = try LogLines(endOf: file).text(Self.digest)
    let anna = try #require(Self.digest.shown("anna@acme.example"))
    #expect(shown == "info accepted id=7\nnotice deferred sender=\(anna)\n")
    #expect(throws: SystemError.self) { try LogLines(endOf: directory.path) }
    #expect(throws: SystemError.self) { try LogLines(endOf: directory.path("none")) }
  }

  @Test func `the last lines of a log, and none that is cut at its beginning`() {
    let many = (0..<3000).map { "event=accepted id=\($0)" }.joined(separator: "\n")
    let last = LogLines(text: many, isWhole: true).lines
    #expect(last.count == LogLines.most && last.first?.text == "event=accepted id=1000")
    #expect(
      LogLines(text: "cret event=accepted\nevent=accepted id=7", isWhole: false).lines.map(\.text) == [
        "event=accepted id=7"
      ])
    #expect(LogLines(text: "nothing", isWhole: true).text(Self.digest) == "The file has no events.\n")
  }

  @Test func `of an address its domain, and the same code for the same address`() throws {
    let one = try #require(Self.digest.shown("anna@acme.example"))
    #expect(one.wholeMatch(of: #/u-[0-9a-f]{6}@acme\.example/#) != nil)
    #expect(Self.digest.shown("anna@ACME.example") == one && Self.digest.shown("ben@acme.example") != one)
    #expect(AddressDigest(key: [4]).shown("anna@acme.example") != one)
    #expect(Self.digest.shown("*@acme.example") == "*@acme.example")
    for text in ["anna", "@acme.example", "anna@", "anna@acme example", "anna@acme.example\"secret"] {
      #expect(Self.digest.shown(text) == nil)
    }
  }

  @Test func `of a unit what is no secret`() {
    let unit = """
      # /etc/systemd/system/letterhead.service
      [Service]
      User=letterhead
      Environment=TOKEN=secret \\
        User=secret
      ExecStart=/usr/bin/letterhead serve
      ProtectSystem=strict
      User=$(secret)
      """
    #expect(
      ShownUnit.text(of: unit)
        == "[Service]\nUser=letterhead\nProtectSystem=strict\n# 3 other settings are left out.\n")
  }

  @Test func `of metrics those of the relay`() {
    let file = """
      # HELP letterhead_up secret
      letterhead_queue_messages{entity="acme",state="held"} 3
      letterhead_delivery_delay_seconds_bucket{entity="acme",le="+Inf"} 3
      letterhead_x{entity="Se cret",secret="a"} 1e3
      letterhead_y{entity="acme"} secret
      other_metric 1
      process_open_fds 12
      """
    #expect(
      ShownMetrics.text(of: file) == """
        letterhead_queue_messages{entity="acme",state="held"} 3
        letterhead_delivery_delay_seconds_bucket{entity="acme",le="+Inf"} 3
        letterhead_x{entity="other"} 1e3
        process_open_fds 12

        """)
  }

  /// A key that somebody adds is left out until it is listed, unless its values are of a closed kind.
  @Test func `of the configuration numbers, choices and places, and no text`() throws {
    let configuration = try Configuration.parse(
      """
      # secret
      state_dir = "/srv/letterhead"
      [[listener]]
      address = "127.0.0.1:2525"
      [entity.acme]
      name = "Secret"
      default = true
      senders = ["secret@acme.example", "*@acme.example"]
      [app.erp]
      match = ["user:secret"]
      mode = "redirect:secret@acme.example"
      [network]
      proxy = "http://secret:secret@proxy.example:3128"
      [oauth.microsoft]
      client_id = "secret"
      client_secret_file = "/secret"
      tenant = "secret.example"
      secret_expires = 2027-03-01
      [alert]
      command = "/bin/page --token=secret"
      [limits]
      max_recipients = 500
      queue_max_age = "3d"
      """, file: "/etc/letterhead/letterhead.toml")
    let text = ShownConfiguration.text(of: configuration, Self.digest)
    #expect(!text.lowercased().replacing("secret_", with: "").replacing("_secret", with: "").contains("secret"))
    for line in [
      "state_dir = \"/srv/letterhead\"", "[[listener]]", "address = \"127.0.0.1:2525\"", "[entity.acme]",
      "default = true",
      "name = (left out)", "mode = (left out)", "match = (left out)", "proxy = (left out)", "client_id = (left out)",
      "client_secret_file = (left out)",
      "tenant = (left out)", "command = (left out)", "max_recipients = 500", "queue_max_age = \"3d\"",
    ] { #expect(text.contains(line + "\n"), "\(line)") }
  }
}
