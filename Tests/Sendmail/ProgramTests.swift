// The program as a process, with a relay that is there, that is not, and that breaks off.

import Foundation
import Message
import SMTP
import Support
import Testing

@Suite struct `letterhead-sendmail` {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    mkdir(directory.path("drop"), 0o733)
  }

  private struct Ended: Equatable, Sendable {
    let exit: Int32
    var said = ""
    var complained = ""
  }

  /// Built beside this test binary.
  private func program() throws -> String {
    let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: here).deletingLastPathComponent().appendingPathComponent("letterhead-sendmail").path
  }

  /// - Parameter name: as which it is called.
  private func run(
    _ arguments: String..., as name: String = "sendmail", input: String, environment: [String: String] = [:]
  ) async throws -> Ended {
    let link = directory.path(name)
    if !FileManager.default.fileExists(atPath: link) { symlink(try program(), link) }
    let files = try ["in", "out", "error"].map { try directory.write($0 == "in" ? input : "", to: "\($0).\(name)") }
    let variables = [
      "LETTERHEAD_SUBMIT_SOCKET": directory.path("socket"), "LETTERHEAD_DROP": directory.path("drop"),
      "PATH": directory.path,
    ].merging(environment) { $1 }
    return try await BlockingThread {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: link)
      process.arguments = arguments
      process.environment = variables
      process.standardInput = FileHandle(forReadingAtPath: files[0])
      process.standardOutput = FileHandle(forWritingAtPath: files[1])
      process.standardError = FileHandle(forWritingAtPath: files[2])
      try process.run()
      process.waitUntilExit()
      let said = try files.dropFirst().map { try String(contentsOfFile: $0, encoding: .utf8) }
      return Ended(exit: process.terminationStatus, said: said[0], complained: said[1])
    }.value
  }

  private func dropped() throws -> [(head: DropHead, message: String)] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path("drop")).map { name in
      let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.path("drop/\(name)"))))
      let (head, length) = try DropHead.parse(octets[...])
      #expect(DropName.isFinished(name))
      #expect(octets.count == length + head.messageOctets)
      return (head, String(decoding: octets[length...], as: UTF8.self))
    }
  }

  private func relay(_ transcripts: String...) throws -> ScriptedPeer {
    try ScriptedPeer(scripts: transcripts, at: directory.path("socket"))
  }

  private static let start = """
    S: 220 relay.example ESMTP
    C: EHLO *
    S: 250-relay.example
    S: 250-SIZE 1000
    S: 250-8BITMIME
    S: 250 SMTPUTF8

    """

  @Test func `hands a message to the relay`() async throws {
    let peer = try relay(
      Self.start + """
        C: MAIL FROM:<ada@x.example> SIZE=38 BODY=8BITMIME
        S: 250 2.1.0 Ok
        C: RCPT TO:<root>
        S: 250 2.1.5 Ok
        C: RCPT TO:<b@y.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 Go on
        C: From: cron
        C: Subject: x
        C:
        C: ..x
        C: a line
        C: .
        S: 250 2.0.0 Queued
        """)
    let input = "From: cron\nSubject: x\n\n.x\na line\n"
    let ended = try await run("-i", "-f", "ada@x.example", "-B8BITMIME", "root,b@y.example", input: input)
    #expect(ended == Ended(exit: 0))
    _ = try await peer.finish()
    #expect(try dropped().isEmpty)
  }

  @Test(
    arguments: [
      ("550 5.7.1 App cron (uid 0) may not send as brandb", 77),
      ("451 4.7.1 cron has sent its 60 messages this minute", 75),
      ("554 5.6.0 No", 69),
    ] as [(String, Int32)])
  func `says what the relay says, and leaves nothing behind`(reply: String, exit: Int32) async throws {
    let peer = try relay(Self.start + "C: MAIL FROM:*\nS: \(reply)\n")
    let ended = try await run("root", input: "x\n")
    #expect(ended == Ended(exit: exit, complained: "sendmail: The relay says: \(reply)\n"))
    _ = try await peer.finish()
    #expect(try dropped().isEmpty)
  }

  @Test func `leaves the message for a relay that is not there`() async throws {
    let input = "To: a@x.example\nBcc: b@x.example\nFrom: c@x.example\n\nhello\n"
    #expect(try await run("-t", "-f", "<>", input: input) == Ended(exit: 0))
    let found = try dropped()
    #expect(found.map(\.message) == ["To: a@x.example\r\nFrom: c@x.example\r\n\r\nhello\r\n"])
    #expect(found.map(\.head.envelope.sender) == [nil])
    #expect(found.map { $0.head.envelope.recipients.map(\.text) } == [["a@x.example", "b@x.example"]])
  }

  static let breaks = [
    "S: 421 4.3.2 Letterhead is stopping; try again later",
    "S: 220 relay.example\nC: EHLO *\nS: (closes)",
    "S: hello",
    start + "C: MAIL FROM:*\nS: 421 4.3.2 Letterhead is stopping",
    // Perhaps it has the message, perhaps not: twice is better than never.
    start + "C: MAIL FROM:*\nS: 250 Ok\nC: RCPT TO:<root>\nS: 250 Ok\nC: DATA\nS: 354 Go on\nC: (body)\nS: (closes)",
  ]

  @Test(arguments: breaks)
  func `leaves the message for a relay that breaks off`(script: String) async throws {
    let peer = try relay(script)
    #expect(try await run("root", input: "From: a\n\nhello\n") == Ended(exit: 0))
    _ = try? await peer.finish()
    #expect(try dropped().map(\.message) == ["From: a\r\n\r\nhello\r\n"])
  }

  @Test func `leaves a message larger than its memory as it was given`() async throws {
    let body = String(repeating: "0123456789abcdef\n", count: 100_000)
    #expect(try await run("root", input: "From: a\n\n" + body) == Ended(exit: 0))
    let whole = ("From: a\n\n" + body).replacingOccurrences(of: "\n", with: "\r\n")
    #expect(try dropped().map { $0.message == whole } == [true])
  }

  @Test func `fails for now where it may not leave the message, or cannot`() async throws {
    let socket = directory.path("socket")
    let away = "sendmail: No answer from the relay at \(socket): No such file or directory."
    let forbidden = try await run("root", input: "x\n", environment: ["LETTERHEAD_NO_DROP": "1"])
    #expect(forbidden == Ended(exit: 75, complained: "\(away)\n"))
    let nowhere = try await run("root", input: "x\n", environment: ["LETTERHEAD_DROP": "/nonexistent"])
    #expect(
      nowhere
        == Ended(
          exit: 75, complained: "\(away) Nor can the message be left in /nonexistent: No such file or directory.\n"))
    #expect(try dropped().isEmpty)
  }

  @Test func `lets a program speak with the relay itself`() async throws {
    let peer = try relay("S: 220 relay.example\nC: HELO me\nS: 250 relay.example\nC: QUIT\nS: 221 Bye\nS: (closes)")
    let ended = try await run("-bs", input: "HELO me\r\nQUIT\r\n")
    #expect(ended == Ended(exit: 0, said: "220 relay.example\r\n250 relay.example\r\n221 Bye\r\n"))
    _ = try await peer.finish()
    let alone = try await run("-bs", input: "", environment: ["LETTERHEAD_SUBMIT_SOCKET": "/nonexistent"])
    #expect(alone.exit == 75)
    #expect(alone.said == "421 4.3.2 No relay answers here; try again later\r\n")
  }

  @Test func `shows the queue as mailq, and has no aliases to rebuild`() async throws {
    try directory.write("#!/bin/sh\necho \"$0 $@\"\n", to: "letterhead", mode: 0o755)
    try FileManager.default.copyItem(atPath: try program(), toPath: directory.path("mailq"))
    let listed = Ended(exit: 0, said: "\(directory.path)/letterhead queue\n")
    #expect(try await run(as: "mailq", input: "") == listed)
    #expect(try await run("-v", as: "newaliases", input: "") == Ended(exit: 0))
  }

  @Test func `says what it is, and where the rest is told`() async throws {
    let helped = try await run("--help", as: "letterhead-sendmail", input: "")
    #expect(helped.exit == 0 && helped.complained.isEmpty)
    #expect(helped.said.contains("Usage: letterhead-sendmail [-t]") && helped.said.contains("man letterhead-sendmail"))
    #expect(helped.said.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func `is told apart by what is wrong`() async throws {
    #expect(try await run("-bd", input: "").exit == 64)
    #expect(try await run(input: "x\n").exit == 64)
    #expect(try await run("-t", input: "Subject: x\n\n").exit == 65)
    #expect(
      try await run("-\u{1B}[2J", input: "")
        == Ended(exit: 64, complained: "sendmail: There is no option -\\u{1B}. Try --help.\n"))
    #expect(try dropped().isEmpty)
  }
}
