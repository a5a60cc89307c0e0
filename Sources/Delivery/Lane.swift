// One mailbox's way out: its sessions, its pace, and whether anything may go at all. Keyed by the mailbox's
// generation, so no two mailboxes ever share a session, whatever their host.
//
// An open lane draws messages from the spool and hands them to its workers, each of which keeps one session. A lane
// that is not open has closed the spool's entity: nothing is touched row by row while a provider is away.

import Foundation
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
  private var endOfWaiting: (() -> Void)?
  var probeEnd: CheckedContinuation<Outcome?, Never>?
  var isSweeping = false
  var isGrowing = false

  /// In a row, without a message that went through in between.
  var retries = 0
  var pauses = 0
  var setbacks = 0
  var suspicion = Suspicion()

  struct Worker {
    var hasSession = false
    var isBusy = false
    /// Of the transaction under way.
    var share: Ration.Share?
    /// To break off what is under way.
    var interrupter: Interrupter?
    var idleSince: ContinuousClock.Instant?
    var parked: CheckedContinuation<Job, Never>?
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
        TokenSource(grant, of: mailbox, store: door.store)
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
    for worker in workers { worker.interrupter?.interrupt() }
  }

  /// The configuration or the store has changed around this mailbox.
  func update(_ entity: Entity, _ condition: Condition, _ limits: SendingLimits) {
    if limits != preset { take(limits) }
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

  private func take(_ limits: SendingLimits) {
    preset = limits
    lookAtRation()
    closeSpareSessions()
    countAgain()
    wake()
  }

  /// A quota of our own counting is used up, or is not, by the limits that hold now.
  private func countAgain() {
    if case .paused = state, fault?.isOwnQuota == true { state = .paused(until: door.pace.clock.now) }
  }

  // MARK: Keeping

  private func keep() async {
    if state == .open { door.spool.open(entity.key) } else { door.spool.close(entity.key) }
    while state != .stopped, !Task.isCancelled {
      switch state {
      case .open: await draw()
      case .paused(let until): await sitOut(until)
      case .broken(let probe): await watchBroken(probe)
      case .unreachable: await watchUnreachable()
      case .stopped: break
      }
    }
    stop()
  }

  private func draw() async {
    if isRationed { lookAtRation() }
    let (answer, messages) = ration()
    switch answer {
    case .now: break
    case .later(let time):
      await sleep(until: time)
      return dispatch()
    case .exhausted(let until): return await exhaust(until)
    }
    let room = min(door.pace.window, messages - ready.count)
    // Woken when there is room.
    guard ready.count < door.pace.window / 2, room > 0 else { return await sleep(.seconds(60)) }
    let (spool, key) = (door.spool, entity.key)
    // Woken when what was drawn before has come to wait for the ration.
    await untilWoken(loop.start { await self.takeIn(await spool.claim(key, atMost: room)) })
  }

  private func takeIn(_ drawn: [SpooledMessage]) async {
    guard state == .open else { return giveBack(drawn) }
    if drawn.isEmpty { return (try? await loop.sleep(until: .now + .milliseconds(100))) ?? () }
    if ready.isEmpty { readySince = .now }
    ready += drawn
    dispatch()
  }

  private func sitOut(_ until: Date) async {
    guard until <= door.pace.clock.now else { return await sleep(until: until) }
    await clearFault()
  }

  private func watchBroken(_ probe: Bool) async {
    await sleep(probe ? door.pace.probe : .seconds(24 * 3600))
    guard probe, case .broken = state else { return }
    let outcome = await self.probe()
    guard case .broken = state else { return }
    if let outcome { await hearAgain(outcome) } else { await clearFault() }
  }

  private func watchUnreachable() async {
    let doubled = door.pace.firstRetry * (1 << min(max(retries - 1, 0), 10))
    await sleep(min(doubled, door.pace.longestRetry))
    guard state == .unreachable else { return }
    if let outcome = await probe() {
      if outcome.stopsMailbox { await meet(outcome) } else { retries += 1 }
    } else if state == .unreachable {
      reopen()
    }
  }

  /// Opens a session to see whether it works. It stays for the mail that follows.
  ///
  /// - Returns: `nil` when it worked.
  private func probe() async -> Outcome? {
    guard state != .stopped else { return nil }
    return await withCheckedContinuation { continuation in
      probeEnd = continuation
      if let number = workers.firstIndex(where: { $0.parked != nil }) { resume(number, .probe) }
    }
  }

  func sleep(_ time: Duration) async {
    await sleep(until: door.pace.clock.now.addingTimeInterval(time / .seconds(1)))
  }

  /// Ends early when something is woken for.
  func sleep(until time: Date) async {
    guard state != .stopped, !Task.isCancelled else { return }
    let (loop, clock) = (loop, door.pace.clock)
    await untilWoken(loop.start { await clock.sleep(until: time, on: loop) })
  }

  private func untilWoken(_ waiting: Task<Void, Never>) async {
    endOfWaiting = { waiting.cancel() }
    defer { endOfWaiting = nil }
    await withTaskCancellationHandler {
      await waiting.value
    } onCancel: {
      waiting.cancel()
    }
  }

  func wake() { endOfWaiting?() }

  // MARK: Opening and closing

  func reopen() {
    guard state != .stopped, state != .open else { return }
    fault = nil
    faultIsPublished = false
    state = .open
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

  private func giveBack(_ messages: [SpooledMessage]) {
    let now = Date()
    for message in messages { door.spool.settle(message.id, .unstarted(), now: now) }
  }

  private func clearFault() async {
    reopen()
    _ = try? await door.store.setCondition(.working, of: entity.key, generation: mailbox.generation)
  }
}
