// What the queues count for monitoring, by entity, since the relay was started.

import Diagnosis
package import Foundation
import Mailboxes
package import Platform
import Spool
import Synchronization

/// One for the process. The queues of an entity's mailboxes, one after the other, count into the same counters.
package final class DeliveryCounters: Sendable {
  private let queues = Mutex<[String: QueueCounters]>([:])

  package init() {}

  /// All mail that is no entity's own, such as that of sandboxes, counts as that of `other`.
  package func queue(of key: String) -> QueueCounters {
    let label = SpoolKey.isEntity(key) ? key : CounterLabel.other
    return queues.withLock { queues in
      if let counters = queues[label] { return counters }
      let counters = QueueCounters()
      queues[label] = counters
      return counters
    }
  }

  /// By entity. Those are missing that never had a queue.
  package var all: [String: QueueCounters] { queues.withLock { $0 } }
}

package final class QueueCounters: Sendable {
  /// What came of a sign-in, or of a request for an access token.
  package enum SignInResult: String, CaseIterable, Sendable {
    case ok
    /// The provider has said no.
    case refused
    /// It did not come so far, or nothing is known about it.
    case failed
  }

  /// What was made of a message whose end was written and whose answer never came.
  package enum UnknownResult: String, CaseIterable, Sendable {
    /// It was in Sent.
    case found
    /// It was not, and is sent again.
    case notFound = "not_found"
    /// It is sent again, and nobody has looked, or could.
    case retried
    /// It waits for a person.
    case held
  }

  /// What became of a copy for the folder of sent messages.
  package enum SentCopyResult: String, CaseIterable, Sendable {
    case filed
    /// It was there already, from an attempt that got no answer.
    case found
    /// The mailbox was full, or not to be used, for too long.
    case givenUp = "given_up"
    /// Nobody wants it any more.
    case dropped
  }

  /// Messages that failed of their age.
  package static let age = "age"

  package let recipientsDelivered = EventCounter()
  /// From acceptance until the last recipient has it: one for each message delivered.
  package let deliveryDelay = DurationHistogram(bounds: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400])
  /// By class of the fault.
  package let failures = CounterFamily([FaultClass.message.rawValue, FaultClass.recipient.rawValue, age])
  package let deferrals = CounterFamily<String>()
  package let unknownOutcomes = CounterFamily(UnknownResult.allCases)
  package let sentCopies = CounterFamily(SentCopyResult.allCases)
  package let signIns = CounterFamily(SignInResult.allCases)
  package let tokenRefreshes = CounterFamily(SignInResult.allCases)
  package let openSessions = Gauge()
  /// Begun, and not settled yet.
  package let inFlight = Gauge()
  private let largest = Mutex<Int?>(nil)
  private let halt = Mutex<SlowSending?>(nil)
  private let copyTrouble = Mutex<SentCopyTrouble?>(nil)
  private let rate = Mutex<(limiter: SharedRateLimiter, preset: SendingLimits)?>(nil)

  /// Of a mailbox that was never connected: all are 0.
  package init() {}

  func count(_ tally: AttemptTally) {
    if tally.recipientsDelivered > 0 { recipientsDelivered.add(tally.recipientsDelivered) }
    if let delay = tally.delay { deliveryDelay.note(delay) }
    if let `class` = tally.failure { failures[`class`].add() }
    if let `class` = tally.deferral { deferrals[`class`].add() }
  }

  func count(_ error: TransportError) {
    if error != .cancelled { signIns[SignInResult(error)].add() }
  }

  /// The largest message that the mailbox's way out takes, in octets; `nil`: not known, or no queue runs.
  package internal(set) var maximumOctets: Int? {
    get { largest.withLock { $0 } }
    set { largest.withLock { $0 = newValue } }
  }

  /// The queue goes on, or waits for its server.
  func note(_ slowdown: SlowSending?) { halt.withLock { $0 = slowdown } }

  /// Why less goes out than might. `nil`: nothing is known to keep it.
  package func slowdown(at now: Date) -> SlowSending? {
    halt.withLock { $0 }
      ?? rate.withLock { $0 }.flatMap { rate in rate.limiter.read(at: now) { $0.slowdown(from: rate.preset, at: now) } }
  }

  /// Why copies are not filed; `nil`: nothing keeps them, or nobody files any.
  package internal(set) var sentCopyTrouble: SentCopyTrouble? {
    get { copyTrouble.withLock { $0 } }
    set { copyTrouble.withLock { $0 = newValue } }
  }

  func follow(_ limiter: SharedRateLimiter, _ preset: SendingLimits) { rate.withLock { $0 = (limiter, preset) } }

  /// How much of what the mailbox may send is used. `nil`: no queue has run yet.
  package func sendingUse(at now: Date) -> SendingUse? {
    rate.withLock { $0 }.map { rate in rate.limiter.read(at: now) { $0.use(within: rate.preset, at: now) } }
  }
}

extension QueueCounters.SignInResult {
  init(_ error: TransportError) {
    self =
      switch error {
      case .answered(_, .signIn), .tokenRefused, .token(.refused), .token(.misconfigured), .token(.clockWrong): .refused
      default: .failed
      }
  }
}
