// What the writer thread does next. A value without an engine: fed with what has happened and the time, it answers with
// what to do.

/// Whether the storage works, and what is due when.
struct WriterState: Equatable {
  typealias Instant = ContinuousClock.Instant

  enum Storage: Equatable {
    case open
    /// Nothing is promised before it has been opened anew.
    case broken(SpoolError, reopensAt: Instant)
  }

  enum Event: Equatable {
    /// The thread has taken a round of requests, or it is time to look.
    case woken
    case committed(isDurable: Bool)
    case synced
    /// The engine reported `.broken`.
    case broke(SpoolError)
    case reopened
    case stayedBroken(SpoolError)
    /// Nothing could be leased.
    case claimsFailed
    /// A request was refused, and is to be done later where nobody waits for it.
    case postponed
    case roundEnded
  }

  enum Action: Equatable {
    /// Write the round's requests and claims.
    case transact
    /// Answer the round's requests with this error; those that nobody waits for are done later.
    case refuse(SpoolError)
    case abandon
    case reopen
    case sync
    case maintain
    /// Bring back what was refused; notice what others have changed; look for the oldest messages.
    case poll
  }

  /// How soon what the storage refused is tried again, and how often is looked after something was written.
  static let pollInterval = Duration.milliseconds(800)
  /// How often is looked where nothing was written since the last look: each look wakes the thread of an idle relay.
  static let restInterval = Duration.seconds(5)
  static let reopenInterval = Duration.milliseconds(400)
  /// How long what nobody waits for may lack its sync: a power cut makes it undone.
  static let longestUnsynced = Duration.milliseconds(100)

  private(set) var storage = Storage.open
  /// When the first commit was written that no sync has followed.
  private(set) var unsyncedSince: Instant?
  private(set) var claimsResume: Instant
  private(set) var nextPoll: Instant
  /// Something was written or refused since the last look.
  private var hasWorked = false

  init(at now: Instant) {
    claimsResume = now
    nextPoll = now + Self.pollInterval
  }

  var isOpen: Bool { storage == .open }

  @discardableResult
  mutating func handle(_ event: Event, at now: Instant) -> [Action] {
    switch event {
    case .woken: return wake(at: now)
    case .committed(let isDurable):
      unsyncedSince = isDurable ? nil : unsyncedSince ?? now
      pollSoon(after: now)
    case .synced: unsyncedSince = nil
    case .broke(let error): return fail(error, at: now)
    case .reopened:
      storage = .open
      pollSoon(after: now)
      return [.transact]
    case .stayedBroken(let error):
      storage = .broken(error, reopensAt: now + Self.reopenInterval)
      return [.refuse(error)]
    case .claimsFailed:
      claimsResume = now + Self.pollInterval
      pollSoon(after: now)
    case .postponed: pollSoon(after: now)
    case .roundEnded: return endRound(at: now)
    }
    return []
  }

  private mutating func pollSoon(after now: Instant) {
    hasWorked = true
    nextPoll = min(nextPoll, now + Self.pollInterval)
  }

  private func wake(at now: Instant) -> [Action] {
    guard case .broken(let error, let reopensAt) = storage else { return [.transact] }
    return now >= reopensAt ? [.reopen] : [.refuse(error)]
  }

  private mutating func fail(_ error: SpoolError, at now: Instant) -> [Action] {
    guard isOpen else { return [] }
    // What is corrupt does not mend itself, so there is nothing to wait for.
    let isCorrupt = if case .corrupt = error { true } else { false }
    storage = .broken(error, reopensAt: isCorrupt ? now : now + Self.reopenInterval)
    // Opening anew makes everything durable that is still there.
    unsyncedSince = nil
    pollSoon(after: now)
    return [.abandon]
  }

  private mutating func endRound(at now: Instant) -> [Action] {
    var actions: [Action] = []
    if let unsyncedSince, now >= unsyncedSince + Self.longestUnsynced { actions.append(.sync) }
    if isOpen { actions.append(.maintain) }
    if now >= nextPoll {
      nextPoll = now + (hasWorked || !isOpen ? Self.pollInterval : Self.restInterval)
      hasWorked = false
      if isOpen { actions.append(.poll) }
    }
    return actions
  }

  func mayClaim(at now: Instant) -> Bool { isOpen && now >= claimsResume }

  /// How long the thread may sleep where nothing is requested.
  ///
  /// - Parameter due: how soon a message falls due that somebody waits for.
  func patience(at now: Instant, untilDue due: Duration?) -> Duration {
    var patience = nextPoll - now
    guard isOpen else { return patience }
    if let unsyncedSince { patience = min(patience, unsyncedSince + Self.longestUnsynced - now) }
    if let due { patience = min(patience, max(due, claimsResume - now)) }
    return patience
  }
}
