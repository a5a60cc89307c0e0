// Where lines go, and with which priority: to a pipe that stands for standard error, and to a journal that is a socket here.

import Foundation
import Glibc
import Logging
import Testing

@testable import Logs

@Suite struct `Where lines go` {
  @Test func `standard error that is the journal's has the priority in front and no time`() throws {
    let pipe = try TestStream()
    let output = LogOutput(LogSettings(), stream: pipe.end, streamName: pipe.name, journalPath: "/nowhere")
    for event in [LoggedEvent.accepted, .refused, .failed, .flagRaised, .diskFailing] { output.logger.tell(event) }
    let lines = pipe.lines()
    #expect(lines.map { $0.prefix(3) } == ["<6>", "<5>", "<4>", "<3>", "<3>"])
    #expect(lines[0] == "<6>level=info event=accepted")
  }

  @Test func `the commands that a line tells name the configuration, and nothing else in it does`() throws {
    let pipe = try TestStream()
    let output = LogOutput(LogSettings(), stream: pipe.end, streamName: pipe.name, journalPath: "/nowhere") {
      $0.replacing("letterhead test", with: "letterhead test --config /x.toml")
    }
    let words = "letterhead test acme"
    output.logger.tell(.flagRaised, [.reply: words, .held: words, .reason: words, .remedy: words, .address: words])
    let fields = try LogfmtReading.fields(of: String(try #require(pipe.lines().first).dropFirst(3)))
    let named = ["held", "reason", "remedy"]
    #expect(fields.filter { $0.value == "letterhead test --config /x.toml acme" }.keys.sorted() == named)
    #expect(fields["reply"] == words && fields["address"] == words)
  }

  @Test func `by priority the errors can be told, and nothing else`() throws {
    let pipe = try TestStream()
    var settings = LogSettings()
    settings.level = .trace
    let output = LogOutput(settings, stream: pipe.end, streamName: pipe.name, journalPath: "/nowhere")
    for event in LoggedEvent.allCases { output.logger.tell(event) }
    let grave = pipe.lines().filter { $0.hasPrefix("<") && $0.dropFirst().first.map { $0 <= "3" } == true }
    #expect(grave.count == LoggedEvent.allCases.count { $0.level >= .error })
    #expect(grave.allSatisfy { $0.contains("level=error") })
  }

  @Test func `standard error that is anything else has the time, whatever JOURNAL_STREAM says`() throws {
    for name in [nil, "1:2", "", "x"] as [String?] {
      let pipe = try TestStream()
      LogOutput(LogSettings(), stream: pipe.end, streamName: name, journalPath: "/nowhere").logger.tell(.accepted)
      #expect(
        pipe.lines().first?.contains(/^time=20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info event=accepted$/) == true
      )
    }
  }

  @Test func `the journal gets fields, priorities and ids by its socket`() throws {
    let journal = try FakeJournal()
    let pipe = try TestStream()
    var settings = LogSettings()
    settings.format = .journal
    let log = LogOutput(settings, stream: pipe.end, streamName: nil, journalPath: journal.path).logger
    log.tell(.accepted, [.id: "412", .entity: "acme", .app: "erp"])
    log.tell(.flagRaised, [.entity: "acme", .reply: "535 5.7.3 no\nline two"])
    log.tell(.flagCleared, [.entity: "acme"])
    log.tell(.failed, [.id: "412"])
    let entries = try (0..<4).map { _ in try journal.next() }
    #expect(entries.map { $0["PRIORITY"] } == ["6", "3", "5", "4"])
    #expect(entries.map { $0["LETTERHEAD_EVENT"] } == ["accepted", "flag_raised", "flag_cleared", "failed"])
    #expect(
      entries.map { $0["MESSAGE_ID"] } == [nil]
        + [.flagRaised, .flagCleared, .failed].map { (event: LoggedEvent) in event.journalID })
    #expect(entries[0]["LETTERHEAD_ID"] == "412" && entries[0]["LETTERHEAD_ENTITY"] == "acme")
    #expect(entries[0]["LETTERHEAD_APP"] == "erp" && entries[0]["SYSLOG_IDENTIFIER"] == "letterhead")
    #expect(entries[1]["LETTERHEAD_REPLY"] == "535 5.7.3 no\nline two")
    #expect(pipe.lines().isEmpty)
  }

  @Test func `without the journal's socket the lines go to standard error, and back when it is there`() throws {
    let pipe = try TestStream()
    var settings = LogSettings()
    settings.format = .journal
    let path = FakeJournal.newPath()
    let log = LogOutput(settings, stream: pipe.end, streamName: nil, journalPath: path).logger
    log.tell(.stopping)
    #expect(pipe.lines().first?.contains("event=stopping") == true)
    let journal = try FakeJournal(path)
    log.tell(.stopped)
    #expect(try journal.next()["LETTERHEAD_EVENT"] == "stopped")
  }

  @Test func `what the configuration says holds from the next line on, but for a level of the command line`() throws {
    let pipe = try TestStream()
    let outputs = [nil, Logger.Level.warning].map {
      LogOutput(LogSettings(), level: $0, stream: pipe.end, streamName: nil, journalPath: "/nowhere")
    }
    var next = LogSettings()
    (next.level, next.format, next.addresses) = (.debug, .json, .domain)
    for output in outputs {
      output.apply(next)
      output.logger.tell(.adminCallEnded)
      output.logger.tell(.failed, [.sender: "erp@acme.example"])
    }
    let lines = pipe.lines()
    #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix("}") })
    #expect(lines[0].contains("\"event\":\"admin_call_ended\"") && lines[1].contains("\"sender\":\"*@acme.example\""))
  }

  @Test func `the lines of several threads are not mixed`() throws {
    let pipe = try TestStream()
    let reading = Thread.reading(pipe)
    let log = LogOutput(LogSettings(), stream: pipe.end, streamName: nil, journalPath: "/nowhere").logger
    // Longer than what a pipe takes in one piece.
    let text = String(repeating: "x", count: 990)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for _ in 0..<50 {
        log.tell(
          .refused,
          [.id: "\(thread)", .reply: text, .reason: text, .remedy: text, .sender: text, .recipients: text, .who: text])
      }
    }
    pipe.closeEnd()
    let lines = reading.wait().split(separator: "\n")
    #expect(lines.count == 400)
    #expect(
      lines.allSatisfy {
        $0.hasPrefix("time=") && $0.utf8.count(where: { $0 == 0x78 }) >= 990 * 6 && $0.ranges(of: "event=").count == 1
      })
  }

  @Test func `python and a shell read what is written`() throws {
    let pipe = try TestStream()
    var settings = LogSettings()
    settings.format = .json
    let log = LogOutput(settings, stream: pipe.end, streamName: nil, journalPath: "/nowhere").logger
    log.tell(.accepted, [.id: "412", .sender: "erp@acme.example", .reply: "say \"hi\"\n\u{1B}[2J", .delay: "0.250"])
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = [
      "-c", "import json,sys; o=json.loads(sys.argv[1]); print(o['id']+1, o['delay']*4, repr(o['reply']))",
      pipe.lines()[0],
    ]
    let answer = Pipe()
    python.standardOutput = answer
    try python.run()
    let output = String(decoding: answer.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    python.waitUntilExit()
    #expect(output == "413 1.0 'say \"hi\"\\n\\x1b[2J'\n")
  }
}
