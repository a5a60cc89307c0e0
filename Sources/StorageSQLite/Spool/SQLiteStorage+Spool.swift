// The spool in the state directory: `spool.sqlite`, and `bodies` beside it.

import Glibc
package import Logging
import Logs
package import Spool
package import Platform

extension SQLiteStorage {
  /// Opens the spool to accept and claim. Makes the directory, mode 0700, where it is missing.
  ///
  /// - Parameters:
  ///   - minimumFree: `queue_min_free`, in octets: with less than that free, `accept` throws `.full`. 0 for no limit.
  ///   - descriptorLimit: the descriptors from this number on are not for bodies.
  ///   - hasRun: a relay has had this directory, so that a database which is not there is lost.
  ///   - acceptsLoss: begins with an empty queue where the database is gone or beyond repair; what is left of it, and bodies,
  ///     are kept under names of their own.
  ///   - time: the wall clock by which messages fall due.
  ///   - onFaultPoint: called on the writer thread around each commit, for tests that pull the plug there.
  ///   - freeOctets: what is free on the disk, for tests of a small one; `nil` asks the file system.
  /// - Throws: `.alreadyRunning` where another process has opened it so; `.lost` where there was a queue and no database is;
  ///   `.beyondRepair`.
  package static func openSpool(
    directory path: String, minimumFree: Int64 = 256 << 20, descriptorLimit: Int32 = .max,
    hasRun: Bool = false, acceptsLoss: Bool = false, log: Logger, time: any TimeSource = SystemTime(),
    onFaultPoint: (@Sendable (FaultPoint) -> Void)? = nil,
    freeOctets: (@Sendable () -> Int64)? = nil
  ) throws(SpoolError) -> Spool {
    let directory = try StateDirectory(forSpoolIn: path)
    let lock = try OwnerLock(in: directory)
    directory.removeRestoreLeftovers()
    do throws(StateDirectoryError) { try directory.requireWhole() } catch { throw .directory(error) }
    try directory.requireDatabase(hasRun: hasRun, acceptingLoss: acceptsLoss)
    for name in directory.closeFiles() {
      log.tell(.fileWasOpen, [.file: directory.file(name)])
    }
    do throws(StateDirectoryError) { try directory.prepare("spool.sqlite") } catch { throw .directory(error) }
    let free: @Sendable () -> Int64? = { freeOctets?() ?? directory.freeOctets }
    let storage = storage(
      in: directory, descriptorLimit: descriptorLimit,
      SQLiteSpoolEngine.Settings(
        path: directory.database, lock: lock, freeOctets: free, ballastDirectory: directory, log: log))
    do throws(SpoolError) {
      return try .openExclusive(storage, minimumFree: minimumFree, log: log, time: time, onFaultPoint: onFaultPoint)
    } catch .corrupt(let reason) {
      guard acceptsLoss else { throw .beyondRepair(path: directory.database, reason: reason) }
    }
    let kept = try directory.setAsideSpool()
    log.tell(.queueBegunAnew, [.file: "\(kept)"])
    do throws(StateDirectoryError) { try directory.prepare("spool.sqlite") } catch { throw .directory(error) }
    return try .openExclusive(storage, minimumFree: minimumFree, log: log, time: time, onFaultPoint: onFaultPoint)
  }

  /// Opens the spool for `list` and `show`, beside the process that accepts and claims or without one.
  package static func openSpoolReadOnly(directory path: String, log: Logger) throws(SpoolError) -> Spool {
    let directory = try StateDirectory(withSpoolIn: path)
    do throws(StateDirectoryError) { try directory.requireWhole() } catch { throw .directory(error) }
    DiskBallast.throwOff(in: directory)
    do throws(EngineFailure) { try SpoolConnection.prepare(directory.database) } catch { throw error.spoolError }
    let settings = SQLiteSpoolEngine.Settings(path: directory.database, lock: nil, freeOctets: { nil }, log: log)
    return .openReadOnly(storage(in: directory, descriptorLimit: .max, settings), log: log)
  }

  private static func storage(
    in directory: StateDirectory, descriptorLimit: Int32, _ settings: SQLiteSpoolEngine.Settings
  ) -> SpoolStorage {
    let workers = WorkerPool(name: "spool files", threads: 2)
    return SpoolStorage(
      reader: SQLiteSpoolReader(path: settings.path),
      bodies: BodyFiles(in: directory, descriptorLimit: descriptorLimit, workers: workers), workers: workers
    ) { wake throws(SpoolError) in
      do throws(EngineFailure) { return try SQLiteSpoolEngine(settings, wake: wake) } catch { throw error.spoolError }
    }
  }
}
