// What the service manager hears of the relay. Changes nothing in it.

import Platform
import Sockets
import Status
import Synchronization

/// One relay's words to the manager that has started it, where one has.
final class Supervision: Sendable {
  private let manager: ServiceManager?
  private struct State {
    var sentence = ""
    var isStopping = false
  }

  private let state = Mutex(State())

  init(_ manager: ServiceManager?) { self.manager = manager }

  /// Listeners are open, or the configuration is read.
  func ready() { manager?.tell(.ready) }

  func reloading() { manager?.tell(.reloading) }

  /// No state is shown any more.
  func stopping() {
    state.withLock { $0.isStopping = true }
    manager?.tell(.stopping, .status("Stopping: finishes what is in flight."))
  }

  /// Tells how the relay is, where that has changed.
  func show(_ snapshot: Snapshot) {
    guard let manager else { return }
    let sentence = snapshot.sentence
    let isNew = state.withLock { state in
      defer { state.sentence = sentence }
      return state.sentence != sentence && !state.isStopping
    }
    if isNew { manager.tell(.status(sentence)) }
  }

  /// Tells the watchdog that the relay is alive, each time that all `loops` have done what they were given; until the task is
  /// cancelled. One loop that hangs silences it, and the manager ends the process and starts another.
  func watch(_ loops: [EventLoop], by time: any TimeSource) async {
    guard let manager, let limit = manager.watchdog else { return }
    while !Task.isCancelled {
      for loop in loops { await loop.run {} }
      manager.tell(.alive)
      await time.sleep(for: limit / 3)
    }
  }
}
