// The program's side of a conversation with the relay, where the relay does not do what it should.

import Message
import SMTP
import Support
import Testing

@testable import Sendmail

@Suite struct `A conversation with the relay` {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let start = """
    S: 220 relay.example ESMTP
    C: EHLO host.example
    S: 250 relay.example
    C: MAIL FROM:<>
    S: 250 2.1.0 Ok
    C: RCPT TO:<b@y.example>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 Go on

    """

  /// - Parameter answer: how long an answer may take.
  private func ending(
    of script: String, octets: Int = 100, answer: Duration = .seconds(60)
  ) async throws -> RelayConversation.Ending {
    let path = directory.path("socket")
    let peer = try ScriptedPeer(script, at: path)
    let ending = try await BlockingThread {
      var patience = RelayConversation.Patience()
      (patience.answer, patience.data, patience.end) = (answer, answer, answer)
      let message = MessageCopy()
      try message.append([UInt8](repeating: 0x61, count: octets))
      let envelope = Envelope(sender: nil, recipients: [Address(localPart: "b", domain: "y.example")])
      let socket = try SubmitSocket(path: path, patience: answer)
      return RelayConversation(with: socket, patience: patience).hand(message, to: envelope, from: "host.example")
    }.value
    _ = try? await peer.finish()
    return ending
  }

  @Test(arguments: [
    // It says nothing at all.
    "C: never",
    "S: 220 relay.example\nC: EHLO *\nC: never",
    start + "C: (body)\nC: never",
  ])
  func `is over when the relay has been silent for too long`(script: String) async throws {
    #expect(try await ending(of: script, answer: .milliseconds(300)) == .unanswered("it does not answer"))
  }

  @Test(arguments: [
    ("S: (closes)", "it has broken off"), (start + "S: (closes)", "it has broken off"),
    (start + "C: (body)\nS: (closes)", "it has broken off"),
    (start + "C: (body)\nS: 421 4.3.2 Stopping", "421 4.3.2 Stopping"),
    ("S: SSH-2.0-OpenSSH", "what answers there is no relay"),
    ("S: 421 4.7.0 Too many connections", "421 4.7.0 Too many connections"),
  ])
  func `that breaks off tells nothing of the message`(script: String, why: String) async throws {
    #expect(try await ending(of: script) == .unanswered(why))
  }

  @Test(arguments: [100, 4_000_000])
  func `tells why the relay breaks off in the middle of a message`(octets: Int) async throws {
    let reply = Reply(552, EnhancedCode(5, 3, 4), "Too large")
    let ending = try await ending(of: Self.start + "S: 552 5.3.4 Too large\nS: (closes)", octets: octets)
    #expect(ending == .refused(reply))
  }
}

@Suite struct `The copy of a message` {
  @Test(arguments: [0, 10, MessageCopy.memoryOctets, MessageCopy.memoryOctets + 1, 1_000_000])
  func `is what was put into it, in memory or in a file`(count: Int) throws {
    let folder = try TemporaryDirectory()
    let copy = MessageCopy(folders: ["/nonexistent", folder.path])
    let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    for start in stride(from: 0, to: count, by: 10_007) {
      try copy.append(Array(octets[start..<min(start + 10_007, count)]))
    }
    var read: [UInt8] = []
    while read.count < copy.count { read += try copy.piece(at: read.count) }
    #expect(read == octets)
    #expect(copy.count == count)
    #expect(try copy.piece(at: count).isEmpty)
  }
}
