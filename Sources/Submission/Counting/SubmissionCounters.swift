// What the ways in count for monitoring, since the relay was started.

import Access
package import Platform
import SMTP
import Spool
import Synchronization

/// One for the process.
package final class SubmissionCounters: Sendable {
  /// Whose mail it is, and which app has sent it.
  package struct Origin: Hashable, Sendable {
    package var entity: String
    package var app: String

    package init(entity: String, app: String) {
      self.entity = entity
      self.app = app
    }
  }

  package let messages = CounterFamily<Origin>()
  package let octets = CounterFamily<Origin>()
  private let listeners = Mutex<[String: ListenerCounters]>([:])

  package init() {}

  /// By the address that the configuration gives it, or by what stands for one, such as the drop folder.
  package func listener(_ address: String) -> ListenerCounters {
    listeners.withLock { listeners in
      if let counters = listeners[address] { return counters }
      let counters = ListenerCounters()
      listeners[address] = counters
      return counters
    }
  }

  package var allListeners: [String: ListenerCounters] { listeners.withLock { $0 } }

  /// - Parameter octets: the app's.
  func countAccepted(by route: Route, octets: Int) {
    let origin = Origin(
      entity: SpoolKey.isEntity(route.entity) ? route.entity : CounterLabel.other,
      app: route.app?.name ?? CounterLabel.other)
    messages[origin].add()
    self.octets[origin].add(octets)
  }
}

package final class ListenerCounters: Sendable {
  package let refusals = CounterFamily(RefusalReason.allCases)
  package let connections = Gauge()
  package let connectionsRefused = EventCounter()
  /// Those that were closed without a word, as by monitors: no news, and not logged.
  package let probes = EventCounter()

  package init() {}

  func count(_ reply: Reply) {
    if let reason = RefusalReason(reply) { refusals[reason].add() }
  }
}
