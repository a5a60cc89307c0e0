// The heart: one thread takes everything that is pending, writes it in one transaction, and answers all of it. Who comes
// while it writes shares the next commit; nobody waits for a timer. A batch nobody waits for is written at once and
// synced with the next one that somebody does.

import FoundationEssentials
import Glibc
import Logging
import Synchronization
import System

/// Where a test pulls the plug.
package enum Arrow: Sendable { case committing, committed }

/// Everything but `desk` and the counters belongs to the writer thread; that is why `@unchecked` holds.
final class Writer: @unchecked Sendable {
  struct Settings: Sendable {
    /// The owner's; a visitor has none.
    var lock: OwnerLock?
    /// The descriptors from this number on are not for bodies.
    var descriptorLimit = Int32.max
    var now: @Sendable () -> Date = { Date() }
    var onArrow: (@Sendable (Arrow) -> Void)?
    /// Asked instead of the file system.
    var freeOctets: (@Sendable () -> Int64)?
  }

  let desk = Monitor(Desk())
  let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  /// Commits so far: how well they are shared.
  let commits = Atomic<Int>(0)
  /// How often this thread has waited for the disk.
  let syncs = Atomic<Int>(0)
  /// `queue_min_free`.
  let minimumFree: Atomic<Int64>
  let directory: StateDirectory
  let workers = WorkerPool(name: "spool files", threads: 2)
  let reading: ReadingConnection
  let schedule = Schedule()
  let settings: Settings
  let log: Logger

  /// `nil` while the connection is broken.
  var store: Store?
  var ledger = Ledger()
  var flights: [Int64: Flight] = [:]
  /// Settlements the disk has refused. Their messages stay in flight, so that they are not sent again meanwhile.
  var refused: [Piece] = []
  /// Being made due (`release`): not claimed before all are, so that the oldest goes first.
  var releasing: Set<String> = []
  var claimsResume: Int64 = 0
  private var reopensAt: Int64 = 0
  /// The first id of a transaction that may be on disk though it was never promised.
  private var doubtful: Int64?
  private var breakage = SpoolError.closed
  /// As the file system said, and how long that holds.
  var free = (octets: Int64.max, until: Int64(0))
  var room = DiskRoom()
  private var lastRooms: [String: Effects.Room] = [:]
  /// When the first commit was written that no sync has followed.
  private var unsyncedSince: Int64?
  /// Rows were changed without keeping the ledger.
  var mustRecount = false
  var lastDataVersion: Int64 = 0
  var checkpoints = Checkpoints()

  static let mostPieces = 1000
  /// How soon a visitor's change is noticed, and a refusing disk tried again.
  static let pollMilliseconds: Int64 = 800
  /// How long what nobody waits for may lack its sync: a power cut makes it undone.
  static let unsyncedMilliseconds: Int64 = 100

  init(
    directory: StateDirectory, store: Store, minimumFree: Int64, settings: Settings, log: Logger
  ) throws(StoreFailure) {
    self.directory = directory
    reading = ReadingConnection(path: directory.database)
    self.store = store
    self.minimumFree = Atomic(minimumFree)
    self.settings = settings
    self.log = log
    try recount()
  }

  // MARK: The thread

  private struct Round {
    var pieces: [Piece]
    var rooms: [String: Effects.Room]
    var isClosing: Bool
  }

  /// Until `close`.
  func run() {
    var poll = Self.uptime + Self.pollMilliseconds
    while true {
      let round = nextRound(before: poll)
      lastRooms = round.rooms
      commit(round.pieces, rooms: round.rooms)
      syncWhatWaitsTooLong()
      keepLogShort()
      if Self.uptime >= poll {
        tick()
        poll = Self.uptime + Self.pollMilliseconds
      }
      if round.isClosing, round.pieces.isEmpty { break }
    }
    finish()
  }

  private func nextRound(before poll: Int64) -> Round {
    let delay = min(poll - Self.uptime, untilSomethingIsDue)
    let most = mostPieces
    return desk.wait(upTo: .milliseconds(delay), while: { $0.pending.isEmpty && !$0.needsRound && !$0.isClosing }) {
      desk in
      desk.needsRound = false
      var pieces: [Piece] = []
      swap(&pieces, &desk.pending)
      if pieces.count > most {
        desk.pending = Array(pieces[most...])
        pieces.removeSubrange(most...)
      }
      let rooms = desk.windows.compactMapValues { window in
        window.isOpen
          ? Effects.Room(
            messages: min(window.room, most), octets: window.roomOctets, wantsMore: window.wantsMore) : nil
      }
      return Round(pieces: pieces, rooms: rooms, isClosing: desk.isClosing)
    }
  }

  private var untilSomethingIsDue: Int64 {
    var delay = Self.pollMilliseconds
    guard store != nil else { return delay }
    if let unsyncedSince { delay = min(delay, unsyncedSince + Self.unsyncedMilliseconds - Self.uptime) }
    for (name, room) in lastRooms where room.wantsMore && !releasing.contains(name) {
      guard let record = ledger[name], let due = record.earliestDue else { continue }
      delay = min(delay, max(record.hasDue(at: now) ? 0 : due - now, claimsResume - Self.uptime))
    }
    return delay
  }

  // MARK: A batch

  private func commit(_ pieces: [Piece], rooms: [String: Effects.Room]) {
    let isOpen = store != nil || reopen()
    measureDisk()
    let pieces = isOpen ? refuseWhereDiskIsFull(pieces) : refuseAll(pieces, breakage)
    let claims = claimable(in: rooms)
    guard !pieces.isEmpty || !claims.isEmpty else { return }
    do {
      try transact(pieces, claims, rooms)
    } catch {
      breakConnection(after: error)
      if store != nil, !error.isContention, pieces.count + claims.count > 1 {
        // One of them is poison, or the disk has room for some and not for all: each on its own from here.
        for piece in pieces { commit(alone: piece) }
        for entity in claims { commit(alone: nil, [entity], rooms) }
      } else {
        for piece in pieces { refuse(piece, error) }
        if !claims.isEmpty { pauseClaims(error) }
      }
    }
  }

  private func commit(alone piece: Piece?, _ claims: [String] = [], _ rooms: [String: Effects.Room] = [:]) {
    guard store != nil else { return piece.map { refuse($0, StoreFailure(breakage)) } ?? () }
    do {
      try transact(piece.map { [$0] } ?? [], claims, rooms)
    } catch {
      breakConnection(after: error)
      if let piece { refuse(piece, error) } else { pauseClaims(error) }
    }
  }

  /// All of it is in the log and answered when this returns, and on disk if it must be; none of it when it throws.
  private func transact(
    _ pieces: [Piece], _ claims: [String], _ rooms: [String: Effects.Room]
  ) throws(StoreFailure) {
    guard let store, !pieces.isEmpty || !claims.isEmpty else { return }
    var effects = Effects(rooms: rooms)
    let first = ledger.nextID
    let isAwaited = !claims.isEmpty || pieces.contains(where: mustBeOnDisk)
    do {
      try store.syncCommits(isAwaited)
      try store.begin()
      for piece in pieces { try apply(piece, to: store, &effects) }
      for entity in claims { try claim(entity, from: store, &effects) }
      try writeTotals(to: store, effects)
      settings.onArrow?(.committing)
      try store.commit()
    } catch {
      store.rollback()
      if error.breaksConnection { doubtful = min(doubtful ?? first, first) }
      throw error
    }
    commits.wrappingAdd(1, ordering: .relaxed)
    noteSync(isAwaited)
    settings.onArrow?(.committed)
    publish(effects)
  }

  /// A settlement is not waited for: without it a message is sent again, never lost. But its body's file goes only when
  /// no power cut can bring the row back.
  private func mustBeOnDisk(_ piece: Piece) -> Bool {
    switch piece {
    case .accept, .change: true
    case .settle(let id, _, _): flights[id]?.file != nil
    case .giveBack: false
    }
  }

  private func noteSync(_ isSynced: Bool) {
    if isSynced { syncs.wrappingAdd(1, ordering: .relaxed) }
    unsyncedSince = isSynced ? nil : unsyncedSince ?? Self.uptime
  }

  private func syncWhatWaitsTooLong() {
    guard let store, let since = unsyncedSince, Self.uptime >= since + Self.unsyncedMilliseconds else { return }
    tryOrBreak { () throws(StoreFailure) in try store.sync() }
    noteSync(true)
  }

  private func apply(_ piece: Piece, to store: Store, _ effects: inout Effects) throws(StoreFailure) {
    switch piece {
    case .accept(let message, let now, let continuation):
      let id = try accept(message, at: now, into: store, &effects)
      effects.answers.append((continuation, id))
    case .settle(let id, let settlement, let now):
      try settle(id, settlement, at: now, in: store, &effects)
    case .giveBack(let ids):
      try giveBack(ids, to: store, &effects)
    case .change(let change):
      try change.work(self, store, &effects)
      effects.changes.append(change)
    }
  }

  /// The batch is on disk: now it is so for everybody.
  private func publish(_ effects: Effects) {
    ledger.apply(effects)
    for id in effects.ended {
      if let flight = flights.removeValue(forKey: id) { ledger.records[flight.entity].inFlight -= 1 }
    }
    for (message, flight) in effects.landed {
      flights[message.id.rawValue] = flight
      ledger.records[flight.entity].inFlight += 1
    }
    effects.kept.forEach { $0.keep() }
    if mustRecount { tryOrBreak { () throws(StoreFailure) in try recount() } }
    let handings = desk.withLock { desk in
      var handings: [Handing] = []
      var late: [MessageID] = []
      for (message, _) in effects.landed {
        if desk.windows[message.entity]?.isOpen == true {
          desk.windows[message.entity]?.add(message)
        } else {
          late.append(message.id)
        }
      }
      if !late.isEmpty { desk.pending.append(.giveBack(late)) }
      for name in Set(effects.landed.map(\.message.entity)) { handings += desk.windows[name]?.serve() ?? [] }
      for (number, _) in effects.movements {
        publish(ledger.records[number], on: &desk)
      }
      return handings
    }
    if !effects.movements.isEmpty { changed.yield() }
    handings.forEach { $0.resume() }
    for answer in effects.answers { answer.continuation.resume(returning: .success(answer.id)) }
    for change in effects.changes { change.answer(self, nil) }
    if !effects.files.isEmpty { remove(effects.files) }
  }

  func publish(_ record: Ledger.Record, on desk: inout Desk) {
    desk.counts[record.name] = record.counts
    if record.hasDue(at: now) {
      desk.backlog.insert(record.name)
    } else {
      desk.backlog.remove(record.name)
    }
  }

  /// No row names these. A crash before they are gone leaves them to the sweep at the next start.
  private func remove(_ files: [String]) {
    let paths = files.map { "\(directory.bodies)/\($0)" }
    workers.start { for path in paths { unlink(path) } }
  }

  // MARK: When the disk refuses

  private func refuse(_ piece: Piece, _ failure: StoreFailure) {
    let error = failure.spoolError
    switch piece {
    case .accept(_, _, let continuation): continuation.resume(returning: .failure(error))
    case .change(let change): change.answer(self, error)
    case .giveBack: refused.append(piece)
    case .settle(let id, var settlement, let now):
      if failure.isAboutTheDisk {
        refused.append(piece)
      } else if settlement.report != nil {
        log.error("report not stored", metadata: ["message": "\(id)", "reason": "\(failure.message)"])
        settlement.report = nil
        refused.append(.settle(id, settlement, now: now))
      } else {
        log.error("settlement not stored", metadata: ["message": "\(id)", "reason": "\(failure.message)"])
      }
    }
  }

  private func refuseAll(_ pieces: [Piece], _ error: SpoolError) -> [Piece] {
    for piece in pieces { refuse(piece, StoreFailure(error)) }
    return []
  }

  private func pauseClaims(_ failure: StoreFailure) {
    claimsResume = Self.uptime + Self.pollMilliseconds
    log.error("nothing can be claimed", metadata: ["reason": "\(failure.message)"])
  }

  private func breakConnection(after failure: StoreFailure) {
    guard failure.breaksConnection, let broken = store else { return }
    log.error("the spool's disk fails", metadata: ["reason": "\(failure.message)"])
    breakage = failure.spoolError
    store = nil
    checkpoints.forget()
    reading.close()
    try? broken.close()
    reopensAt = Self.uptime + Self.pollMilliseconds / 2
  }

  /// Opens the connection anew after a failure. What the last transaction left in the log was never promised: it is moved
  /// into the database file, whose pages are then written and synced afresh, and taken out again. Only an empty log is
  /// one whose every page we know to be on disk.
  private func reopen() -> Bool {
    guard Self.uptime >= reopensAt else { return false }
    reopensAt = Self.uptime + Self.pollMilliseconds / 2
    do {
      let fresh = try Store(path: directory.database)
      store = fresh
      guard try fresh.checkpoint(truncating: true) == 0 else { throw StoreFailure(.unwritable("the log is in use")) }
      if let doubtful { try fresh.forget(from: doubtful) }
      doubtful = nil
      try recount()
      log.notice("the spool's disk works again")
      return true
    } catch {
      breakage = (error as? StoreFailure)?.spoolError ?? .unwritable("\(error)")
      try? store?.close()
      store = nil
      return false
    }
  }

  // MARK: Twice a second

  private func tick() {
    guard store != nil || reopen() else { return }
    if !refused.isEmpty {
      desk.withLock { $0.pending.insert(contentsOf: refused, at: 0) }
      refused = []
    }
    tryOrBreak { () throws(StoreFailure) in
      try noticeVisitors()
      try refreshOldest()
    }
  }

  private func tryOrBreak(_ work: () throws(StoreFailure) -> Void) {
    do { try work() } catch { breakConnection(after: error) }
  }

  private func finish() {
    if !refused.isEmpty {
      let pieces = refused
      refused = []
      commit(pieces, rooms: [:])
    }
    checkpoints.forget()
    reading.close()
    do {
      _ = try store?.checkpoint()
      try store?.close()
    } catch {
      log.error("the spool did not close cleanly", metadata: ["reason": "\(error)"])
    }
    store = nil
    settings.lock?.release()
    let (pieces, closers) = desk.withLock { desk in
      desk.isClosed = true
      defer {
        desk.closers = []
        desk.pending = []
      }
      return (desk.pending, desk.closers)
    }
    for piece in pieces { refuse(piece, StoreFailure(.closed)) }
    refused = []
    closers.forEach { $0.resume() }
  }

  /// Milliseconds since 1970.
  var now: Int64 { settings.now().milliseconds }

  /// Milliseconds on a clock nobody sets.
  static var uptime: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

extension Date {
  var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
  init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
