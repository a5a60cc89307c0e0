// The durable queue, and the blocking queue that the mailboxes' queues draw from.

package import FoundationEssentials
package import Logging
import Synchronization
package import Platform

/// What was promised, and what has become of it.
///
/// # The states of a message, and what a power cut means
///
/// Every arrow is one transaction of the writer thread (`SpoolWriter`, `Batch`), shared with whatever else is requested;
/// a power cut leaves all of it or nothing, and never a later one without those before it.
///
/// * **arriving**: a large body is being written to the body store; no record names it. There is nothing yet for a small
///   one.
///   → *waiting*, by the insert that `accept` awaits; a large body is durable, and its name with it, before.
///   Cut before the commit: there is no message, the client has no 250 and comes again; the body is swept at the next
///   start. Cut after it, before the 250: the message is stored here and the client sends it once more.
/// * **waiting**: a record with a due time.
///   → *claimed*, by a lease: an update that counts the attempt, moves the due time to the next one and names owner and
///   term, before the message is handed out. A fresh message of an open entity is inserted as leased; that saves the
///   update.
///   Cut before: due as it was. Cut after: due when the lease ends, in the order of the leases; a crash costs a delay.
///   The attempt had no answer, so the next lease is for the attempt of the same number.
/// * **claimed**: a record with a lease (`Lease`), due when it ends; and a memory of its owner (`ClaimedMessage`), who
///   does not claim it again while it works on it, however long that takes. Nobody ends the lease of an owner that has
///   died: it runs out.
///   → *waiting* again, by an update of due time, recipients and flags, with the provider's words in an attempt.
///   → *settled*, by deleting everything that hangs on it; a large body is deleted after the commit.
///   → *failed*, by an update; recipients keep the words they were refused with.
///   → *unknown*, by an update that keeps what the message was sent with, and when.
///   Each of these holds only in the term it was claimed in. Where another owner has leased the message since, because
///   the lease had run out, nothing is changed: that is logged and counted, and the other owner settles the message.
///   Nobody waits for these, so they are written at once and synced with the next commit that somebody waits for, or
///   after a tenth of a second (`WriterState.longestUnsynced`); with a body to delete, at once.
///   Killed before any of these, or power cut before its sync: the attempt is made again when due, so what was delivered
///   and not settled is sent twice: at most what was under way, and at a power cut what was settled in that tenth of a
///   second. After: done; a body that is still there is swept at the next start.
/// * **unknown**: its end was written and no answer came (`UnknownOutcome`); nobody claims it.
///   → *settled*, or *waiting* and *failed* with the recipients of other transactions, when it is found in the Sent folder
///   or a person says that it has arrived; → *waiting*, when it is not found or a person wants it sent again. Each is one
///   transaction that is awaited. → *unknown*, by an update of due time and finding, after a look that has decided nothing.
///   Cut before the update that makes it unknown: it is still claimed, and sent again when its lease ends. Cut after a look
///   and before what that leads to: it is looked for again.
/// * **filing**: everybody has it, and its copy is to go into the mailbox's folder of sent messages (`SentCopy`); nobody claims
///   it, and it is never sent again. From *claimed* and *unknown* by the update that would else settle it.
///   → *settled*, when the copy is filed, found or given up, or a person drops it: by deleting everything, awaited. Before a
///   copy goes to the server an update says that it is perhaps there.
///   Cut before that update: it is filed as if for the first time, and nothing of it was sent. Cut between that and the end: it
///   is looked for, and filed only where it is not there.
///   The copy of a message that others are still to get, or that has failed for some, is kept beside its state and filed as
///   well; when the message ends before its copy, it goes on as *filing*, or is failed with a copy that is due.
/// * **held**: by a person's hand, or by the insert that `accept` awaits, with a reason; → *waiting* by a person's hand.
///   Cut before: as it was. Cut after: done.
///   One that became unknown under way while a person held it goes on as *unknown*.
///   Mail of an unknown client is held under a key of its own (`SpoolKey`), → *waiting* under an entity's by an update of
///   both, in portions. Cut between two portions: each message is under one of the keys, and the same order moves the rest.
/// * **failed**: kept with its reason until deleted, retried (→ *waiting*), or 30 days old.
/// * **damaged**: neither sent nor failed: the storage cannot read its record, or its body. Set aside and kept until a
///   person deletes it.
/// * **settled**: nothing is left but the totals and a row of the history (`HistoryEntry`), written in the same
///   transaction; a row is also written where a message fails, or a person deletes it. A row is deleted when it is too old
///   or too many, and earlier where the disk is short of room: history is never the reason for which mail is refused.
///
/// A commit that failed is answered with an error, never later with success: the engine is opened anew and takes out what
/// the transaction has left before anything is promised again (`SpoolEngine.reopen`).
package final class Spool: Sendable {
  /// Larger bodies belong in the body store (`startBody`).
  package static let largestInlineOctets = 256 << 10

  let context: SpoolContext

  /// Opens the spool to accept and claim (`serve`). A storage that only one process may use refuses a second one here.
  ///
  /// - Parameters:
  ///   - minimumFree: `queue_min_free`, in octets: with less than that free, `accept` throws `.full`. 0 for no limit.
  ///   - time: the wall clock by which messages fall due.
  ///   - onFaultPoint: called on the writer thread around each commit, for tests that pull the plug there.
  package static func openExclusive(
    _ storage: SpoolStorage, minimumFree: Int64 = 256 << 20, log: Logger, time: any TimeSource = SystemTime(),
    onFaultPoint: (@Sendable (FaultPoint) -> Void)? = nil
  ) throws(SpoolError) -> Spool {
    try Spool(
      SpoolContext(
        storage: storage, isReadOnly: false, minimumFree: minimumFree, time: time, log: log,
        onFaultPoint: onFaultPoint))
  }

  /// Opens the spool for `list` and `show`. All else throws `.readOnly`, or does nothing.
  package static func openReadOnly(_ storage: SpoolStorage, log: Logger) -> Spool { Spool(reading: storage, log: log) }

  private init(reading storage: SpoolStorage, log: Logger) {
    context = SpoolContext(
      storage: storage, isReadOnly: true, minimumFree: 0, time: SystemTime(), log: log, onFaultPoint: nil)
    context.inbox.end()
  }

  /// The engine is made on the thread that uses it; this waits for it.
  private init(_ context: SpoolContext) throws(SpoolError) {
    self.context = context
    let opened = Monitor<Result<Void, SpoolError>?>(nil)
    startThread(named: "spool") {
      do throws(SpoolError) {
        let writer = try SpoolWriter(context)
        opened.withLock { $0 = .success(()) }
        opened.signal()
        writer.run()
      } catch {
        opened.withLock { $0 = .failure(error) }
        opened.signal()
      }
    }
    try opened.wait(upTo: nil, while: { $0 == nil }) { $0 ?? .success(()) }.get()
  }

  deinit { context.inbox.beginClosing() }

  /// Finishes what is requested, and closes. Waiting claims get `[]`; what is claimed and unstarted is given back.
  package func close() async {
    await context.inbox.close()
    context.storage.reader.close()
  }

  /// How many transactions were committed so far.
  package var commitCount: Int { context.commits.load(ordering: .relaxed) }

  /// How long the transactions took.
  package var commitTimes: DurationHistogram.Reading { context.commitTimes.reading }

  /// How often the writer has waited for the disk so far.
  package var syncCount: Int { context.syncs.load(ordering: .relaxed) }

  /// How many settlements came to nothing so far, because another owner had leased the message meanwhile.
  package var lostLeaseCount: Int { context.lostLeases.load(ordering: .relaxed) }

  /// `queue_min_free`, after a reload.
  package func setMinimumFree(_ octets: Int64) { context.minimumFree.store(octets, ordering: .relaxed) }

  /// What is remembered of messages that have ended: nothing before this is called. Also after a reload; what is too much
  /// by it goes within the next minutes.
  package func setHistory(_ settings: HistorySettings) { context.history.withLock { $0 = settings } }

  // MARK: For submission

  /// The message is on disk when this returns.
  ///
  /// - Throws: `.full` or `.unwritable`: nothing was stored; say 452.
  @discardableResult
  package func accept(_ message: NewMessage, now: Date) async throws(SpoolError) -> MessageID {
    guard !context.isReadOnly else { throw .readOnly }
    let result: Result<MessageID, SpoolError> = await withCheckedContinuation { continuation in
      if !context.inbox.add(.accept(message, now: Timestamp(now), continuation)) {
        continuation.resume(returning: .failure(.closed))
      }
    }
    return try result.get()
  }

  /// Begins a large body.
  package func startBody() async throws(SpoolError) -> any BodyWriter {
    guard !context.isReadOnly else { throw .readOnly }
    return try await context.storage.bodies.create(keeping: context.minimumFree.load(ordering: .relaxed))
  }

  // MARK: For delivery

  /// From now on fresh messages of this entity are handed over in memory to whoever claims.
  package func open(_ entity: String) { context.inbox.openWindow(of: entity) }

  /// Unstarted messages are given back without a burnt attempt, and waiting claims get `[]`, as do later ones.
  package func close(_ entity: String) { context.inbox.closeWindow(of: entity) }

  /// Waits until there is work for this entity; oldest first. The attempt is counted and the lease is on disk before this
  /// returns.
  ///
  /// - Returns: at least one message, or `[]` when the entity is closed or the task cancelled. Each must be settled.
  package func claim(_ entity: String, atMost: Int) async -> [SpooledMessage] {
    let atMost = max(atMost, 1)
    let inbox = context.inbox
    if let ready = inbox.takeReady(of: entity, atMost: atMost) { return ready }
    let number = inbox.nextClaimer()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        inbox.add(
          HandoverWindow.Claimer(number: number, atMost: atMost, continuation: continuation), to: entity,
          isCancelled: Task.isCancelled)
      }
    } onCancel: {
      inbox.dismiss(number, from: entity)
    }
  }

  /// Writes down what an attempt came to. Returns at once; shares the next commit, and its sync the next one that is
  /// waited for. While the storage refuses, the message stays claimed here and is not handed out again.
  package func settle(_ id: MessageID, _ settlement: Settlement, now: Date) {
    _ = context.inbox.add(.settle(id, settlement, now: Timestamp(now)))
  }

  /// After a reconnect: everything not held by hand is due now, oldest first.
  package func release(_ entity: String, now: Date) {
    _ = context.inbox.add(.makeDue(entity: entity, after: nil, now: Timestamp(now)))
  }

  // MARK: For status

  /// By entity; an entity that never had a message is missing.
  package var counts: [String: Counts] { context.inbox.counts }

  /// May lag by a second.
  package var health: SpoolHealth { context.health.withLock { $0 } }

  /// Says that `counts` or `health` have changed; several changes may be said once. For one listener.
  package var changes: AsyncStream<Void> { context.changes }
}
