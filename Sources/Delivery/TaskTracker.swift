// Tasks begun on one executor by somebody who must not end before they have: a group that takes tasks at any time.

import Synchronization
import Platform

final class TaskTracker: Sendable {
  private struct State {
    var count = 0
    var timers: [Int: Task<Void, Never>] = [:]
    var lastTimer = 0
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let executor: any TaskExecutor
  private let time: any TimeSource
  private let state = Mutex(State())

  init(on executor: any TaskExecutor, by time: any TimeSource) {
    self.executor = executor
    self.time = time
  }

  @discardableResult
  func begin(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    state.withLock { $0.count += 1 }
    return Task(executorPreference: executor) {
      await work()
      self.ended()
    }
  }

  /// Begins what waits before it works; its task is cancelled by `cancelTimers`.
  func beginTimer(_ work: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      state.count += 1
      state.lastTimer += 1
      let number = state.lastTimer
      state.timers[number] = Task(executorPreference: executor) {
        await work()
        self.ended(timer: number)
      }
    }
  }

  /// Does `work` after `delay`, unless `cancelTimers` is called before.
  func after(_ delay: Duration, _ work: @escaping @Sendable () async -> Void) {
    beginTimer { [time] in
      await time.sleep(for: delay)
      if !Task.isCancelled { await work() }
    }
  }

  func cancelTimers() {
    for timer in state.withLock({ Array($0.timers.values) }) { timer.cancel() }
  }

  /// Returns when all that was begun has ended. For one caller.
  func allEnded() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.count > 0 { state.waiter = continuation }
        return state.count == 0
      }
      if isOver { continuation.resume() }
    }
  }

  private func ended(timer number: Int? = nil) {
    let waiter = state.withLock { state in
      if let number { state.timers[number] = nil }
      state.count -= 1
      defer { if state.count == 0 { state.waiter = nil } }
      return state.count == 0 ? state.waiter : nil
    }
    waiter?.resume()
  }
}
