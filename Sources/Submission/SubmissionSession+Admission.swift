// The beginning and the end of a session: which clients are served, TLS, and the reply to a client whose session is
// ended early.

import Logging
import SMTP
import Sockets
import TLS

extension SubmissionSession {
  /// The reply to a client that gets no banner.
  func admissionRefusal() throws(ConnectionError) -> Reply? {
    guard server.settings.serves(client) else {
      context.warnThrottled("client not allowed", ["client": "\(client)", "listener": "\(server.settings.address)"])
      return .clientNotAllowed
    }
    // A client that sends before the banner does not speak SMTP, or sends what somebody else made it send.
    return try hasSpoken() ? Replies.earlyTalker : nil
  }

  /// Reads without waiting.
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
      _ = try await connection.startTLS(asServer: tls, until: .now + context.limits.handshakeTimeout)
    } catch {
      context.log.info("no TLS", metadata: ["client": "\(client)", "why": "\(error)"])
      throw .closed
    }
  }

  /// Tells a client that is still connected why its session ends.
  func leave(because error: ConnectionError) async {
    if let body {
      context.log.notice(
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
