// One mailbox's way out: its sessions, its pace, and whether anything may go at all. Keyed by the mailbox's
// generation, so no two mailboxes ever share a session, whatever their host.
//
// An open lane draws messages from the spool and hands them to its workers, each of which keeps one session. A lane
// that is not open has closed the spool's entity: nothing is touched row by row while a provider is away.

import Foundation
import HTTP
import Logging
import Mailboxes
import Message
import OAuth
import SMTP
import Sockets
import Spool

/// Its methods run on the loop of the task that called `run`.
actor Lane {
  enum State: Equatable {
    case open
    /// Throttled or over a quota.
    case paused(until: Date)
    /// The flag is up.
    case broken(probe: Bool)
    /// Nobody answers, or nobody takes anything.
    case unreachable
    case stopped
  }

  /// What a worker does next.
  enum Job {
    case carry(SpooledMessage)
    case probe
    case closeSession
    case stop
  }

  /// Whatever a configuration says.
  private static let mostWorkers = 32

  let mailbox: Mailbox
  let door: BackDoor
  let opener: SessionOpener
  let loop: EventLoop
  let book: RationBook
  var entity: Entity
  var rewrite: SenderRewrite
  /// As configured or as known of the provider.
  var preset: SendingLimits
  /// Whether anything is counted at all.
  var isRationed = false

  var state = State.open
  /// The fault that stands in the store, as this lane wrote it or found it.
  var fault: Fault?
  /// The directory has shown our fault: from then on its absence means that somebody lifted it.
  var faultIsPublished = false

  /// Drawn from the spool and not begun.
  var ready: [SpooledMessage] = []
  var readySince: ContinuousClock.Instant?
  var workers: [Worker]
  /// Fewer sessions than there are workers, after the provider refused a further one.
  var sessionLimit: Int
  /// Cuts short what `keep` waits for.
  var endOfWaiting: (() -> Void)?
  var probeEnd: CheckedContinuation<Outcome?, Never>?
  var isSweeping = false
  var isGrowing = false

  /// In a row, without a message that went through in between.
  var retries = 0
  var pauses = 0
  var setbacks = 0
  var suspicion = Suspicion()

  struct Worker {
    var session: UpstreamSession?
    /// What was written over it and is not concluded.
    var window = Window()
    /// Somebody concludes what is in the window.
    var isHearing = false
    var waitsForAnswer: CheckedContinuation<Void, Never>?
    /// Has something to do and takes no more.
    var isBusy = false
    /// Of the transaction that is about to begin.
    var share: Ration.Share?
    var idleSince: ContinuousClock.Instant?
    var parked: CheckedContinuation<Job, Never>?

    var hasSession: Bool { session != nil }
  }

  /// - Parameter limits: more connections than the pace has, if they are allowed later, wait for the next lane.
  init(
    _ mailbox: Mailbox, _ entity: Entity, _ condition: Condition, _ limits: SendingLimits, _ book: RationBook,
    door: BackDoor, loop: EventLoop
  ) {
    self.mailbox = mailbox
    self.entity = entity
    self.book = book
    preset = limits
    self.door = door
    self.loop = loop
    let tokens: TokenSource? =
      if case .oauth(let grant) = mailbox.signIn {
        TokenSource(grant, of: mailbox, in: door.store, over: HTTPClient(), helper: door.refreshHelper)
      } else { nil }
    opener = SessionOpener(mailbox, through: door.network, patience: door.pace.patience, tokens: tokens)
    rewrite = SenderRewrite(mailbox.identity(of: entity), hostname: door.network.hostname)
    let sessions = max(door.pace.maximumSessions, min(limits.maxConnections ?? 0, Self.mostWorkers))
    workers = Array(repeating: Worker(), count: sessions)
    sessionLimit = sessions
    switch condition {
    case .working: break
    case .paused(let until, _): state = .paused(until: until)
    case .broken(_, let probe): state = .broken(probe: probe)
    }
    fault = condition.fault
    faultIsPublished = fault != nil
  }

  /// Carries mail until stopped and everything begun has ended.
  func run() async {
    await book.load()
    lookAtRation()
    countAgain()
    await withDiscardingTaskGroup { group in
      for number in workers.indices { group.addTask { await self.work(number) } }
      async let _ = keepSignInAlive()
      await keep()
    }
    await book.save()
  }

  /// Draws no more. What is under way is finished; `run` returns then.
  func stop() {
    guard state != .stopped else { return }
    leave(for: .stopped)
    probeEnd?.resume(returning: nil)
    probeEnd = nil
    settleSuspects()
    for number in workers.indices { resume(number, .stop) }
  }

  /// Ends what is under way. A message whose end was written by then is recorded as perhaps sent.
  func breakOff() {
    for worker in workers { worker.session?.interrupter.interrupt() }
  }

  /// The configuration or the store has changed around this mailbox.
  func update(_ entity: Entity, _ condition: Condition, _ limits: SendingLimits) {
    if limits != preset { follow(limits) }
    if entity != self.entity {
      self.entity = entity
      rewrite = SenderRewrite(mailbox.identity(of: entity), hostname: door.network.hostname)
    }
    guard fault != nil else { return }
    if condition == .working {
      guard faultIsPublished else { return }
      (retries, pauses, setbacks) = (0, 0, 0)
      reopen()
    } else {
      faultIsPublished = true
    }
  }

  // MARK: Opening and closing

  func reopen() {
    guard state != .stopped, state != .open else { return }
    fault = nil
    faultIsPublished = false
    state = .open
    suspicion.clear()
    door.spool.open(entity.key)
    probeEnd?.resume(returning: nil)
    probeEnd = nil
    wake()
  }

  /// Nothing goes out any more; what was not begun goes back as if it had never been drawn.
  func leave(for state: State) {
    self.state = state
    door.spool.close(entity.key)
    giveBack(ready)
    ready = []
    readySince = nil
    wake()
  }

  func giveBack(_ messages: [SpooledMessage]) {
    let now = Date()
    for message in messages { door.spool.settle(message.id, .unstarted(), now: now) }
  }

  func clearFault() async {
    reopen()
    _ = try? await door.store.setCondition(.working, of: entity.key, generation: mailbox.generation)
  }
}
