// Time that passes only when a test says so: a minute's wait takes no time at all.

package import Foundation
internal import Synchronization
internal import Platform

/// A time source to hand in where code asks for the time or waits for a moment.
package final class ManualTime: TimeSource {
  private struct Sleeper {
    let until: Date
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now: Date
    var sleepers: [Int: Sleeper] = [:]
    var last = 0
  }

  private let state: Mutex<State>

  /// Starts on 2026-11-22 08:00:00 UTC, a Sunday.
  package init(_ start: Date = Date(timeIntervalSince1970: 1_795_334_400)) { state = Mutex(State(now: start)) }

  package var now: Date { state.withLock { $0.now } }

  package func sleep(until time: Date) async {
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

  package func advance(by span: Duration) { advance(to: now + span / .seconds(1)) }

  /// Wakes all who wait for a moment up to `time`. Time does not go back.
  package func advance(to time: Date) {
    let woken = state.withLock { state in
      state.now = max(time, state.now)
      let due = state.sleepers.filter { $0.value.until <= time }
      for number in due.keys { state.sleepers[number] = nil }
      return due.values
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// As when somebody sets the clock, also back. Nobody is woken.
  package func set(_ time: Date) { state.withLock { $0.now = time } }

  /// Advances to the next moment for which somebody waits, if anybody does.
  package func skip() {
    if let next = state.withLock({ $0.sleepers.values.map(\.until).min() }) { advance(to: next) }
  }

  /// The wait for the next moment ends, whatever the clock says: it may have been set back since that wait began.
  package func endNextWait() {
    let next = state.withLock { state in
      let number = state.sleepers.min { $0.value.until < $1.value.until }?.key
      return number.flatMap { state.sleepers.removeValue(forKey: $0) }
    }
    next?.continuation.resume()
  }

  /// How many wait.
  package var sleepers: Int { state.withLock { $0.sleepers.count } }

  /// The moments for which somebody waits, the next one first.
  package var alarms: [Date] { state.withLock { $0.sleepers.values.map(\.until).sorted() } }
}
