// Counts of what happens, for monitoring. To count is one atomic addition, from any thread; whoever reads waits for nobody.

import Synchronization

/// Since the process began; never goes back.
package final class EventCounter: Sendable {
  private let count = Atomic<Int>(0)

  package init() {}

  package var value: Int { count.load(ordering: .relaxed) }

  package func add(_ number: Int = 1) { count.wrappingAdd(number, ordering: .relaxed) }
}

/// One counter for each label. The lock is held for one look-up, and never while anything is waited for.
package final class CounterFamily<Label: Hashable & Sendable>: Sendable {
  private let counters: Mutex<[Label: EventCounter]>

  /// - Parameter labels: those that are read as 0 before anything has happened: monitoring cannot see the first event of a
  ///   label that it has never seen.
  package init(_ labels: [Label] = []) {
    counters = Mutex(Dictionary(labels.map { ($0, EventCounter()) }) { first, _ in first })
  }

  package subscript(label: Label) -> EventCounter {
    counters.withLock { counters in
      if let counter = counters[label] { return counter }
      let counter = EventCounter()
      counters[label] = counter
      return counter
    }
  }

  package var values: [Label: Int] { counters.withLock { $0.mapValues(\.value) } }
}

/// The values of labels that are not names of the configuration.
package enum CounterLabel {
  package static let other = "other"
}

/// How many there are now. Whoever adds one takes it away again.
package final class Gauge: Sendable {
  private let count = Atomic<Int>(0)

  package init() {}

  package var value: Int { count.load(ordering: .relaxed) }

  package func change(by step: Int) { count.wrappingAdd(step, ordering: .relaxed) }
}
