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
  let time: any TimeSource
  let log: Logger
  let onFaultPoint: (@Sendable (FaultPoint) -> Void)?
  let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  /// How well commits are shared.
  let commits = Atomic<Int>(0)
  /// How often the writer thread has waited for the disk.
  let syncs = Atomic<Int>(0)
  let lostLeases = Atomic<Int>(0)
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
