// The queue of one connected mailbox: draws messages from the spool, hands them to sessions and settles what comes of
// them. Whether anything goes out `QueueState` decides, over which session `SessionPool`, how much `SendingRate`, and what
// is poison `PoisonGuard`; this actor obeys. Sessions come and go in `MailboxQueue+Sessions.swift`.

import Diagnosis
import Foundation
import Logging
import Mailboxes
import Message
import Spool
import Platform
import Transport

/// Runs on its context's executor, as do its sessions. One for each generation of a mailbox, so that no two mailboxes
/// ever share a session, whatever their host.
actor MailboxQueue {
  nonisolated let mailbox: Mailbox
  let context: DeliveryContext
  let transport: any Transport
  let tasks: TaskTracker
  private(set) var entity: Entity
  private var rewrite: SenderRewrite

  private(set) var state: QueueState
  var pool = SessionPool()
  let rate: SendingRate
  let recorder: OutcomeRecorder
  let counters: QueueCounters

  /// Drawn from the spool and not begun, the oldest first.
  private(set) var ready: [SpooledMessage] = []
  /// How many messages were begun so far.
  private(set) var begun = 0
  var isWatchingBacklog = false
  var isSweeping = false
  /// Of messages whose outcome is unknown.
  var nextLook: Date?
  var isLooking = false
  /// Files copies of what is sent; `nil`: nobody does.
  var copies: RunningSentCopyWorker?
  /// What `run` waits for.
  private let waiting: WakeableWait
  /// The latest of the sign-ins, of which there is one at a time.
  var opening: Task<Void, Never>?

  init(
    _ mailbox: Mailbox, of entity: Entity, _ condition: Condition, _ limits: SendingLimits,
    _ limiter: SharedRateLimiter, in context: DeliveryContext
  ) {
    self.mailbox = mailbox
    self.context = context
    self.entity = entity
    transport = context.transport(mailbox)
    tasks = TaskTracker(on: context.executor, by: context.time)
    waiting = WakeableWait(in: tasks)
    rewrite = SenderRewrite(mailbox.identity(of: entity), hostname: context.hostname)
    state = QueueState(condition, tuning: context.tuning, now: context.time.now)
    rate = SendingRate(limits, over: limiter)
    recorder = OutcomeRecorder(for: mailbox, in: context, tasks: tasks)
    counters = context.counters.queue(of: mailbox.entity)
  }

  /// Sends mail until stopped or cancelled, and until everything begun has ended.
  func run() async {
    await rate.load(at: now)
    rate.show(in: counters)
    counters.maximumOctets = transport.maximumOctets
    await tell(.started)
    tasks.beginTimer { await self.keepSignInAlive() }
    if SpoolKey.isEntity(entity.key) { lookForUnknown(at: now) }
    beginFiling()
    while !state.isStopped, !Task.isCancelled {
      if state.isOpen { await draw() } else { await sitOut() }
    }
    await stop()
    tasks.cancelTimers()
    await tasks.allEnded()
    await endFiling()
    counters.openSessions.change(by: -pool.openCount)
    counters.maximumOctets = nil
    await rate.save()
  }

  /// Begins no further message. What is under way is finished; `run` returns then.
  func stop() async {
    await tell(.stopped)
  }

  /// The configuration or the store has changed around this mailbox.
  func update(_ entity: Entity, _ condition: Condition, _ limits: SendingLimits) async {
    if entity != self.entity {
      self.entity = entity
      rewrite = SenderRewrite(mailbox.identity(of: entity), hostname: context.hostname)
      await copies?.worker.update(entity)
      // `unknown_outcome` may be another now.
      if SpoolKey.isEntity(entity.key) { lookForUnknown(at: now) }
    }
    if limits != rate.preset {
      rate.follow(limits, at: now)
      rate.show(in: counters)
      closeSpare()
      await tell(.limitsChanged)
      waiting.wake()
    }
    await tell(.directoryChanged(condition))
  }

  // MARK: Drawing from the spool

  private func draw() async {
    rate.look(at: now)
    let (permission, most) = rate.permission(for: ready.first?.envelope.recipients.count ?? 0, at: now)
    switch permission {
    case .now: break
    case .later(let time):
      await waiting.wait { [context] in await context.time.sleep(until: time) }
      return dispatch()
    case .exhausted(let until):
      return await tell(.quotaUsedUp(until: until, .quotaUsedUp(of: mailbox, rate.limits(at: now), now: now)))
    }
    let room = min(tuning.drawnAtOnce, most - ready.count)
    // Woken when there is room, or when what was drawn before has come to wait for its permission.
    guard ready.count < tuning.drawnAtOnce / 2, room > 0 else {
      await waiting.wait { [context] in await context.time.sleep(for: .seconds(60)) }
      return
    }
    await waiting.wait { [spool = context.spool, key = entity.key] in
      await self.take(await spool.claim(key, atMost: room))
    }
  }

  private func take(_ drawn: [SpooledMessage]) async {
    guard state.isOpen else { return recorder.giveBack(drawn) }
    // The spool is closed, or somebody woke us.
    if drawn.isEmpty { return await context.time.sleep(for: .milliseconds(100)) }
    ready += drawn
    dispatch()
  }

  /// Nothing was said of these messages: they go before all that came later, in whatever order their sessions hand them
  /// back.
  private func putFirst(_ messages: [SpooledMessage]) {
    guard state.isOpen else { return recorder.giveBack(messages) }
    for message in messages {
      ready.insert(message, at: ready.firstIndex { $0.id > message.id } ?? ready.endIndex)
    }
  }

  private func sitOut() async {
    let alarm = state.alarm ?? now + .seconds(24 * 3600)
    guard alarm > now else { return await tell(.timePassed) }
    let isOver = await waiting.wait { [context] in await context.time.sleep(until: alarm) }
    // The clock may have been set back meanwhile: a wait that has ended does not begin anew.
    await tell(.timePassed, at: isOver ? max(now, alarm) : now)
  }

  // MARK: Dispatching

  /// Hands what is ready to the sessions that have room, or opens one.
  func dispatch(hasWaited: Bool = false) {
    while state.isOpen, !recorder.isAsking, let message = ready.first {
      if let requests = recorder.postpone(message) {
        ready.removeFirst()
        tasks.begin { await self.obey(requests) }
        continue
      }
      guard let place = pool.place(for: demand(hasWaited)) else { break }
      guard let reservation = rate.reserve(message.envelope.recipients.count, at: now) else {
        // It waits for its permission, as `draw` will find.
        waiting.wake()
        break
      }
      begin(ready.removeFirst(), reservation, at: place)
      if ready.count == tuning.drawnAtOnce / 2 - 1 || rate.isCounted && ready.isEmpty { waiting.wake() }
    }
    watchIdle()
    watchBacklog()
  }

  private func begin(_ message: SpooledMessage, _ reservation: Reservation, at place: SessionPool.Place) {
    begun += 1
    counters.inFlight.change(by: 1)
    let attempt = Attempt(
      message: message, mailbox: mailbox, entity: entity, hostname: context.hostname, filesCopy: filesCopies)
    switch place {
    case .session(let id):
      let wasIdle = pool.give(message, to: id)
      tasks.begin {
        await self.carry(attempt, reservation, over: id, wasIdle: wasIdle)
        self.counters.inFlight.change(by: -1)
      }
    case .newSession:
      pool.beginOpening()
      opening = tasks.begin {
        await self.open(for: attempt, reservation)
        self.counters.inFlight.change(by: -1)
      }
    }
  }

  // MARK: One message

  private func open(for attempt: Attempt, _ reservation: Reservation) async {
    do throws(TransportError) {
      let id = enter(try await openSession())
      _ = pool.give(attempt.message, to: id)
      dispatch()
      await carry(attempt, reservation, over: id)
    } catch {
      pool.failOpening()
      rate.conclude(reservation, naming: nil, at: now)
      let outcome = error == .cancelled ? nil : Outcome(of: error, for: mailbox, now: now)
      await obey(
        decide(.openingFailed(outcome, besides: pool.openCount), at: now), about: attempt, after: error)
      dispatch()
    }
  }

  private func carry(_ attempt: Attempt, _ reservation: Reservation, over id: Int, wasIdle: Bool = false) async {
    guard let session = pool[id], await session.isFit(afterRest: wasIdle), state.isOpen else {
      pool.begin(on: id)
      rate.conclude(reservation, naming: nil, at: now)
      return finish(id, returning: attempt.message)
    }
    do throws(TransportError) {
      let prepared = try await attempt.message.prepared(by: rewrite, for: session.capabilities)
      if pool.prepare(on: id) { dispatch() }
      pool.begin(on: id)
      let transfer = MessageTransfer(attempt: attempt, prepared: prepared, rate: rate, context: context)
      let split = await transfer.run(over: session, reservation) { state.isOpen }
      counters.maximumOctets = session.capabilities.maximumOctets
      if split.mayGoAgain { return finish(id, returning: attempt.message) }
      await conclude(attempt, split.transmission)
    } catch {
      pool.begin(on: id)
      rate.conclude(reservation, naming: nil, at: now)
      await conclude(attempt, attempt.transmission(failedBy: error, now: now))
    }
    finish(id)
  }

  private func finish(_ id: Int, returning message: SpooledMessage? = nil) {
    let departure = pool.end(on: id, returning: message, mostSessions: mostSessions)
    putFirst(departure.returned)
    if departure.closes { close(id) }
    dispatch()
  }

  private func conclude(_ attempt: Attempt, _ transmission: Transmission) async {
    await obey(await recorder.record(transmission, of: attempt))
    if attempt.filesCopy { fileSoon() }
    if transmission.isPerhapsSent { lookForUnknown(at: now + SentSearch.looks[0]) }
    // What ended with another message's session was counted with that.
    if !transmission.isConsequence, let event = transmission.event { await tell(event) }
  }

  // MARK: Obeying

  func tell(_ event: QueueEvent, at time: Date? = nil) async {
    let actions = decide(event, at: time ?? now)
    if !actions.isEmpty { await obey(actions) }
  }

  private func decide(_ event: QueueEvent, at time: Date) -> [QueueAction] {
    let mode = state.mode
    let actions = state.handle(event, now: time)
    if state.mode == mode { return actions }
    context.log.change(of: entity.key, to: state.mode, after: event)
    counters.note(state.slowdown)
    waiting.wake()
    return actions
  }

  // Nearly every message is judged and changes nothing: its task shall not allocate the memory for all that might be done.
  @inline(never)
  private func obey(_ actions: [QueueAction], about attempt: Attempt? = nil, after error: TransportError? = nil) async {
    for action in actions {
      switch action {
      case .openSpool:
        recorder.forgetRow()
        context.spool.open(entity.key)
      case .closeSpool:
        context.spool.close(entity.key)
        recorder.giveBack(ready)
        ready = []
      case .publish(let condition): await context.publish(condition, of: mailbox)
      case .probe(let envelope): probeLater(envelope)
      case .limitSessions(let most): limitSessions(most)
      case .settleSuspects: recorder.settleSuspects()
      case .learnRate(let outcome): rate.learn(from: outcome, of: mailbox, at: now)
      case .learnConnections(let count): rate.learn(connections: count, at: now)
      case .giveBack: if let attempt { recorder.giveBack([attempt.message]) }
      case .putFirst: if let attempt { putFirst([attempt.message]) }
      case .settle: if let attempt, let error { await recorder.record(error, of: attempt) }
      }
    }
  }
}
