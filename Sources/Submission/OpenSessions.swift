// The sessions of one listener, so that a stop can end them and people can see them.

import Access
import SMTP
import Sockets

/// Used on the listener's loop only.
//
// @unchecked: a session is confined to its task, and this set to the loop, which `EventLoop.start` is the only way to
// enter. A lock would be taken for every session and never be contended.
final class OpenSessions<Destination: Intake>: @unchecked Sendable {
  private var all: [ObjectIdentifier: SubmissionSession<Destination>] = [:]
  private var farewell: Reply?

  var isEmpty: Bool { all.isEmpty }

  func enter(_ session: SubmissionSession<Destination>) {
    all[ObjectIdentifier(session)] = session
    if let farewell { session.drain(saying: farewell) }
  }

  func leave(_ session: SubmissionSession<Destination>) { all[ObjectIdentifier(session)] = nil }

  /// Each session ends at its next idle point, with this reply.
  func drain(saying farewell: Reply) {
    self.farewell = farewell
    for session in all.values { session.drain(saying: farewell) }
  }

  /// Each session of this app ends at its next idle point.
  func drain(of app: String, saying farewell: Reply) {
    for session in all.values where session.client.app == app { session.revoke(saying: farewell) }
  }

  var summaries: [LiveSession] { all.values.map(\.summary) }

  /// Ends sessions that are waiting for their client.
  func interrupt() {
    for session in all.values { session.interrupt() }
  }
}

extension SubmissionSession {
  fileprivate var summary: LiveSession {
    LiveSession(
      client, app: server.access.rules().app(of: client)?.name, seconds: Int((Instant.now - since) / .seconds(1)),
      accepted: accepted, isSecured: dialogue.isSecured)
  }
}
