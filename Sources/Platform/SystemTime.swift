// The real time, with one thread for all who wait. Task.sleep is not used: its timers wake several threads of the runtime
// for each moment that comes, on a host where nothing happens.
package import FoundationEssentials
import Synchronization

/// The clock on the wall. A wait that has begun is not changed when that clock is set.
package final class SystemTime: TimeSource {
  private struct Sleeper {
    let deadline: ContinuousClock.Instant
    let continuation: UnsafeContinuation<Void, Never>
  }

  private struct State {
    // Few, and looked at once for each that is due, so there is no need to keep them sorted.
    var sleepers: [Int: Sleeper] = [:]
    var nextDeadline: ContinuousClock.Instant?
    var hasThread = false
    var isOver = false

    /// Takes out the sleepers whose time has come.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [Sleeper] {
      let due = sleepers.filter { $0.value.deadline <= now }
      for number in due.keys { sleepers[number] = nil }
      nextDeadline = sleepers.values.map(\.deadline).min()
      return Array(due.values)
    }
  }

  private let state = Monitor(State())
  private let lastNumber = Atomic<Int>(0)

  /// The thread starts with the first wait and ends when this is released.
  package init() {}

  deinit {
    state.withLock { $0.isOver = true }
    state.signal()
  }

  package var now: Date { Date() }

  package func sleep(until time: Date) async {
    let deadline = ContinuousClock.now + .seconds(min(max(time.timeIntervalSinceNow, 0), 100 * 365 * 86_400))
    let number = lastNumber.add(1, ordering: .relaxed).newValue
    await withTaskCancellationHandler {
      await withUnsafeContinuation { add(Sleeper(deadline: deadline, continuation: $0), number) }
    } onCancel: {
      wake(number)
    }
  }

  private func add(_ sleeper: Sleeper, _ number: Int) {
    let (needsThread, isNext) = state.withLock { state in
      defer { state.hasThread = true }
      state.sleepers[number] = sleeper
      let isNext = state.nextDeadline.map { sleeper.deadline < $0 } ?? true
      if isNext { state.nextDeadline = sleeper.deadline }
      return (!state.hasThread, isNext)
    }
    if needsThread { startThread(named: "timer") { [state] in Self.run(state) } } else if isNext { state.signal() }
    // The task may have been cancelled before there was anybody to wake.
    if Task.isCancelled { wake(number) }
  }

  private func wake(_ number: Int) {
    state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume()
  }

  private static func run(_ state: Monitor<State>) {
    var deadline: ContinuousClock.Instant?
    while true {
      let limit = deadline.map { $0 - .now }
      let due: [Sleeper]? = state.wait(
        upTo: limit, while: { !$0.isOver && $0.nextDeadline == deadline && deadline.map { $0 > .now } ?? true }
      ) { state in
        defer { deadline = state.nextDeadline }
        return state.isOver ? nil : state.takeDue(at: .now)
      }
      guard let due else { return }
      for sleeper in due { sleeper.continuation.resume() }
    }
  }
}
