// The sessions of one listener, so that a stop can end them.

import Sockets

/// Used on the listener's loop only.
//
// @unchecked: a session is confined to its task, and this set to the loop, which `EventLoop.start` is the only way to
// enter. A lock would be taken for every session and never be contended.
final class OpenSessions<Destination: Intake>: @unchecked Sendable {
  private var all: [ObjectIdentifier: SubmissionSession<Destination>] = [:]
  private var isDraining = false

  var isEmpty: Bool { all.isEmpty }

  func enter(_ session: SubmissionSession<Destination>) {
    all[ObjectIdentifier(session)] = session
    if isDraining { session.drain() }
  }

  func leave(_ session: SubmissionSession<Destination>) { all[ObjectIdentifier(session)] = nil }

  /// Each session ends at its next idle point.
  func drain() {
    isDraining = true
    for session in all.values { session.drain() }
  }

  /// Ends sessions that are waiting for their client.
  func interrupt() {
    for session in all.values { session.interrupt() }
  }
}
