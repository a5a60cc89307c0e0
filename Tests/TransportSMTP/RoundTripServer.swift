// A server that proves how many messages are under way at once: it answers a round of messages when all of the round
// have come, and no sooner. Whoever waits for answers in between would wait for ever.

import SMTP
import Sockets
import Synchronization

final class RoundTripServer: Sendable {
  let endpoint: Endpoint
  private let loop = EventLoop(name: "server")
  private let recipients = Mutex<[String]>([])

  /// - Parameter rounds: how many messages come before the first of them is answered, one number a round.
  init(rounds: [Int]) throws {
    let listener = try Listener(address: "127.0.0.1:0")
    endpoint = listener.endpoint
    loop.start()
    let loop = loop
    loop.start { [weak self] in
      guard let connection = try? await listener.accept(on: loop) else { return }
      try? await self?.serve(rounds, over: connection)
      connection.close()
    }
  }

  deinit { loop.stop() }

  /// Recipients in the order in which their messages came.
  var arrivals: [String] { recipients.withLock { $0 } }

  private func serve(_ rounds: [Int], over connection: Connection) async throws {
    let line = Line(over: connection)
    try await line.say("220 ready")
    _ = try await line.command()
    try await line.say("250-server\r\n250-PIPELINING\r\n250 CHUNKING")
    for count in rounds {
      var replies: [String] = []
      for _ in 0..<count { replies += try await takeMessage(from: line) }
      try await line.say(replies.joined(separator: "\r\n"))
    }
    _ = try await line.command()
    try await line.say("221 Bye")
  }

  /// - Returns: the replies to its commands.
  private func takeMessage(from line: Line) async throws -> [String] {
    var replies: [String] = []
    while true {
      let command = try await line.command()
      replies.append("250 OK")
      if command.hasPrefix("RCPT TO:<") { recipients.withLock { $0.append(String(command.dropFirst(9).dropLast())) } }
      if command.hasPrefix("BDAT ") {
        try await line.skip(Int(command.split(separator: " ")[1]) ?? 0)
        return replies
      }
    }
  }
}

/// The server's end of a connection.
private final class Line {
  struct Ended: Error {}

  private let connection: Connection
  private var buffer = LineBuffer()

  init(over connection: Connection) {
    self.connection = connection
  }

  func say(_ reply: String) async throws {
    try await connection.send(Array("\(reply)\r\n".utf8), until: .now + .seconds(60))
  }

  func command() async throws -> String {
    while true {
      if case .octets(let line) = buffer.nextLine(limit: 1000) { return String(decoding: line, as: UTF8.self) }
      try await receive()
    }
  }

  func skip(_ count: Int) async throws {
    var left = count
    while true {
      buffer.drain { waiting in
        let part = min(waiting.count, left)
        left -= part
        return part
      }
      if left == 0 { return }
      try await receive()
    }
  }

  private func receive() async throws {
    let received: Void? = try await connection.receive(until: .now + .seconds(60)) { buffer.append($0) }
    if received == nil { throw Ended() }
  }
}
