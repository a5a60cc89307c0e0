// The heart: one thread takes everything that is requested, writes it in one transaction, and answers all of it. What
// comes while it writes shares the next commit; nobody waits for a timer. A batch nobody waits for is written at once and
// synced with the next one that somebody waits for.

import Logging
import Logs
import Synchronization
import Platform

/// Made on the writer thread, and not Sendable: nothing of it is touched by another thread.
final class SpoolWriter {
  private let context: SpoolContext
  private let inbox: WriterInbox
  private let engine: any SpoolEngine
  private let ledger = Ledger()
  private var state = WriterState(at: .now)
  private var allowance = BatchAllowance()
  /// Of the round before.
  private var rooms: [String: WindowRoom] = [:]
  private var postponed = PostponedRequests()
  private var pruning = HistoryPruning(at: .now)
  private var needsCensus = false
  private var standstills: [String: Standstill] = [:]
  /// What the storage last refused, and until when that is told.
  private var refusal: (error: SpoolError, until: WriterState.Instant)?

  init(_ context: SpoolContext) throws(SpoolError) {
    self.context = context
    inbox = context.inbox
    engine = try context.storage.openEngine { [inbox = context.inbox] in inbox.requestRound() }
    do throws(EngineFailure) {
      do throws(EngineFailure) { try takeCensus() } catch  where error.isCorruption {
        engine.abandon()
        try engine.salvage()
        try engine.reopen()
        try takeCensus()
      }
      try sweepBodies()
    } catch {
      engine.abandon()
      throw error.spoolError
    }
  }

  /// Deletes bodies that no record names: a crash has left them.
  private func sweepBodies() throws(EngineFailure) {
    // A power cut may bring back a record whose removal was not synced, and it would name a body that is gone.
    try engine.sync()
    // One of them may belong to a damaged message, and be all that is left of it.
    if ledger.hasDamaged { return }
    try context.storage.bodies.sweep(keepingNamesOf: engine)
  }

  /// Until the inbox is closed.
  func run() {
    var isLast = false
    while !isLast {
      let round = nextRound()
      if let damage = inbox.takeDamage() { note(.broken(.corrupt(damage))) }
      obey(state.handle(.woken, at: .now), in: round)
      obey(state.handle(.roundEnded, at: .now), in: round)
      publishHealth()
      isLast = round.isClosing && round.requests.isEmpty
    }
    finish()
  }

  private func nextRound() -> WriterInbox.Round {
    let round = inbox.nextRound(
      within: state.patience(at: .now, untilDue: ledger.untilDue(in: rooms, at: context.now)),
      mostRequests: allowance.requests)
    rooms = round.rooms
    return round
  }

  private func obey(_ actions: [WriterState.Action], in round: WriterInbox.Round) {
    for action in actions {
      switch action {
      case .transact: transact(round)
      case .refuse(let error): for request in round.requests { refuse(request, .broken(error)) }
      case .abandon: abandon()
      case .reopen: obey(state.handle(reopen(), at: .now), in: round)
      case .sync: sync()
      case .maintain: engine.maintain()
      case .poll: poll()
      }
    }
  }

  // MARK: A batch

  private func transact(_ round: WriterInbox.Round) {
    allowance = engine.allowance(keeping: context.reserve)
    var (requests, excess) = allowance.split(round.requests)
    pruning.note(hasRoom: allowance.hasRoomForHistory)
    if pruning.isWanted, keepsHistory { requests.append(.pruneHistory) }
    for request in excess { refuse(request, .refused(.full)) }
    let claims = state.mayClaim(at: .now) ? ledger.claimable(in: round.rooms, at: context.now) : []
    guard !requests.isEmpty || !claims.isEmpty else { return }
    do throws(EngineFailure) {
      try commit(requests, claims, round.rooms)
    } catch {
      note(error)
      if state.isOpen, !error.isContention, requests.count + claims.count > 1 {
        // One of them is poison, or the storage has room for some and not for all: each on its own from here.
        for request in requests { commitAlone([request], [], round.rooms) }
        for entity in claims { commitAlone([], [entity], round.rooms) }
      } else {
        refuse(requests, claims, error)
      }
    }
  }

  private var keepsHistory: Bool { context.history.withLock { $0 != nil } }

  private func commitAlone(_ requests: [WriterRequest], _ claims: [String], _ rooms: [String: WindowRoom]) {
    if case .broken(let error, _) = state.storage { return refuse(requests, [], .broken(error)) }
    do throws(EngineFailure) {
      try commit(requests, claims, requests.isEmpty ? rooms : [:])
    } catch {
      note(error)
      refuse(requests, claims, error)
    }
  }

  /// All of it is stored and answered when this returns, and durable if it must be; none of it when it throws.
  private func commit(
    _ requests: [WriterRequest], _ claims: [String], _ rooms: [String: WindowRoom]
  ) throws(EngineFailure) {
    var batch = Batch(
      engine: engine, ledger: ledger, bodies: context.storage.bodies, now: context.now, log: context.log, rooms: rooms,
      history: context.history.withLock { $0 } ?? .off, hasRoomForHistory: allowance.hasRoomForHistory)
    let isDurable = !claims.isEmpty || requests.contains(where: mustBeDurable)
    let begun = WriterState.Instant.now
    do throws(EngineFailure) {
      try engine.begin(isDurable: isDurable)
      try batch.perform(requests, claiming: claims)
      context.onFaultPoint?(.committing)
      try engine.commit()
    } catch {
      engine.rollback()
      throw error
    }
    context.commitTimes.note(.now - begun)
    context.commits.wrappingAdd(1, ordering: .relaxed)
    if isDurable { context.syncs.wrappingAdd(1, ordering: .relaxed) }
    state.handle(.committed(isDurable: isDurable), at: .now)
    refusal = nil
    context.onFaultPoint?(.committed)
    publish(batch.result)
  }

  /// A settlement is not waited for: without it a message is sent again, never lost. But its body is only deleted when no
  /// power cut can bring the record back.
  private func mustBeDurable(_ request: WriterRequest) -> Bool {
    switch request {
    case .accept, .makeDue, .change: true
    case .settle(let id, _, _): ledger.claimed[id]?.bodyName != nil
    case .giveBack, .pruneHistory: false
    }
  }

  /// The batch is stored: now it is so for everybody.
  private func publish(_ result: BatchResult) {
    ledger.apply(result)
    for body in result.keptBodies { body.keep() }
    needsCensus = needsCensus || result.needsCensus || isMiscounted(result)
    if needsCensus { attempt { () throws(EngineFailure) in try takeCensus() } }
    publishCounts(of: result.deltas.keys, handingOver: result.claimed)
    for fields in result.ownMail { context.log.tell(.accepted, fields) }
    for answer in result.accepted { answer.continuation.resume(returning: .success(answer.id)) }
    for answer in result.changes { answer() }
    delete(result.removedBodies)
    for request in result.followUps { _ = inbox.add(request) }
    if let count = result.prunedHistory { pruning.note(pruned: count, at: .now) }
    if !result.lostLeases.isEmpty { context.lostLeases.wrappingAdd(result.lostLeases.count, ordering: .relaxed) }
  }

  /// Every change is counted as it is made, so this is a mistake in the program: what is there is counted anew.
  private func isMiscounted(_ result: BatchResult) -> Bool {
    guard ledger.isImpossible(result.deltas.keys) else { return false }
    context.log.tell(.countersWrong)
    return true
  }

  /// A crash before the bodies are deleted leaves them to the sweep at the next start.
  private func delete(_ bodies: [String]) {
    guard !bodies.isEmpty else { return }
    context.storage.workers.start { [storage = context.storage] in storage.bodies.delete(bodies) }
  }

  private func publishCounts(of entities: some Collection<String>, handingOver claimed: [BatchResult.Claimed] = []) {
    let now = context.now
    let counts = entities.compactMap { entity in
      ledger.entities[entity].map { known in
        var counts = known.counts
        counts.untakenSince = standstills[entity]?.since?.date
        return (entity: entity, counts: counts, hasDue: known.hasDue(at: now))
      }
    }
    inbox.publish(claimed, counts)
    if !entities.isEmpty { context.changed.yield() }
  }

  // MARK: When the storage refuses

  private func refuse(_ requests: [WriterRequest], _ claims: [String], _ failure: EngineFailure) {
    for request in requests { refuse(request, failure) }
    guard !claims.isEmpty else { return }
    state.handle(.claimsFailed, at: .now)
    context.log.tell(.claimFailed, [.reason: failure.reason])
  }

  private func refuse(_ request: WriterRequest, _ failure: EngineFailure) {
    postponed.refuse(request, failure, log: context.log)
    state.handle(.postponed, at: .now)
  }

  private func attempt(_ work: () throws(EngineFailure) -> Void) {
    do throws(EngineFailure) { try work() } catch { note(error) }
  }

  private func note(_ failure: EngineFailure) {
    if case .refused(let error) = failure, error != .closed { refusal = (error, .now + Self.refusalIsTold) }
    guard case .broken(let error) = failure else { return }
    for case .abandon in state.handle(.broke(error), at: .now) {
      context.log.tell(.diskFailing, [.reason: failure.reason])
      abandon()
    }
  }

  private func abandon() {
    context.storage.reader.close()
    engine.abandon()
  }

  private func reopen() -> WriterState.Event {
    do throws(EngineFailure) {
      if case .broken(.corrupt, _) = state.storage { try engine.salvage() }
      try engine.reopen()
      // It may have been opened meanwhile, as it was before.
      context.storage.reader.close()
      try takeCensus()
    } catch {
      engine.abandon()
      return .stayedBroken(error.spoolError)
    }
    context.log.tell(.diskWorking)
    return .reopened
  }

  // MARK: What the status says

  /// Where nothing else is written, nobody learns earlier that the storage takes messages again.
  private static let refusalIsTold = Duration.seconds(60)

  private var health: SpoolHealth {
    if case .broken(let error, _) = state.storage { return .failing(error) }
    if let refusal, .now < refusal.until { return refusal.error == .full ? .full : .failing(refusal.error) }
    return allowance.octets < allowance.octetsPerMessage ? .full : .working
  }

  private func publishHealth() {
    let health = health
    let hasChanged = context.health.withLock { known in
      defer { known = health }
      return known != health
    }
    if hasChanged { context.changed.yield() }
  }

  /// - Returns: the entities of which there is something new to tell.
  private func noteStandstills() -> [String] {
    let (now, takes) = (context.now, inbox.takes)
    return ledger.entities.keys.filter { entity in
      let before = standstills[entity]
      standstills[entity, default: Standstill()].look(
        takes: takes[entity]?.count ?? 0, hasDue: ledger.hasDue(entity, at: now) || takes[entity]?.hasReady == true,
        at: now)
      return standstills[entity]?.since != before?.since
    }
  }

  // MARK: Between batches

  private func sync() {
    attempt { () throws(EngineFailure) in
      try engine.sync()
      context.syncs.wrappingAdd(1, ordering: .relaxed)
      state.handle(.synced, at: .now)
    }
  }

  private func poll() {
    inbox.putBack(postponed.takeAll())
    if pruning.isDue(at: .now), keepsHistory { _ = inbox.add(.pruneHistory) }
    attempt { () throws(EngineFailure) in
      if try engine.changedByOthers() { try takeCensus() }
      publishCounts(of: Set(try ledger.findOldest(in: engine)).union(noteStandstills()))
    }
  }

  /// At the start, and after records were changed without counting.
  private func takeCensus() throws(EngineFailure) {
    try ledger.recount(from: engine, withdrawing: inbox.withdraw)
    needsCensus = false
    publishCounts(of: ledger.entities.keys)
  }

  private func finish() {
    let last = WriterInbox.Round(requests: postponed.takeAll(), rooms: [:], isClosing: true)
    obey(state.handle(.woken, at: .now), in: last)
    context.storage.reader.close()
    do throws(EngineFailure) { try engine.close() } catch {
      context.log.tell(.closeFailed, [.reason: error.reason])
    }
    let (requests, closers) = inbox.end()
    for request in requests { refuse(request, .refused(.closed)) }
    closers.forEach { $0.resume() }
  }
}
