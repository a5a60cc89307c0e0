// One side of a transcript, played over a blocking socket. What ScriptedPeer and ScriptedClient share.

internal import Foundation

/// What was heard while a transcript was played.
package struct Conversation: Sendable {
  /// The messages heard, dots un-stuffed, without the mark of their end.
  package var bodies: [[UInt8]] = []
  /// Every line heard, without line ends; bodies not among them.
  package var heard: [String] = []
}

struct Performance {
  let transcript: Transcript
  let side: Transcript.Side
  let cut: Pieces
  let certificate: TestCertificate?
  /// What `(body)` says when it is ours to say.
  var body: [UInt8] = []
  var connection: Int?

  private func part(_ step: Int, _ instead: String) -> Divergence {
    Divergence(from: transcript, at: step, instead: instead, connection: connection)
  }

  func play(over socket: BlockingSocket) throws -> Conversation {
    var conversation = Conversation()
    var chunk: Int?
    var index = 0
    while index < transcript.steps.count {
      let step = transcript.steps[index]
      do {
        if step.side == side, case .event = step.action {
        } else if step.side == side {
          let (octets, next) = transcript.burst(from: index, of: side)
          chunk = Self.chunk(announcedBy: String(decoding: octets, as: UTF8.self)) ?? chunk
          try socket.write(octets, cut: cut)
          index = next
          continue
        }
        switch step.action {
        case .event(let event):
          try happen(event, by: step.side ?? side, at: index, over: socket, chunk: &chunk, &conversation)
        case .raw(let raw):
          let heard = try socket.octets(raw.count)
          guard heard == raw else { throw part(index, "heard: \(heard.map { readable($0) } ?? "(closes)")") }
        case .line(let written):
          let line = try hearLine(written, at: index, over: socket)
          conversation.heard.append(line)
          chunk = Self.chunk(announcedBy: line) ?? chunk
        }
      } catch let error as SocketError {
        throw part(index, Self.sentence(error))
      }
      index += 1
    }
    return conversation
  }

  private func hearLine(_ written: [UInt8], at index: Int, over socket: BlockingSocket) throws -> String {
    guard let line = try socket.line() else { throw part(index, "heard: (closes)") }
    guard line.suffix(2) == [13, 10] else { throw part(index, "heard a line not ended by CRLF: \(readable(line))") }
    guard Transcript.line(line.dropLast(2), matches: written) else {
      throw part(index, "heard: \(readable(line.dropLast(2)))")
    }
    return String(decoding: line.dropLast(2), as: UTF8.self)
  }

  private func happen(
    _ event: Transcript.Event, by who: Transcript.Side, at index: Int, over socket: BlockingSocket, chunk: inout Int?,
    _ conversation: inout Conversation
  ) throws {
    switch event {
    case .waits(let duration):
      Thread.sleep(
        forTimeInterval: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    case .startsTLS:
      guard socket.unread.isEmpty else {
        throw part(index, "said in clear behind STARTTLS: \(readable(socket.unread))")
      }
      try socket.startTLS(side == .server ? certificate : nil)
    case .closes where who == side: socket.close()
    case .resets where who == side: socket.reset()
    case .closes, .resets: try hearEnd(at: index, over: socket)
    case .body where who == side:
      try socket.write(chunk == nil ? Self.stuffed(body) : body, cut: cut)
      chunk = nil
    case .body:
      conversation.bodies.append(try hearBody(chunk, at: index, over: socket))
      chunk = nil
    }
  }

  private func hearEnd(at index: Int, over socket: BlockingSocket) throws {
    do {
      if let line = try socket.line() { throw part(index, "heard: \(readable(line))") }
    } catch SocketError.reset {
      return
    }
  }

  private func hearBody(_ chunk: Int?, at index: Int, over socket: BlockingSocket) throws -> [UInt8] {
    if let chunk {
      guard let body = try socket.octets(chunk) else { throw part(index, "heard: (closes), inside the chunk") }
      return body
    }
    var body: [UInt8] = []
    while let line = try socket.line() {
      if line == [UInt8(ascii: "."), 13, 10], body.isEmpty || body.suffix(2) == [13, 10] { return body }
      body +=
        line.first == UInt8(ascii: ".") && (body.isEmpty || body.suffix(2) == [13, 10]) ? line.dropFirst() : line[...]
    }
    throw part(index, "heard: (closes), before the end of the message")
  }

  /// The octets a `BDAT` announces; 0 belongs to no body.
  private static func chunk(announcedBy said: String) -> Int? {
    guard let line = said.split(separator: "\r\n").last, line.uppercased().hasPrefix("BDAT ") else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  private static func stuffed(_ body: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = []
    var last: (UInt8, UInt8) = (13, 10)
    for octet in body {
      if octet == UInt8(ascii: "."), last == (13, 10) { octets.append(octet) }
      octets.append(octet)
      last = (last.1, octet)
    }
    if !octets.isEmpty, octets.suffix(2) != [13, 10] { octets += [13, 10] }
    return octets + Array(".\r\n".utf8)
  }

  private static func sentence(_ error: SocketError) -> String {
    switch error {
    case .timedOut: "nothing was heard in time"
    case .reset: "heard: (resets)"
    case .tls(let words): "TLS failed: \(words)"
    case .failed(let call, let number): "\(call) failed: \(String(cString: strerror(number)))"
    }
  }
}
