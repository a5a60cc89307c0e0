// The time by which a lane waits: pauses, probes, rations. Tests hand in one that they move themselves.

package import Foundation
package import Sockets

package protocol Timepiece: Sendable {
  var now: Date { get }
  /// Waits on `loop`, where the caller must be running; ends early, without a word, when the task is cancelled.
  func sleep(until time: Date, on loop: EventLoop) async
}

/// The clock on the wall. Once asleep, setting it changes nothing.
package struct WallClock: Timepiece {
  package init() {}

  package var now: Date { Date() }

  package func sleep(until time: Date, on loop: EventLoop) async {
    try? await loop.sleep(until: .now + .seconds(time.timeIntervalSinceNow))
  }
}
