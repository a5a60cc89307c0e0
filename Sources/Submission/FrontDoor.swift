// What all listeners share: how many clients are in, how much memory their bodies take, and the bounds on both.

package import Logging
import Message
import Synchronization

/// One for the process; every `SubmissionServer` is given it.
package final class FrontDoor: Sendable {
  /// In the banner, in Received lines and in EHLO's reply.
  package let hostname: String
  let trace: Trace
  package let limits: SubmissionLimits
  package let log: Logger

  private let nextComplaint = Mutex(ContinuousClock.now)
  let connections: Ration
  let bodyMemory: Ration

  /// - Parameter instance: the word by which this relay knows its own Received lines again.
  package init(hostname: String, instance: String, limits: SubmissionLimits, log: Logger) {
    self.hostname = hostname
    self.trace = Trace(hostname: hostname, instance: instance)
    self.limits = limits
    self.log = log
    self.connections = Ration(limits.maxConnections)
    self.bodyMemory = Ration(limits.memoryForBodies)
  }

  /// Clients being served now, over all listeners.
  package var openConnections: Int { connections.taken }

  /// So few places are left that idle clients should make room.
  var isCrowded: Bool { connections.taken >= limits.maxConnections - limits.maxConnections / 8 }
}

extension FrontDoor {
  /// Warns of what a crowd at the door could make us say a thousand times a second: once a second.
  func complain(_ what: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
    let now = ContinuousClock.now
    let isDue = nextComplaint.withLock { next in
      defer { if next <= now { next = now + .seconds(1) } }
      return next <= now
    }
    if isDue { log.warning(what, metadata: metadata()) }
  }
}

/// So much of something and no more, taken and given back from any thread.
final class Ration: Sendable {
  private let total: Int
  private let inUse = Atomic<Int>(0)

  init(_ total: Int) { self.total = total }

  var taken: Int { inUse.load(ordering: .relaxed) }

  /// All of `amount` or nothing.
  func take(_ amount: Int = 1) -> Bool {
    let after = inUse.add(amount, ordering: .relaxed).newValue
    if after <= total { return true }
    giveBack(amount)
    return false
  }

  func giveBack(_ amount: Int = 1) { inUse.subtract(amount, ordering: .relaxed) }
}
