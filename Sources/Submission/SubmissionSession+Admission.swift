// The beginning and the end of a session: which clients are served, TLS, and the reply to a client whose session is
// ended early.

import Logging
import SMTP
import Sockets
import TLS

extension SubmissionSession {
  /// The reply to a client that gets no banner. Clients that talk before the banner get theirs all the same: what they
  /// say is answered in order, and what is no SMTP ends the session at its first line.
  func admissionRefusal() -> Reply? {
    if server.settings.serves(client) { return nil }
    context.warnThrottled("client not allowed", ["client": "\(client)", "listener": "\(server.settings.address)"])
    return .clientNotAllowed
  }

  func secure() async throws(ConnectionError) {
    guard let tls = server.tls else { throw .closed }
    do throws(TLSError) {
      _ = try await connection.startTLS(asServer: tls, until: .now + context.limits.handshakeTimeout)
    } catch {
      context.log.info("no TLS", metadata: ["client": "\(client)", "why": "\(error)"])
      throw .closed
    }
  }

  /// Tells a client that is still connected why its session ends.
  func leave(because error: ConnectionError) async {
    let reply = lastReply(because: error)
    if let body {
      context.log.notice(
        "broken off",
        metadata: [
          "client": "\(client)", "octets": "\(body.count)", "why": "\(error)", "reply": "\(reply?.text ?? "")",
        ])
    }
    guard let reply else { return }
    say(reply)
    try? await connection.send(output, until: .now + .seconds(1))
  }

  private func lastReply(because error: ConnectionError) -> Reply? {
    switch error {
    case .timedOut where body != nil && dots.hasBareEnd: Replies.endNotSeen
    case .timedOut: Replies.timedOut
    case .cancelled: farewell ?? Replies.shuttingDown
    default: nil
    }
  }
}

extension Reply {
  static let clientNotAllowed = Reply(
    554, EnhancedCode(5, 7, 1), "Mail from your address is not taken here: add it to `allow` of this [[listener]]")
  static let headerTooLarge = Reply(
    554, EnhancedCode(5, 6, 0), "The header is larger than 256 KiB")
}
