// The sessions of one listener, so that a stop can end them.

import SMTP

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

  /// Ends sessions that are waiting for their client.
  func interrupt() {
    for session in all.values { session.interrupt() }
  }
}
