// Notices that somebody has set the clock on the wall, by a clock that nobody sets.

package import Foundation

/// A value, looked at now and then.
package struct ClockSteps: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    /// In seconds; negative: set back.
    package var size: TimeInterval
    /// By the new time.
    package var at: Date
  }

  /// A clock that is kept right is moved by less.
  static let smallest: TimeInterval = 60
  /// A step is told so long.
  static let isTold: TimeInterval = 3600
  /// 2026-01-01: earlier, a clock has lost its time.
  static let earliest = Date(timeIntervalSince1970: 1_767_225_600)

  private var last: (wall: Date, steady: ContinuousClock.Instant)?
  package private(set) var step: Step?

  package init() {}

  /// - Parameters:
  ///   - wall: the clock on the wall.
  ///   - steady: the same moment by the clock that only goes on.
  package mutating func look(wall: Date, steady: ContinuousClock.Instant) {
    defer { last = (wall, steady) }
    guard let last else { return }
    let size = wall.timeIntervalSince(last.wall) - (steady - last.steady) / .seconds(1)
    if abs(size) >= Self.smallest { step = Step(size: size, at: wall) }
  }

  func recent(at now: Date) -> Step? {
    step.flatMap { abs(now.timeIntervalSince($0.at)) < Self.isTold ? $0 : nil }
  }

  package static func == (one: ClockSteps, other: ClockSteps) -> Bool {
    one.step == other.step && one.last?.wall == other.last?.wall && one.last?.steady == other.last?.steady
  }
}
