// Coming in and going out: who is let in, TLS, and the last words to a session that ends before its client wished.

import Logging
import SMTP
import Sockets
import TLS

extension SubmissionSession {
  /// Why this client gets no banner.
  func refusalAtTheDoor() throws(ConnectionError) -> Reply? {
    guard server.settings.serves(client) else {
      door.complain("client not allowed", ["client": "\(client)", "listener": "\(server.settings.address)"])
      return .clientNotAllowed
    }
    // Whoever speaks before the banner does not speak SMTP, or speaks what somebody else put in its mouth.
    return try hasSpoken() ? Replies.earlyTalker : nil
  }

  /// Looks without waiting.
  private func hasSpoken() throws(ConnectionError) -> Bool {
    let progress = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) {
      connection.cipher?.read(into: $0) ?? connection.channel.read(into: $0)
    }
    switch progress {
    case .octets: return true
    case .wantsRead, .wantsWrite: return false
    case .ended: throw .closed
    case .failed(let error): throw error
    }
  }

  func secure() async throws(ConnectionError) {
    guard let tls = server.tls else { throw .closed }
    do throws(TLSError) {
      _ = try await connection.startTLS(asServer: tls, until: .now + door.limits.handshakeTimeout)
    } catch {
      door.log.info("no TLS", metadata: ["client": "\(client)", "why": "\(error)"])
      throw .closed
    }
  }

  /// A client that is still there hears why it is left.
  func leave(because error: ConnectionError) async {
    if let body {
      door.log.notice(
        "broken off", metadata: ["client": "\(client)", "octets": "\(body.count)", "why": "\(error)"])
    }
    switch error {
    case .timedOut: say(Replies.timedOut)
    case .cancelled: say(Replies.shuttingDown)
    default: return
    }
    try? await connection.send(output, until: .now + .seconds(1))
  }
}

extension Reply {
  static let clientNotAllowed = Reply(
    554, EnhancedCode(5, 7, 1), "Mail from your address is not taken here: add it to `allow` of this [[listener]]")
  static let headerTooLarge = Reply(
    554, EnhancedCode(5, 6, 0), "The header is larger than 256 KiB")
}
