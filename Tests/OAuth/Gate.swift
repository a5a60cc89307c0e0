// Holds a server's answer, or a disk, until a test has seen what it waits for.

import Foundation
import Synchronization
import Testing

final class Gate: Sendable {
  private let isClosed: Mutex<Bool>

  init(isClosed: Bool = true) { self.isClosed = Mutex(isClosed) }

  func close() { isClosed.withLock { $0 = true } }

  func open() { isClosed.withLock { $0 = false } }

  /// Returns once the gate is open.
  func pass() async throws {
    while isClosed.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
  }
}

/// Waits for what another task or process is about to do.
func until(_ condition: () async throws -> Bool) async throws {
  // A bound for what never comes, not a measure of anything.
  let deadline = ContinuousClock.now + .seconds(60)
  while try await !condition() {
    try #require(ContinuousClock.now < deadline, "it never came")
    try await Task.sleep(for: .milliseconds(5))
  }
}
