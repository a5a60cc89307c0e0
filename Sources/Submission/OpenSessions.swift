// The sessions of one listener, so that stopping can reach them.

import Sockets

/// Touched on the listener's loop alone.
//
// @unchecked: a session is confined to its task, and this set to the loop; `EventLoop.start` is the only way in from
// elsewhere. A lock here would be taken for every session and never contended.
final class OpenSessions<Keeper: Intake>: @unchecked Sendable {
  private var all: [ObjectIdentifier: SubmissionSession<Keeper>] = [:]
  private var isDraining = false

  var isEmpty: Bool { all.isEmpty }

  func enter(_ session: SubmissionSession<Keeper>) {
    all[ObjectIdentifier(session)] = session
    if isDraining { session.drain() }
  }

  func leave(_ session: SubmissionSession<Keeper>) { all[ObjectIdentifier(session)] = nil }

  /// Each session ends at its next idle point.
  func drain() {
    isDraining = true
    for session in all.values { session.drain() }
  }

  /// Ends what still waits for its client.
  func interrupt() {
    for session in all.values { session.interrupt() }
  }
}
