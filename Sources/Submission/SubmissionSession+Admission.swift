// The beginning and the end of a session, and whom it admits in between: which clients are served, who signs in, which
// senders and recipients are taken, TLS, and the reply to a client whose session is ended early.

import Access
import Logging
import Logs
import Platform
import SMTP
import Sockets
import TLS

extension SubmissionSession {
  /// The reply to a client that gets no banner. Clients that talk before the banner get theirs all the same: what they
  /// say is answered in order, and what is no SMTP ends the session at its first line.
  func admissionRefusal() -> Reply? {
    if server.settings.serves(client, through: connection.peer.host) { return nil }
    server.counters.connectionsRefused.add()
    context.tellThrottled(.clientNotAllowed, logged([.listener: server.settings.address]))
    return .clientNotAllowed
  }

  // MARK: Whom it admits

  /// Finds the entity: a client whose sender fits none, or that may not send as it, is refused before it has sent a
  /// message.
  func admit(_ sender: Address?, _ parameters: MailParameters) -> Reply {
    route = nil
    if let revocation { return revocation }
    do throws(RouteRefusal) {
      route = try server.intake.route(request(for: sender))
    } catch {
      return error.reply
    }
    return parameters.size.flatMap { route?.refusal(ofOctets: $0) } ?? Replies.senderAdmitted
  }

  func admit(_ recipient: Address) -> Reply { route?.refusal(of: recipient) ?? Replies.recipientAdmitted }

  func request(for sender: Address?) -> RouteRequest {
    RouteRequest(
      client: client, listenerEntity: server.settings.entity, unknown: server.settings.unknown,
      namedAtSignIn: namedAtSignIn, sender: sender)
  }

  /// Who it is, for a line of the log.
  func logged(_ facts: LoggedFields = [:]) -> LoggedFields {
    let app = route?.app ?? server.access.rules().app(of: client)
    return facts + client.logged(as: app?.name)
  }

  // MARK: Signing in

  /// The step that the answer leads to: a verdict by PLAIN and LOGIN, the server's challenge by SCRAM.
  func answer(_ question: SASLQuestion) async -> DialogueStep {
    guard server.access.admitsSignIn(of: client) else { return .close(SignInThrottle.refusal) }
    usernameAsked = String(question.username.prefix(64))
    return dialogue.settle(await server.access.signIns.answer(question))
  }

  /// From here on the client is the app. One whose password was revoked in this moment is sent away.
  func welcome(_ username: String, with reply: Reply) -> DialogueStep {
    guard server.access.noteSignIn(of: client) else { return .close(SignInThrottle.refusal) }
    guard let user = server.access.signIns.signedIn(as: username) else { return .close(Replies.signInRevoked) }
    client.app = user.app
    namedAtSignIn = user.entity
    return .reply(reply)
  }

  /// A wrong password is answered the more slowly the more there were.
  func slowDown(_ reply: Reply) async throws(ConnectionError) -> DialogueStep {
    context.log.tell(.wrongPassword, logged([.user: usernameAsked]))
    guard let delay = server.access.noteWrongSignIn(of: client) else { return .close(SignInThrottle.refusal) }
    try await pause(for: delay)
    return .reply(reply)
  }

  private func pause(for delay: Duration) async throws(ConnectionError) {
    do { try await connection.loop.sleep(until: .now + delay) } catch { throw .cancelled }
  }

  // MARK: TLS

  func secure() async throws(ConnectionError) {
    guard let tls = server.tls else { throw .closed }
    do throws(TLSError) {
      _ = try await connection.startTLS(asServer: tls, until: .now + context.limits.handshakeTimeout)
    } catch {
      noteFailedTLS(error)
      throw .closed
    }
  }

  /// A monitor of this host or of a listed proxy connects and says nothing.
  private func noteFailedTLS(_ error: TLSError) {
    let isMonitor = client.isLocal || server.settings.proxies.contains(connection.peer.host)
    if case .lost(let loss) = error, loss != .timedOut, isMonitor { return server.counters.probes.add() }
    context.log.tell(.tlsFailed, logged([.reason: "\(error)"]))
  }

  /// Tells a client that is still connected why its session ends.
  func leave(because error: ConnectionError) async {
    let reply = lastReply(because: error)
    if let body {
      let facts: LoggedFields = [
        .entity: route?.entity, .octets: "\(body.count)", .reason: "\(error)", .reply: reply?.text,
      ]
      context.log.tell(.interrupted, logged(facts + .envelope(body.envelope)))
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
