// Puts a session, or a test of a connection, opposite a scripted peer on loopback.

import Diagnosis
import Foundation
import Mailboxes
import Message
import OAuth
import SMTP
import Sockets
import Support
import Synchronization
import Testing
import Transport
import TransportSupport

@testable import TransportSMTP

/// What one session has come to.
struct Played: Sendable {
  var transmissions: [Transmission] = []
  var error: TransportError?
  var mechanism: String?
  var conversations: [Conversation] = []

  var outcomes: [Outcome] { transmissions.first?.outcomes ?? [] }
}

/// Short enough for a test, long enough for a busy machine.
let briefly = Timeouts(
  lookUp: .seconds(5), connect: .seconds(5), tls: .seconds(5), greeting: .seconds(2), command: .seconds(5),
  mail: .seconds(5), recipient: .seconds(5), data: .seconds(5), block: .seconds(5), end: .seconds(5))

/// Opens a session and sends the messages over it, one after another.
func upstream(
  sending messages: [PreparedMessage] = [], to mailbox: Mailbox = .test(), tokens: (any TokenSupply)? = nil,
  timeouts: Timeouts = briefly, cut: Pieces = .whole, certificate: TestCertificate? = .good, script: String...
) async throws -> Played {
  try await upstream(
    sending: messages, to: mailbox, tokens: tokens, timeouts: timeouts, cut: cut, certificate: certificate,
    scripts: script)
}

func upstream(
  sending messages: [PreparedMessage] = [], to mailbox: Mailbox = .test(), tokens: (any TokenSupply)? = nil,
  timeouts: Timeouts = briefly, cut: Pieces = .whole, certificate: TestCertificate? = .good, scripts: [String]
) async throws -> Played {
  let peer = try ScriptedPeer(scripts: scripts, cut: cut, certificate: certificate)
  let loop = EventLoop(name: "test")
  loop.start()
  defer { loop.stop() }
  var mailbox = mailbox
  mailbox.server.host = mailbox.server.host.hasSuffix(".example") ? peer.endpoint.host : mailbox.server.host
  mailbox.server.port = peer.endpoint.port
  let transport = SMTPTransport(mailbox, through: .test, timeouts: timeouts, on: loop, tokens: tokens)
  var played = await loop.run { await play(messages, over: transport) }
  played.conversations = try await peer.finish()
  return played
}

/// What opening a session to `mailbox`'s own host has come to.
func openingError(
  _ mailbox: Mailbox, through network: Network = .test, timeouts: Timeouts = briefly,
  certificate: TestCertificate? = .good, script: String
) async throws -> TransportError? {
  let peer = try ScriptedPeer(script, certificate: certificate)
  let loop = EventLoop(name: "test")
  loop.start()
  defer { loop.stop() }
  var mailbox = mailbox
  mailbox.server.port = peer.endpoint.port
  let transport = SMTPTransport(mailbox, through: network, timeouts: timeouts, on: loop)
  let played = await loop.run { await play([], over: transport) }
  // A peer that is left in the middle of a handshake has its own opinion of that.
  _ = try? await peer.finish()
  return played.error
}

func openingError(_ mailbox: Mailbox, through network: Network) async throws -> TransportError? {
  try await onLoop { loop in
    await play([], over: SMTPTransport(mailbox, through: network, timeouts: briefly, on: loop)).error
  }
}

private func play(_ messages: [PreparedMessage], over transport: SMTPTransport) async -> Played {
  var played = Played()
  do throws(TransportError) {
    let session = try await transport.open()
    played.mechanism = session.mechanism
    for message in messages { played.transmissions.append(await session.send(message, now: noon)) }
    await session.close()
  } catch {
    played.error = error
  }
  return played
}

extension Network {
  static let test = Network(hostname: "relay.example", resolver: Resolver(), dialer: Dialer())
}

extension PreparedMessage {
  /// To these local parts at example.org.
  static func test(
    to recipients: String..., body: String = "Hello.\r\n", uses8BitMIME: Bool = false
  ) -> PreparedMessage {
    PreparedMessage(
      envelope: Envelope(
        sender: Address(localPart: "office", domain: "firm.example"),
        recipients: recipients.map { Address(localPart: $0, domain: "example.org") }),
      header: Array("Subject: test\r\n\r\n".utf8), body: .octets(Array(body.utf8)[...]), uses8BitMIME: uses8BitMIME)
  }

  static let order = test(to: "ada")
}

/// Hands out these tokens in turn, and remembers which were refused.
final class Tokens: TokenSupply {
  private let state: Mutex<(left: [String], rejected: [String])>

  init(_ tokens: String...) { state = Mutex((tokens, [])) }

  var rejected: [String] { state.withLock { $0.rejected } }

  func accessToken(now: Date) async throws(TokenError) -> AccessToken {
    guard let token = state.withLock({ $0.left.first }) else { throw .refused(error: "invalid_grant", description: "") }
    return AccessToken(secret: Secret(token), expiresAt: now.addingTimeInterval(3600))
  }

  func reject(_ token: AccessToken) async {
    state.withLock { state in
      state.rejected.append(token.secret.reveal())
      state.left.removeFirst()
    }
  }

  func keepAlive(now: Date) async throws(TokenError) {}
}

/// Greeting and EHLO of a server that offers these.
func opening(_ extensions: String...) -> String {
  let lines = ["smtp.provider.example"] + extensions
  let replies = lines.enumerated().map { "S: 250\($0.offset == lines.count - 1 ? " " : "-")\($0.element)" }
  return (["S: 220 smtp.provider.example ready", "C: EHLO relay.example"] + replies).joined(separator: "\n") + "\n"
}
