// What the tests of the spool share.

import StorageConformance
import Dispatch
import FoundationEssentials
import Logging
import StorageSQLite
import Support
import Platform
import Testing

@testable import Spool

let quiet = Logger(label: "spool tests") { _ in SwiftLogNoOpLogHandler() }

/// A spool that is open for the length of `body`.
func withSpool(time: any TimeSource = SystemTime(), _ body: (Spool) async throws -> Void) async throws {
  let directory = try TemporaryDirectory()
  let spool = try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: quiet, time: time)
  do {
    try await body(spool)
  } catch {
    await spool.close()
    throw error
  }
  await spool.close()
}

extension Spool {
  /// Everything settled so far is on disk.
  func flush() async throws {
    try await change { (_) throws(EngineFailure) in }
  }

  /// As when the writer looks for what is too old.
  func pruneHistory() { _ = context.inbox.add(.pruneHistory) }

  /// As when the writer thread wakes because a message falls due.
  func wakeWriter() { context.inbox.requestRound() }

  /// How many wait for a message of `entity`.
  func claimers(of entity: String = "acme") -> Int {
    context.inbox.contents.withLock { $0.windows[entity]?.claimers.count ?? 0 }
  }
}

/// Keeps the writer thread busy until `during` has filled the list of requests.
func whileWriting(
  _ spool: Spool, requests: Int, _ during: @escaping @Sendable () async throws -> Int
) async throws -> Int {
  let started = DispatchSemaphore(value: 0)
  let goOn = DispatchSemaphore(value: 0)
  async let busy: Void = spool.change { (_) throws(EngineFailure) in
    started.signal()
    goOn.wait()
  }
  #expect(try await eventually { started.wait(timeout: .now()) == .success })
  async let result = during()
  #expect(try await eventually { spool.context.inbox.contents.withLock { $0.requests.count } == requests })
  goOn.signal()
  try await busy
  return try await result
}
