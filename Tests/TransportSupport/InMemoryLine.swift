// What stands for a connection to the provider: it can be ended from either side, whoever waits.

import Diagnosis
import Synchronization

final class InMemoryLine: Sendable {
  enum Ending: Sendable { case hungUp, interrupted }

  private struct State {
    var ending: Ending?
    var waiting: [Int: CheckedContinuation<Result<InMemoryAnswer?, EndedError>, Never>] = [:]
    var last = 0
  }

  struct EndedError: Error { let ending: Ending }

  let number: Int
  private let state = Mutex(State())

  init(number: Int) { self.number = number }

  var ending: Ending? { state.withLock { $0.ending } }

  func end(_ ending: Ending) {
    let waiting = state.withLock { state in
      state.ending = state.ending ?? ending
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume(returning: .failure(EndedError(ending: ending))) }
  }

  /// What `body` answers, or why the line ended before it did.
  func wait(
    for body: @escaping @Sendable () async -> InMemoryAnswer?
  ) async -> Result<InMemoryAnswer?, EndedError> {
    await withCheckedContinuation { continuation in
      let (ticket, ending) = state.withLock { state in
        state.last += 1
        if state.ending == nil { state.waiting[state.last] = continuation }
        return (state.last, state.ending)
      }
      if let ending { return continuation.resume(returning: .failure(EndedError(ending: ending))) }
      Task {
        let answer = await body()
        self.state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: .success(answer))
      }
    }
  }
}
