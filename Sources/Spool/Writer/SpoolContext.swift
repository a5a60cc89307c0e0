// What the spool's callers and its writer thread share.

import FoundationEssentials
import Logging
import Synchronization
package import Platform

final class SpoolContext: Sendable {
  let inbox = WriterInbox()
  let storage: SpoolStorage
  /// Without a writer thread.
  let isReadOnly: Bool
  /// `queue_min_free`.
  let minimumFree: Atomic<Int64>
  /// `nil`: nobody has said, so that the history is left alone.
  let history = Mutex<HistorySettings?>(nil)
  let time: any TimeSource
  let log: Logger
  let onFaultPoint: (@Sendable (FaultPoint) -> Void)?
  let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  /// How well commits are shared.
  let commits = Atomic<Int>(0)
  /// How often the writer thread has waited for the disk.
  let syncs = Atomic<Int>(0)
  let lostLeases = Atomic<Int>(0)
  /// Of all transactions, those that are not synced too.
  let commitTimes = DurationHistogram(bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5])
  let health = Mutex(SpoolHealth.working)

  init(
    storage: SpoolStorage, isReadOnly: Bool, minimumFree: Int64, time: any TimeSource, log: Logger,
    onFaultPoint: (@Sendable (FaultPoint) -> Void)?
  ) {
    self.storage = storage
    self.isReadOnly = isReadOnly
    self.minimumFree = Atomic(minimumFree)
    self.time = time
    self.log = log
    self.onFaultPoint = onFaultPoint
  }

  var now: Timestamp { Timestamp(time.now) }

  /// `queue_min_free`, with which one can still count.
  var reserve: Int64 { min(minimumFree.load(ordering: .relaxed), 1 << 60) }
}

/// Where a test pulls the plug.
package enum FaultPoint: Sendable { case committing, committed }

/// Where a spool keeps its messages.
package struct SpoolStorage: Sendable {
  /// Called on the writer thread, where the engine stays. `wake` asks that thread for another round, from any thread.
  let openEngine: @Sendable (_ wake: @escaping @Sendable () -> Void) throws(SpoolError) -> any SpoolEngine
  let reader: any SpoolReader
  let bodies: any BodyStore
  /// For what blocks besides the writer: reading for people, deleting bodies.
  let workers: WorkerPool

  package init(
    reader: any SpoolReader, bodies: any BodyStore, workers: WorkerPool,
    openEngine: @escaping @Sendable (_ wake: @escaping @Sendable () -> Void) throws(SpoolError) -> any SpoolEngine
  ) {
    self.openEngine = openEngine
    self.reader = reader
    self.bodies = bodies
    self.workers = workers
  }
}
