// The real clock: who waits is woken at the moment, and not before.

import Foundation
import Platform
import Testing

@Suite(.timeLimit(.minutes(1))) struct TimeTests {
  private let time = SystemTime()

  @Test func `a moment that has passed is not waited for`() async {
    await time.sleep(until: .distantPast)
    await time.sleep(for: .zero)
  }

  @Test func `nobody is woken before the moment`() async {
    let moment = time.now + 0.05
    await time.sleep(until: moment)
    #expect(time.now >= moment)
  }

  @Test func `a later moment does not hold up an earlier one`() async {
    let waiting = Task { await time.sleep(until: .distantFuture) }
    while threads(named: "timer").isEmpty { await Task.yield() }
    await time.sleep(for: .milliseconds(1))
    waiting.cancel()
    await waiting.value
  }

  @Test func `a cancelled wait ends at once`() async {
    let waiting = Task { await time.sleep(until: .distantFuture) }
    await Task.yield()
    waiting.cancel()
    await waiting.value
  }

  @Test func `one thread wakes all, and ends with its clock`() async {
    do {
      let time = SystemTime()
      await withDiscardingTaskGroup { group in
        for _ in 0..<50 { group.addTask { await time.sleep(for: .milliseconds(1)) } }
      }
    }
    await until { threads(named: "timer").count <= 1 }  // The suite's own clock may still have its thread.
  }
}
