// The drop folder, with what well-meaning programs and others may leave in it.

import Foundation
import Logging
import Message
import SMTP
import Support
import Synchronization
import Testing

@testable import Submission

@Suite struct `The drop folder` {
  private let directory: TemporaryDirectory
  private let logged = LoggedLines()
  private let time = ManualTime(Date())
  private let mail = Handed()

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("drop") }

  private func folder() async throws -> DropFolder {
    let log = Logger(label: "test") { [logged] _ in logged }
    let folder = DropFolder(at: path, maxMessageOctets: 100_000, log: log, time: time)
    try await folder.prepare()
    return folder
  }

  /// As letterhead-sendmail leaves it.
  @discardableResult
  private func drop(_ text: String, as name: String = DropName.random(), cut: Int = 0) throws -> String {
    let envelope = Envelope(sender: Address("ada@x.example"), recipients: [Address(localPart: "root", domain: "")])
    let octets = DropHead(envelope: envelope, messageOctets: text.utf8.count).octets + Array(text.utf8)
    return try directory.write(octets.dropLast(cut), to: "drop/\(name)", mode: 0o644)
  }

  @discardableResult
  private func sweep(_ folder: DropFolder) async -> Int {
    await folder.sweep { [mail] in mail.take($0) }
  }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != "refused" }.sorted() }
  }

  private var setAside: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path + "/refused") }
  }

  private func mode(_ path: String) -> mode_t {
    var found = stat()
    return lstat(path, &found) == 0 ? found.st_mode & 0o7777 : 0
  }

  @Test func `is open to everybody for writing alone`() async throws {
    _ = try await folder()
    #expect(mode(path) == 0o1733)
    #expect(mode(path + "/refused") == 0o700)
    chmod(path, 0o777)
    _ = try await folder()
    #expect(mode(path) == 0o1733)
  }

  @Test func `gives each message to the relay once, with the file's owner, and empties itself`() async throws {
    let folder = try await folder()
    try drop("Subject: x\r\n\r\nhello\r\n")
    await sweep(folder)
    await sweep(folder)
    #expect(
      mail.messages == [Handed.Message(owner: getuid(), recipients: ["root"], text: "Subject: x\r\n\r\nhello\r\n")])
    #expect(try files.isEmpty)
    #expect(logged.lines.isEmpty)
  }

  @Test(.enabled(if: getuid() == 0, "only root can give files away"))
  func `knows every user by the file's owner`() async throws {
    let folder = try await folder()
    chown(try drop("x"), 4242, 4242)
    await sweep(folder)
    #expect(mail.messages.map(\.owner) == [4242])
  }

  @Test func `reads a large message piece by piece`() async throws {
    let folder = try await folder()
    let text = String(repeating: "0123456789abcde\r\n", count: 5800)
    try drop(text)
    await sweep(folder)
    #expect(mail.messages.map(\.text) == [text])
  }

  @Test func `keeps what the relay cannot take now, and hands it in again a minute later`() async throws {
    let folder = try await folder()
    try drop("x")
    mail.answer(with: .later("less is free than queue_min_free"))
    await sweep(folder)
    mail.answer(with: .accepted)
    await sweep(folder)
    #expect(mail.messages.count == 1)
    #expect(try files.count == 1)
    time.advance(by: .seconds(61))
    await sweep(folder)
    #expect(mail.messages.count == 2)
    #expect(try files.isEmpty)
  }

  @Test func `sets aside what the relay refuses, and forgets it after a month`() async throws {
    let folder = try await folder()
    let name = DropName.random()
    try drop("x", as: name)
    mail.answer(with: .refused("550 5.7.1 No app matches uid 33"))
    await sweep(folder)
    #expect(try files.isEmpty)
    #expect(try setAside == [name])
    #expect(
      logged.lines == ["drop_refused file=\(name) reason=550 5.7.1 No app matches uid 33 uid=\(getuid())"])
    time.advance(by: .seconds(29 * 86_400))
    await sweep(folder)
    #expect(try setAside == [name])
    time.advance(by: .seconds(2 * 86_400))
    await sweep(folder)
    #expect(try setAside.isEmpty)
  }

  @Test func `hands nothing in twice, even where the file cannot be deleted`() async throws {
    let folder = try await folder()
    let name = DropName.random()
    let file = try drop("x", as: name)
    for _ in 1...2 {
      await folder.sweep { [mail] message in
        unlink(file)
        mkdir(file, 0o700)
        return mail.take(message)
      }
    }
    #expect(mail.messages.count == 1)
    #expect(
      logged.lines == ["drop_not_deleted file=\(name) reason=Is a directory"])
  }

  /// What lies there is left there, and told once.
  private func expectIgnored(_ name: String, because why: String) async throws {
    let folder = try await folder()
    await sweep(folder)
    await sweep(folder)
    #expect(mail.messages.isEmpty)
    #expect(try files == [name])
    #expect(logged.lines == ["drop_ignored file=\(name) reason=\(why)"])
  }

  private func prepared() throws -> String {
    mkdir(path, 0o700)
    return DropName.random()
  }

  @Test func `follows no symbolic link`() async throws {
    let name = try prepared()
    try drop("x", as: "../elsewhere")
    symlink(directory.path("elsewhere"), "\(path)/\(name)")
    try await expectIgnored(name, because: "not a regular file")
  }

  @Test func `takes no hard link, which another user's file may be`() async throws {
    let name = try prepared()
    try drop("x", as: "../elsewhere")
    link(directory.path("elsewhere"), "\(path)/\(name)")
    try await expectIgnored(name, because: "it has a second name")
  }

  @Test func `does not wait for a FIFO`() async throws {
    let name = try prepared()
    mkfifo("\(path)/\(name)", 0o644)
    try await expectIgnored(name, because: "not a regular file")
  }

  @Test func `does not enter a folder`() async throws {
    let name = try prepared()
    mkdir("\(path)/\(name)", 0o755)
    try await expectIgnored(name, because: "not a regular file")
  }

  @Test func `does not read a gigabyte of nothing`() async throws {
    let name = try prepared()
    try drop("x", as: name)
    truncate("\(path)/\(name)", 1 << 30)
    try await expectIgnored(name, because: "larger than max_message_bytes")
  }

  @Test func `takes nothing over the limit`() async throws {
    let name = try prepared()
    try drop(String(repeating: "x", count: 100_001), as: name)
    try await expectIgnored(name, because: "larger than max_message_bytes")
  }

  @Test(.enabled(if: getuid() == 0, "only root can give files away"))
  func `takes nothing of a user whom this host cannot name`() async throws {
    let name = try prepared()
    chown(try drop("x", as: name), 65_534, 65_534)
    try await expectIgnored(name, because: "its owner is no user of this host")
  }

  @Test func `takes nothing that letterhead-sendmail has not written`() async throws {
    let name = try prepared()
    try directory.write("From: a@x.example\n\nhello\n", to: "drop/\(name)")
    try await expectIgnored(name, because: "not a message of letterhead-sendmail")
  }

  @Test func `believes no name`() async throws {
    _ = try prepared()
    try drop("x", as: "uid-0")
    try await expectIgnored("uid-0", because: "not a message of letterhead-sendmail")
  }

  @Test(arguments: [("", 3), ("", 40), ("new.", 0), ("new.", 60)])
  func `waits an hour for the rest of a message`(prefix: String, cut: Int) async throws {
    let folder = try await folder()
    let name = prefix + DropName.random()
    try drop("Subject: x\r\n\r\nhello\r\n", as: name, cut: cut)
    await sweep(folder)
    time.advance(by: .seconds(3000))
    await sweep(folder)
    #expect(try files == [name])
    #expect(logged.lines.isEmpty)
    time.advance(by: .seconds(86_400))
    await sweep(folder)
    #expect(try files.isEmpty)
    #expect(try setAside == [name])
    #expect(mail.messages.isEmpty)
    #expect(logged.lines == ["drop_refused file=\(name) reason=not whole after an hour"])
  }

  @Test func `tells a name that steers a terminal harmlessly`() async throws {
    let folder = try await folder()
    try drop("x", as: "a\u{1B}[2Jb")
    await sweep(folder)
    #expect(logged.lines.count == 1 && logged.lines.allSatisfy { !$0.contains("\u{1B}") })
  }

  @Test func `tells of a thousand strange files and not of more`() async throws {
    let folder = try await folder()
    for number in 0..<1100 { symlink("nowhere", "\(path)/\(number)") }
    try drop("x")
    await sweep(folder)
    await sweep(folder)
    #expect(logged.lines.count == 1000)
    #expect(mail.messages.count == 1)
  }

  @Test func `takes a thousand of one owner, and then the next`() async throws {
    let folder = try await folder()
    for _ in 0..<1010 { try drop("x") }
    for taken in [1000, 10, 0] { #expect(await sweep(folder) == taken) }
    #expect(mail.messages.count == 1010)
  }

  @Test func `hands in what comes while it is watched, and ends when it is told to`() async throws {
    let folder = try await folder()
    let (arrivals, arrival) = AsyncStream.makeStream(of: UInt32.self)
    let running = Task {
      await folder.run { message in
        arrival.yield(message.owner)
        return .accepted
      }
    }
    var came = arrivals.makeAsyncIterator()
    try drop("x")
    #expect(await came.next() == getuid())
    try drop("y", as: "new.0")
    rename("\(path)/new.0", "\(path)/\(DropName.random())")
    #expect(await came.next() == getuid())
    running.cancel()
    await running.value
  }
}

/// What was handed in.
private final class Handed: Sendable {
  struct Message: Equatable {
    let owner: UInt32
    let recipients: [String]
    let text: String
  }

  private let state = Mutex<(messages: [Message], verdict: DropVerdict)>(([], .accepted))

  var messages: [Message] { state.withLock { $0.messages } }

  func answer(with verdict: DropVerdict) { state.withLock { $0.verdict = verdict } }

  func take(_ dropped: DroppedMessage) -> DropVerdict {
    var octets: [UInt8] = []
    while octets.count < dropped.octets, let piece = try? dropped.piece(at: octets.count) { octets += piece }
    let message = Message(
      owner: dropped.owner, recipients: dropped.envelope.recipients.map(\.text),
      text: String(decoding: octets, as: UTF8.self))
    return state.withLock { state in
      state.messages.append(message)
      return state.verdict
    }
  }
}

/// Keeps log lines.
private final class LoggedLines: LogHandler, Sendable {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
    if event.level > .info { kept.withLock { $0.append("\(event.message) \(fields)") } }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .debug }
    set {}
  }
}
