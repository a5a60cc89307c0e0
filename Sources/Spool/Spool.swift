// The durable queue, and the blocking queue the lanes draw from.

package import FoundationEssentials
import Glibc
package import Logging
import Synchronization
import System

/// What was promised, and what has become of it.
///
/// # The states of a message, and what a power cut means
///
/// Every arrow is one transaction of the writer thread (`GroupCommit`), shared with whatever else is pending; a power cut
/// leaves all of it or nothing, and never a later one without those before it.
///
/// * **arriving**: a large body is being written to `bodies/`; no row names it. There is nothing yet for a small one.
///   → *waiting*, by the insert that `accept` awaits; a large body is synced, and its name in the directory, before.
///   Cut before the commit: there is no message, the client has no 250 and comes again; the body's file is swept at the
///   next start. Cut after it, before the 250: the message stands here and the client sends it once more.
/// * **waiting**: a row with a due time.
///   → *claimed*, by an update that counts the attempt and moves the due time to the next one, before the message is
///   handed out. A fresh message of an open entity is inserted as claimed; that saves the update.
///   Cut before: due as it was. Cut after: due at the moved time, as if the attempt had failed; a crash costs a delay.
/// * **claimed**: a due time ahead, and a memory of this process (`Flight`), so that nothing is handed out twice.
///   → *waiting* again, by an update of due time, recipients and flags, with the provider's words in `attempt`.
///   → *settled*, by the delete of everything that hangs on it; a large body's file goes after the commit.
///   → *failed*, by an update; recipients keep the words they were refused with.
///   Nobody waits for these, so they are written at once and synced with the next commit that somebody waits for, or
///   after a tenth of a second (`Writer.unsyncedMilliseconds`); with a body's file to remove, at once.
///   Killed before any of these, or power cut before its sync: the attempt is made again when due, so what was delivered
///   and not settled is sent twice: at most what was in flight, and at a power cut what was settled in that tenth of a
///   second. After: done; a body's file that is still there is swept at the next start.
/// * **held**: by a person's hand; → *waiting* by theirs. Cut before: as it was. Cut after: done.
/// * **failed**: kept with its reason until deleted, retried (→ *waiting*), or 30 days old.
/// * **settled**: no trace but the totals, which were counted in the same transaction.
///
/// A commit that could not be synced is answered with an error, never later with success: the connection is opened anew
/// and its log emptied before anything is promised again (`Writer.reopen`).
package final class Spool: Sendable {
  /// Larger bodies belong in a file (`startBody`).
  package static let largestInlineOctets = 256 << 10

  let writer: Writer
  private var isOwner: Bool { writer.settings.lock != nil }

  /// Opens the spool as its one owner (`serve`). Makes the directory, mode 0700, where it is missing.
  ///
  /// - Parameters:
  ///   - minimumFree: `queue_min_free`, in octets: with less than that free, `accept` throws `.full`. 0 for no limit.
  ///   - descriptorLimit: the descriptors from this number on are not for bodies.
  ///   - now: the wall clock by which messages fall due.
  ///   - onArrow: called on the writer thread around each commit, for tests that pull the plug there.
  ///   - freeOctets: what is free on the disk, for tests of a small one; `nil` asks the file system.
  package static func own(
    directory: String, minimumFree: Int64 = 256 << 20, descriptorLimit: Int32 = .max, log: Logger,
    now: @escaping @Sendable () -> Date = { Date() }, onArrow: (@Sendable (Arrow) -> Void)? = nil,
    freeOctets: (@Sendable () -> Int64)? = nil
  ) throws(SpoolError) -> Spool {
    let directory = try StateDirectory(forSpoolIn: directory)
    let lock = try OwnerLock(in: directory)
    let settings = Writer.Settings(
      lock: lock, descriptorLimit: descriptorLimit, now: now, onArrow: onArrow, freeOctets: freeOctets)
    let spool = try Spool(directory, minimumFree: minimumFree, settings: settings, log: log)
    try spool.sweep()
    spool.start()
    return spool
  }

  /// Opens the spool beside its owner or without one, to see and steer (the command line).
  package static func visit(directory: String, log: Logger) throws(SpoolError) -> Spool {
    let directory = try StateDirectory(withSpoolIn: directory)
    let spool = try Spool(directory, minimumFree: 0, settings: Writer.Settings(), log: log)
    spool.start()
    return spool
  }

  private init(
    _ directory: StateDirectory, minimumFree: Int64, settings: Writer.Settings, log: Logger
  ) throws(SpoolError) {
    do {
      let store = try Store(path: directory.database)
      writer = try Writer(
        directory: directory, store: store, minimumFree: minimumFree, settings: settings, log: log)
    } catch let error as SpoolError {
      throw error
    } catch let error as StoreFailure {
      throw error.spoolError
    } catch {
      throw StoreFailure(error).spoolError
    }
  }

  private func start() {
    startThread(named: "spool") { [writer] in writer.run() }
  }

  deinit {
    writer.desk.withLock { $0.isClosing = true }
    writer.desk.signal()
  }

  /// Finishes what is pending, checkpoints, closes. Waiting claims get `[]`; what is claimed and unstarted is given back.
  package func close() async {
    let handings = writer.desk.withLock { desk in desk.windows.keys.sorted().flatMap { desk.shut($0) } }
    handings.forEach { $0.resume() }
    await withCheckedContinuation { continuation in
      let isClosed = writer.desk.withLock { desk in
        desk.isClosing = true
        if !desk.isClosed { desk.closers.append(continuation) }
        return desk.isClosed
      }
      if isClosed { continuation.resume() }
      writer.desk.signal()
    }
  }

  /// How many transactions were committed so far.
  package var commitCount: Int { writer.commits.load(ordering: .relaxed) }

  /// How often the writer has waited for the disk so far.
  package var syncCount: Int { writer.syncs.load(ordering: .relaxed) }

  /// `queue_min_free`, after a reload.
  package func setMinimumFree(_ octets: Int64) { writer.minimumFree.store(octets, ordering: .relaxed) }

  // MARK: The front door

  /// The message is on disk when this returns.
  ///
  /// - Throws: `.full` or `.unwritable`: nothing was stored; say 452.
  @discardableResult
  package func accept(_ message: NewMessage, now: Date) async throws(SpoolError) -> MessageID {
    guard isOwner else { throw .visiting }
    let result: Result<MessageID, SpoolError> = await withCheckedContinuation { continuation in
      enqueue(.accept(message, now: now.milliseconds, continuation)) {
        continuation.resume(returning: .failure(.closed))
      }
    }
    return try result.get()
  }

  /// Begins a large body.
  package func startBody() async throws(SpoolError) -> BodyFile.Writer {
    guard isOwner else { throw .visiting }
    let path = "\(writer.directory.bodies)/\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    return try await writer.workers.run { [writer] () throws(SpoolError) in
      if let free = writer.directory.freeOctets, free < writer.minimumFree.load(ordering: .relaxed) { throw .full }
      return try BodyFile.Writer(path: path, below: writer.settings.descriptorLimit, workers: writer.workers)
    }
  }

  // MARK: The lanes

  /// From now on fresh messages of this entity are handed over in memory to whoever claims.
  package func open(_ entity: String) {
    writer.desk.withLock { desk in
      guard !desk.isClosing else { return }
      desk.windows[entity, default: Window()].isOpen = true
      desk.needsRound = true
    }
    writer.desk.signal()
  }

  /// Unstarted messages are given back without a burnt attempt, and waiting claims get `[]`, as do later ones.
  package func close(_ entity: String) {
    let handings = writer.desk.withLock { $0.shut(entity) }
    writer.desk.signal()
    handings.forEach { $0.resume() }
  }

  /// Waits until there is work for this entity; oldest first. The attempt is counted and the next one's time is on disk
  /// before this returns.
  ///
  /// - Returns: at least one message, or `[]` when the entity is closed or the task cancelled. Each must be settled.
  package func claim(_ entity: String, atMost: Int) async -> [SpooledMessage] {
    let atMost = max(atMost, 1)
    if let ready = writer.desk.withLock({ $0.takeReady(entity, atMost: atMost) }) {
      if ready.runsLow { writer.desk.signal() }
      return ready.messages
    }
    let number = writer.desk.withLock { desk in
      desk.lastClaimer += 1
      return desk.lastClaimer
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let claimer = Window.Claimer(number: number, atMost: atMost, continuation: continuation)
        let handings = writer.desk.withLock { desk in
          desk.enlist(claimer, for: entity, isCancelled: Task.isCancelled)
        }
        handings.forEach { $0.resume() }
        writer.desk.signal()
      }
    } onCancel: {
      let claimer = writer.desk.withLock { $0.windows[entity]?.dismiss(number) }
      claimer?.continuation.resume(returning: [])
    }
  }

  /// Writes down what an attempt came to. Returns at once; shares the next commit, and its sync the next one that is
  /// waited for. While the disk refuses, the message
  /// stays in flight here and is not handed out again.
  package func settle(_ id: MessageID, _ settlement: Settlement, now: Date) {
    enqueue(.settle(id.rawValue, settlement, now: now.milliseconds)) {}
  }

  /// After a reconnect: everything not held by hand is due now, oldest first.
  package func release(_ entity: String, now: Date) {
    enqueue(.release(entity, from: (0, 0), now: now.milliseconds)) {}
  }

  /// By entity; an entity that never had a message is missing.
  package var counts: [String: Counts] { writer.desk.withLock { $0.counts } }

  /// Says that `counts` have changed; several changes may be said once. For one listener.
  package var changes: AsyncStream<Void> { writer.changes }

  // MARK: Inside

  /// `closed` runs instead where the spool is closed.
  func enqueue(_ piece: Piece, closed: () -> Void) {
    let (isClosing, isFirst) = writer.desk.withLock { desk in
      guard !desk.isClosed else { return (true, false) }
      desk.pending.append(piece)
      return (false, desk.pending.count == 1)
    }
    if isClosing { return closed() }
    // Later ones find the thread awake.
    if isFirst { writer.desk.signal() }
  }

  /// Bodies that no row names are left over from a crash.
  private func sweep() throws(SpoolError) {
    guard let listing = opendir(writer.directory.bodies) else {
      throw .unwritable("\(writer.directory.bodies): \(SystemError())")
    }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      if try !writer.names(body: name) { unlink("\(writer.directory.bodies)/\(name)") }
    }
  }
}

extension Desk {
  mutating func shut(_ entity: String) -> [Handing] {
    guard let (unstarted, handings) = windows[entity]?.shut() else { return [] }
    if !unstarted.isEmpty { pending.append(.giveBack(unstarted)) }
    return handings
  }

  /// - Returns: `nil` when the caller has to wait.
  mutating func takeReady(
    _ entity: String, atMost: Int
  ) -> (messages: [SpooledMessage], runsLow: Bool)? {
    guard windows[entity]?.isOpen == true, !isClosing else { return ([], false) }
    guard let messages = windows[entity]?.take(atMost: atMost), !messages.isEmpty else { return nil }
    let runsLow = backlog.contains(entity) && windows[entity]?.wantsMore == true
    if runsLow { needsRound = true }
    return (messages, runsLow)
  }

  mutating func enlist(_ claimer: Window.Claimer, for entity: String, isCancelled: Bool) -> [Handing] {
    guard windows[entity]?.isOpen == true, !isClosing, !isCancelled else {
      return [Handing(continuation: claimer.continuation, messages: [])]
    }
    windows[entity]?.claimers.append(claimer)
    if backlog.contains(entity) { needsRound = true }
    return windows[entity]?.serve() ?? []
  }
}

extension Window {
  mutating func dismiss(_ number: Int) -> Claimer? {
    guard let place = claimers.firstIndex(where: { $0.number == number }) else { return nil }
    return claimers.remove(at: place)
  }
}
