// Lets one caller through at a time, in the order in which they came.

/// Belongs to one executor. Neither suspends nor allocates while nobody waits.
final class AsyncLock {
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func lock() async {
    guard isTaken else { return isTaken = true }
    await withCheckedContinuation { waiting.append($0) }
  }

  /// The lock goes straight to the caller that waited longest.
  func unlock() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}
