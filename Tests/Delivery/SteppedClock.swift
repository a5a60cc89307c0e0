// Time for lanes that passes only when a test says so: a minute's wait takes no time at all.

import Foundation
import Sockets
import Synchronization

@testable import Delivery

final class SteppedClock: Timepiece {
  private struct Sleeper {
    let until: Date
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now = noon
    var sleepers: [Int: Sleeper] = [:]
    var last = 0
  }

  private let state = Mutex(State())

  var now: Date { state.withLock { $0.now } }

  func sleep(until time: Date, on loop: EventLoop) async {
    let number = state.withLock { state in
      state.last += 1
      return state.last
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard time > state.now, !Task.isCancelled else { return false }
          state.sleepers[number] = Sleeper(until: time, continuation: continuation)
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume()
    }
  }

  func advance(by seconds: TimeInterval) { advance(to: now.addingTimeInterval(seconds)) }

  func advance(to time: Date) {
    let woken = state.withLock { state in
      state.now = max(time, state.now)
      let due = state.sleepers.filter { $0.value.until <= time }
      for number in due.keys { state.sleepers[number] = nil }
      return due.values
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// To the moment for which somebody waits, if anybody does.
  func skip() {
    if let next = state.withLock({ $0.sleepers.values.map(\.until).min() }) { advance(to: next) }
  }
}
