// A submission server on loopback for what no script can foresee: any number of sessions, in any order, and a rule for
// what to answer.

import SMTP
import Sockets
import Synchronization

/// Takes mail over plain SMTP with PIPELINING, and remembers it.
final class FakeProvider: Sendable {
  struct Arrival: Sendable, Equatable {
    let session: Int
    let sender: String
    let recipients: [String]
    let text: String

    var subject: String {
      let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Subject: ") } ?? ""
      return String(line.dropFirst(9))
    }
  }

  /// What it answers to a command in place of its own answer: `nil` leaves that, "" hangs up.
  typealias Rule = @Sendable (_ command: String, _ sessions: Int) -> String?

  private struct State {
    var rule: Rule
    var sessions = 0
    var open = 0
    var mostOpen = 0
    var arrivals: [Arrival] = []
    var commands: [String] = []
    var lines: [Int: Interrupter] = [:]
  }

  /// What of one connection has come in and when.
  private final class Arriving {
    var buffer = LineBuffer()
    var since = ContinuousClock.now

    func take(_ octets: UnsafeRawBufferPointer) {
      buffer.append(octets)
      since = .now
    }
  }

  let endpoint: Endpoint
  private let loop = EventLoop(name: "provider")
  private let state: Mutex<State>
  private let extensions: [String]
  /// There and back: what was said at one time is answered at one time, so much later.
  private let distance: Duration
  private let serving: Mutex<Task<Void, Never>?>

  init(
    port: UInt16 = 0, extensions: [String] = ["PIPELINING", "CHUNKING", "AUTH PLAIN"], distance: Duration = .zero,
    rule: @escaping Rule = { _, _ in nil }
  ) throws {
    let listener = try Listener(address: "127.0.0.1:\(port)")
    endpoint = listener.endpoint
    self.extensions = extensions
    self.distance = distance
    state = Mutex(State(rule: rule))
    serving = Mutex(nil)
    loop.start()
    let loop = loop
    let task = loop.start { [weak self] in
      await withDiscardingTaskGroup { group in
        while let connection = try? await listener.accept(on: loop) {
          guard let self else { return }
          let handover = Handover(connection)
          group.addTask { await self.serve(handover.connection) }
        }
      }
    }
    serving.withLock { $0 = task }
  }

  deinit { loop.stop() }

  var arrivals: [Arrival] { state.withLock { $0.arrivals } }
  var sessions: Int { state.withLock { $0.sessions } }
  var open: Int { state.withLock { $0.open } }
  var mostOpen: Int { state.withLock { $0.mostOpen } }
  var commands: [String] { state.withLock { $0.commands } }

  func count(of verb: String) -> Int { commands.count { $0.hasPrefix(verb) } }

  func answer(_ rule: @escaping Rule) { state.withLock { $0.rule = rule } }

  /// On everybody who is connected.
  func hangUp() { state.withLock { Array($0.lines.values) }.forEach { $0.interrupt() } }

  // MARK: A session

  private func serve(_ connection: Connection) async {
    let number = state.withLock { state in
      state.sessions += 1
      state.open += 1
      state.lines[state.sessions] = connection.interrupter
      state.mostOpen = max(state.mostOpen, state.open)
      return state.sessions
    }
    try? await converse(over: connection, number)
    state.withLock { state in
      state.open -= 1
      state.lines[number] = nil
    }
    connection.close()
  }

  private func converse(over connection: Connection, _ number: Int) async throws {
    let arriving = Arriving()
    var sender = ""
    var recipients: [String] = []
    guard try await say(rule(for: "(greeting)", number) ?? "220 fake ready", over: connection, arriving) else { return }
    while let line = try await line(over: connection, arriving) {
      let command = String(decoding: line, as: UTF8.self)
      state.withLock { $0.commands.append(command) }
      let verb = command.prefix(4).uppercased()
      var text: String?
      if verb == "BDAT" {
        let count = Int(command.split(separator: " ")[1]) ?? 0
        text = String(decoding: try await octets(count, over: connection, arriving), as: UTF8.self)
      }
      if let given = rule(for: command, number) {
        guard try await say(given, over: connection, arriving) else { return }
        continue
      }
      switch verb {
      case "EHLO": _ = try await say(Self.reply(250, ["fake"] + extensions), over: connection, arriving)
      case "AUTH": _ = try await say("235 2.7.0 OK", over: connection, arriving)
      case "MAIL":
        (sender, recipients) = (Self.path(command), [])
        _ = try await say("250 2.1.0 OK", over: connection, arriving)
      case "RCPT":
        recipients.append(Self.path(command))
        _ = try await say("250 2.1.5 OK", over: connection, arriving)
      case "DATA":
        _ = try await say("354 Go ahead", over: connection, arriving)
        text = try await data(over: connection, arriving)
        fallthrough
      case "BDAT":
        let arrival = Arrival(session: number, sender: sender, recipients: recipients, text: text ?? "")
        let refusal = rule(for: "(message) \(text ?? "")", number)
        if refusal == nil { state.withLock { $0.arrivals.append(arrival) } }
        guard try await say(refusal ?? "250 2.0.0 taken", over: connection, arriving) else { return }
      case "QUIT":
        _ = try await say("221 2.0.0 Bye", over: connection, arriving)
        return
      default: _ = try await say("250 2.0.0 OK", over: connection, arriving)
      }
    }
  }

  private func rule(for command: String, _ number: Int) -> String? {
    let rule = state.withLock { $0.rule }
    return rule(command, number)
  }

  private func say(_ reply: String, over connection: Connection, _ arriving: Arriving) async throws -> Bool {
    if reply.isEmpty { return false }
    if distance > .zero { try await loop.sleep(until: arriving.since + distance) }
    try await connection.send(Array("\(reply)\r\n".utf8), until: .now + .seconds(5))
    return true
  }

  private func line(over connection: Connection, _ arriving: Arriving) async throws -> [UInt8]? {
    while true {
      if case .octets(let line) = arriving.buffer.nextLine(limit: 10_000) { return Array(line) }
      let more: Void? = try await connection.receive(until: .now + .seconds(60)) { arriving.take($0) }
      if more == nil { return nil }
    }
  }

  private func octets(_ count: Int, over connection: Connection, _ arriving: Arriving) async throws -> [UInt8] {
    var octets: [UInt8] = []
    while octets.count < count {
      arriving.buffer.drain { waiting in
        let part = waiting.prefix(count - octets.count)
        octets.append(contentsOf: part)
        return part.count
      }
      if octets.count == count { break }
      let more: Void? = try await connection.receive(until: .now + .seconds(60)) { arriving.take($0) }
      if more == nil { break }
    }
    return octets
  }

  private func data(over connection: Connection, _ arriving: Arriving) async throws -> String {
    var text = ""
    while let line = try await line(over: connection, arriving), line != [UInt8(ascii: ".")] {
      text += String(decoding: line, as: UTF8.self) + "\r\n"
    }
    return text
  }

  private static func reply(_ code: Int, _ lines: [String]) -> String {
    lines.enumerated().map { "\(code)\($0.offset == lines.count - 1 ? " " : "-")\($0.element)" }
      .joined(separator: "\r\n")
  }

  private static func path(_ command: String) -> String {
    String(command.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
  }
}

/// Carries a connection into its own task.
///
/// Unchecked: Connection is not Sendable, and the accepting task never touches it after handing it over.
private struct Handover: @unchecked Sendable {
  let connection: Connection

  init(_ connection: Connection) { self.connection = connection }
}

/// Says one thing to whoever comes, hears nothing, and hangs up.
final class OneLiner: Sendable {
  let endpoint: Endpoint
  private let loop = EventLoop(name: "one-liner")

  init(_ words: String) throws {
    let listener = try Listener(address: "127.0.0.1:0")
    endpoint = listener.endpoint
    loop.start()
    let loop = loop
    loop.start {
      while let connection = try? await listener.accept(on: loop) {
        try? await connection.send(Array(words.utf8), until: .now + .seconds(5))
        await connection.finish(until: .now + .milliseconds(words.isEmpty ? 1 : 500))
      }
    }
  }

  deinit { loop.stop() }
}
