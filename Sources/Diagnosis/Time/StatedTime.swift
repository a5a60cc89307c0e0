// What a provider's words say about time: a wait that they name, or the period of a limit. Pure.

package import Foundation

package enum StatedTime: Equatable, Sendable {
  /// "try again in 34 minutes", "Retry-After: 120", "Limit expires in 3 hours".
  case wait(Duration)
  /// So much in each minute, hour, day or month.
  case limit(Period)

  /// By their seconds.
  package enum Period: Int, Sendable, CaseIterable {
    case second = 1
    case minute = 60
    case hour = 3600
    case day = 86_400
    case month = 2_592_000
  }

  /// - Returns: `nil` where the words say nothing about time.
  package init?(in words: String) {
    let words = TimeWords(words)
    if let wait = words.wait {
      self = .wait(wait)
    } else if let period = words.period {
      self = .limit(period)
    } else {
      return nil
    }
  }
}

extension StatedTime {
  /// Whoever named a longer wait is asked after this.
  static let longestWait = Duration.seconds(24 * 3600)
  /// A limit by the day or the month slides, where nothing is known of its boundary: whether it is over is seen by trying.
  static let look: TimeInterval = 3600

  /// When the mailbox is tried again.
  package func end(after now: Date, at family: ProviderFamily?) -> Date {
    switch self {
    case .wait(let time): now.addingTimeInterval(min(max(time, .seconds(10)), Self.longestWait) / .seconds(1))
    case .limit(.second), .limit(.minute): now.addingTimeInterval(60)
    case .limit(.hour): now.addingTimeInterval(3600)
    case .limit(.day): family?.endOfDay(after: now) ?? now.addingTimeInterval(Self.look)
    case .limit(.month): now.addingTimeInterval(Self.look)
    }
  }
}

extension ProviderFamily {
  /// When the provider's day ends, where that is known.
  ///
  /// - Returns: `nil` also just after the end of a day: a limit that is met then is not of the day that has just begun.
  func endOfDay(after now: Date) -> Date? {
    guard self == .google else { return nil }
    let midnight = PacificDay.end(after: now)
    return midnight.timeIntervalSince(now) > 22 * 3600 ? nil : midnight
  }
}
