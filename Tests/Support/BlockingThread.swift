// Work on a plain thread that may block as long as it likes: test peers must not lean on the loops they test.

internal import Foundation
internal import Synchronization

/// A thread running one piece of blocking work, and its result.
package final class BlockingThread<Value: Sendable>: Sendable {
  private enum State {
    case running([CheckedContinuation<Value, any Error>])
    case ended(Result<Value, any Error>)
  }
  private let state = Mutex<State>(.running([]))

  package init(_ work: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [self] in
      // OpenSSL writes without MSG_NOSIGNAL.
      var pipe = sigset_t()
      sigemptyset(&pipe)
      sigaddset(&pipe, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &pipe, nil)
      finish(Result { try work() })
    }
    thread.stackSize = 1 << 20
    thread.start()
  }

  private func finish(_ result: Result<Value, any Error>) {
    let waiting = state.withLock { state -> [CheckedContinuation<Value, any Error>] in
      guard case .running(let waiting) = state else { return [] }
      state = .ended(result)
      return waiting
    }
    for continuation in waiting { continuation.resume(with: result) }
  }

  package var value: Value {
    get async throws {
      try await withCheckedThrowingContinuation { continuation in
        let ended = state.withLock { state -> Result<Value, any Error>? in
          switch state {
          case .ended(let result): return result
          case .running(let waiting):
            state = .running(waiting + [continuation])
            return nil
          }
        }
        if let ended { continuation.resume(with: ended) }
      }
    }
  }
}
