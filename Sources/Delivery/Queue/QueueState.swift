// What one mailbox's queue is to do next: a value that takes events and answers with actions. Every decision to open, to
// pause, to raise the error flag, to probe or to stop is made here; `MailboxQueue` obeys. Pure: time is handed in.

import Diagnosis
import Foundation
import Mailboxes

struct QueueState: Equatable, Sendable {
  enum Mode: Equatable, Sendable {
    /// Messages go out.
    case open
    /// Throttled, or over a quota: nothing goes out before `until`.
    case paused(until: Date, PublishedFault)
    /// The error flag is up: a person is needed.
    case flagged(PublishedFault, Probe)
    /// Nobody answers, or three messages in a row were not taken. No fault is published: it may pass at once.
    case unreachable(Probe)
    case stopped
  }

  /// When the next sign-in shows whether the fault is gone.
  enum Probe: Equatable, Sendable {
    /// A refused password is not tried again: accounts get locked.
    case never
    case due(Date)
    case underway
  }

  /// The fault that stands in the store, as this queue wrote or found it.
  struct PublishedFault: Equatable, Sendable {
    var fault: Fault
    /// The directory has shown the fault. From then on its absence means that somebody lifted it.
    var isInDirectory: Bool
  }

  /// So many setbacks in a row, and the other messages wait until a probe has been answered.
  static let mostSetbacks = 3
  /// So many times in a row, and a lasting fault raises the flag whatever the digit of its code.
  static let mostRecurrences = 3

  private(set) var mode: Mode
  /// Of nobody answering, of the provider asking for a pause, and of single messages not being taken: each in a row,
  /// with no message in between that the provider has judged.
  private(set) var retries = 0
  private(set) var pauses = 0
  private(set) var setbacks = 0
  /// Of one lasting fault told with a temporary code, and its sentence.
  private(set) var recurrences = 0
  private var recurring = ""
  let tuning: DeliveryTuning

  /// - Parameter condition: as the store has it when the queue starts.
  init(_ condition: Condition, tuning: DeliveryTuning = DeliveryTuning(), now: Date) {
    self.tuning = tuning
    mode =
      switch condition {
      case .working: .open
      case .paused(let until, let fault):
        // Whether a quota of our own counting is used up, the present count tells.
        .paused(until: fault.isOwnQuota ? now : until, PublishedFault(fault: fault, isInDirectory: true))
      case .broken(let fault, let probe):
        .flagged(PublishedFault(fault: fault, isInDirectory: true), probe ? .due(now + tuning.probe) : .never)
      }
  }

  var isOpen: Bool { mode == .open }
  var isStopped: Bool { mode == .stopped }

  /// A sign-in that is not for mail does no harm: nothing is wrong with the last one.
  var maySignIn: Bool {
    switch mode {
    case .open, .paused: true
    case .flagged, .unreachable, .stopped: false
    }
  }

  /// A probe that was asked for has not ended.
  var isProbing: Bool {
    switch mode {
    case .flagged(_, .underway), .unreachable(.underway): true
    default: false
    }
  }

  /// When `timePassed` has something to say; `nil`: never, unless another event comes first.
  var alarm: Date? {
    switch mode {
    case .paused(let until, _): until
    case .flagged(_, .due(let time)), .unreachable(.due(let time)): time
    case .open, .flagged, .unreachable, .stopped: nil
    }
  }

  mutating func handle(_ event: QueueEvent, now: Date) -> [QueueAction] {
    switch event {
    case .started: isOpen ? [.openSpool] : [.closeSpool]
    case .directoryChanged(let condition): follow(condition)
    case .limitsChanged: countAgain()
    case .messageJudged: forgetTrouble()
    case .setback: setBack(now)
    case .mailboxRefused(let outcome): refuse(outcome, now)
    case .openingFailed(let outcome, let others): failToOpen(outcome, besides: others, now)
    case .signInLapsed(let outcome): isOpen ? meet(outcome, now) : []
    case .refusedAlike(let fault, let span): raise(fault, probe: .due(now + span))
    case .quotaUsedUp(let until, let fault): isOpen ? enter(.paused(until: until, .new(fault))) : []
    case .lookWanted: lookSooner(now)
    case .timePassed: lookAtClock(now)
    case .probeEnded(let outcome): conclude(probe: outcome, now)
    case .stopped: stop()
    }
  }
}

extension QueueState {
  // MARK: Opening and closing

  private mutating func reopen() -> [QueueAction] {
    mode = .open
    return [.openSpool]
  }

  /// Leaves `open`, or one trouble for another, and publishes what there is to publish.
  private mutating func enter(_ next: Mode) -> [QueueAction] {
    let closing: [QueueAction] = isOpen ? [.closeSpool] : []
    mode = next
    return closing + publication
  }

  private mutating func stop() -> [QueueAction] {
    if isStopped { return [] }
    let closing: [QueueAction] = isOpen ? [.closeSpool] : []
    mode = .stopped
    return closing + [.settleSuspects, .limitSessions(0)]
  }

  private var publication: [QueueAction] {
    switch mode {
    case .paused(let until, let published): [.publish(.paused(until: until, published.fault))]
    case .flagged(let published, let probe): [.publish(.broken(published.fault, probe: probe != .never))]
    case .open, .unreachable, .stopped: []
    }
  }

  // MARK: The directory

  private mutating func follow(_ condition: Condition) -> [QueueAction] {
    guard var published else { return [] }
    guard condition == .working else {
      published.isInDirectory = true
      self.published = published
      return []
    }
    guard published.isInDirectory else { return [] }
    return forgetTrouble() + reopen()
  }

  private var published: PublishedFault? {
    get {
      switch mode {
      case .paused(_, let published), .flagged(let published, _): published
      case .open, .unreachable, .stopped: nil
      }
    }
    set {
      guard let newValue else { return }
      switch mode {
      case .paused(let until, _): mode = .paused(until: until, newValue)
      case .flagged(_, let probe): mode = .flagged(newValue, probe)
      case .open, .unreachable, .stopped: break
      }
    }
  }

  /// A quota of our own counting is used up, or is not, by the limits that hold now: the queue looks at once.
  private mutating func countAgain() -> [QueueAction] {
    if case .paused(_, let published) = mode, published.fault.isOwnQuota {
      mode = .paused(until: .distantPast, published)
    }
    return []
  }

  // MARK: Messages

  private mutating func forgetTrouble() -> [QueueAction] {
    (retries, pauses, setbacks, recurrences) = (0, 0, 0, 0)
    return []
  }

  /// One message may be unlucky. After three in a row the next ones wait, untouched, until a probe is answered.
  private mutating func setBack(_ now: Date) -> [QueueAction] {
    setbacks += 1
    guard setbacks >= Self.mostSetbacks, isOpen else { return [] }
    retries += 1
    return enter(.unreachable(.due(nextRetry(now))))
  }

  /// A message that was under way when the queue left `open` met the same refusal: it is counted once. Only a fault that
  /// needs a person is news even then.
  private mutating func refuse(_ outcome: Outcome, _ now: Date) -> [QueueAction] {
    isOpen || outcome.needsPerson ? meet(outcome, now) : []
  }

  // MARK: Sessions

  /// Trouble with a further session, while others work, is no trouble of the mailbox.
  private mutating func failToOpen(_ outcome: Outcome?, besides others: Int, _ now: Date) -> [QueueAction] {
    guard let outcome, isOpen else {
      // A password that was refused is refused, whatever else has happened meanwhile.
      return [.giveBack] + (outcome.map { $0.needsPerson ? meet($0, now) : [] } ?? [])
    }
    guard others > 0, outcome.kind == .unreachable || outcome.kind == .paused else {
      return [.settle] + meet(outcome, now)
    }
    let lesson: [QueueAction] = outcome.fault?.class == .throttle ? [.learnConnections(others)] : []
    return [.limitSessions(others)] + lesson + [.putFirst]
  }

  // MARK: Faults of the mailbox

  private mutating func meet(_ outcome: Outcome, _ now: Date) -> [QueueAction] {
    switch outcome.verdict {
    case .delivered, .deferred, .failed, .unexplained: return []
    case .paused(let until, let fault):
      let lesson: [QueueAction] = fault.class == .throttle ? [.learnRate(outcome)] : []
      return lesson + pause(until, fault, now)
    case .broken(let fault, let probe): return raise(fault, probe: probe ? .due(now + tuning.probe) : .never)
    case .recurring(let fault, let probe, let wait): return recur(fault, probe: probe, wait, now)
    case .unreachable(let fault, let flagAfter):
      retries += 1
      if let flagAfter, retries >= flagAfter { return raise(fault, probe: .due(now + tuning.probe)) }
      return enter(.unreachable(.due(nextRetry(now))))
    }
  }

  /// Twice as long each time it comes again before anything was judged.
  private mutating func pause(_ until: Date, _ fault: Fault, _ now: Date) -> [QueueAction] {
    let first = until.timeIntervalSince(now)
    let doubled = min(first * Double(1 << min(pauses, 10)), tuning.longestPause / .seconds(1))
    pauses += 1
    return [.limitSessions(1)] + enter(.paused(until: now + max(first, doubled), .new(fault)))
  }

  private mutating func raise(_ fault: Fault, probe: Probe) -> [QueueAction] {
    switch mode {
    case .flagged, .stopped: []
    case .open, .paused, .unreachable: enter(.flagged(.new(fault), probe))
    }
  }

  /// A lasting fault that is told with a temporary code is shown as a pause at first, three times as long each time.
  private mutating func recur(_ fault: Fault, probe: Bool, _ wait: Duration, _ now: Date) -> [QueueAction] {
    recurrences = recurring == fault.summary ? recurrences + 1 : 1
    recurring = fault.summary
    if recurrences >= Self.mostRecurrences { return raise(fault, probe: probe ? .due(now + tuning.probe) : .never) }
    let span = recurrences == 1 ? wait : max(min(wait * 3, tuning.probe), wait)
    return [.limitSessions(1)] + enter(.paused(until: now + span, .new(fault)))
  }

  // MARK: Time

  /// Not a sign-in that was refused: nobody has that tried more often than the clock does, since accounts get locked.
  private mutating func lookSooner(_ now: Date) -> [QueueAction] {
    switch mode {
    case .unreachable(.due): mode = .unreachable(.due(now))
    case .flagged(let published, .due) where ![.auth, .consent].contains(published.fault.class):
      mode = .flagged(published, .due(now))
    default: break
    }
    return []
  }

  private mutating func lookAtClock(_ now: Date) -> [QueueAction] {
    guard let alarm, alarm <= now else { return [] }
    switch mode {
    case .flagged(let published, _):
      mode = .flagged(published, .underway)
      return [.probe(envelope: true)]
    case .unreachable:
      mode = .unreachable(.underway)
      return [.probe(envelope: false)]
    case .open, .paused, .stopped: return reopen() + [.publish(.working)]
    }
  }

  private func nextRetry(_ now: Date) -> Date {
    now + min(tuning.firstRetry * (1 << min(max(retries - 1, 0), 10)), tuning.longestRetry)
  }

  // MARK: Probes

  private mutating func conclude(probe outcome: Outcome?, _ now: Date) -> [QueueAction] {
    switch (mode, outcome) {
    case (.flagged(_, .underway), nil): return reopen() + [.publish(.working)]
    case (.flagged(let published, .underway), let outcome?): return keepFlag(published, after: outcome, now)
    case (.unreachable(.underway), nil): return reopen()
    case (.unreachable(.underway), let outcome?) where outcome.stopsMailbox: return meet(outcome, now)
    case (.unreachable(.underway), _):
      retries += 1
      mode = .unreachable(.due(nextRetry(now)))
      return []
    default: return []
    }
  }

  /// The mailbox is still broken, perhaps for another reason, which may forbid further probes.
  private mutating func keepFlag(_ published: PublishedFault, after outcome: Outcome, _ now: Date) -> [QueueAction] {
    let next = Probe.due(now + tuning.probe)
    guard case .broken(var fault, let probe) = outcome.verdict, !probe || fault.summary != published.fault.summary
    else {
      mode = .flagged(published, next)
      return []
    }
    fault.since = published.fault.since
    return enter(.flagged(.new(fault), probe ? next : .never))
  }
}

extension Outcome {
  /// The flag goes up at once.
  fileprivate var needsPerson: Bool { if case .broken = verdict { true } else { false } }
}

extension QueueState.PublishedFault {
  fileprivate static func new(_ fault: Fault) -> Self { Self(fault: fault, isInDirectory: false) }
}
