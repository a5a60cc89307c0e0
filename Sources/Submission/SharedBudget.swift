// A bounded amount of something that all sessions take from: places for clients, memory for bodies.

import Synchronization

/// Taken and given back from any thread.
final class SharedBudget: Sendable {
  private let total: Int
  private let inUse = Atomic<Int>(0)

  init(_ total: Int) { self.total = total }

  var taken: Int { inUse.load(ordering: .relaxed) }

  /// Takes all of `amount` or nothing.
  func take(_ amount: Int = 1) -> Bool {
    let after = inUse.add(amount, ordering: .relaxed).newValue
    if after <= total { return true }
    giveBack(amount)
    return false
  }

  func giveBack(_ amount: Int = 1) { inUse.subtract(amount, ordering: .relaxed) }
}
