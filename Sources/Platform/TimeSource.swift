// The time by which the relay waits: pauses, probes, rate limits. Tests hand in one that they move themselves.
package import FoundationEssentials

/// What time it is, and a way to wait for a moment.
package protocol TimeSource: Sendable {
  /// The wall clock.
  var now: Date { get }
  /// Returns at `time`, or earlier when the task is cancelled.
  func sleep(until time: Date) async
}

extension TimeSource {
  /// Returns after `span`, or earlier when the task is cancelled.
  package func sleep(for span: Duration) async {
    await sleep(until: now + span / .seconds(1))
  }
}
