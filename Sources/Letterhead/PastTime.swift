// A time in the past as people name it: an age (`2d`), a day (`today`, `yesterday`, `2026-11-30`), or a day and a time of the
// clock (`2026-11-30 14:05`) where the host is. Pure but for the host's zone.

package import Foundation
import Glibc

package enum PastTime {
  /// How many seconds the clocks of a place are ahead of universal time at a moment.
  package typealias Zone = @Sendable (Date) -> Int

  /// For a sentence about a text that is none.
  package static let forms = "12h, 2d, today, yesterday, 2026-11-30 or \"2026-11-30 14:05\""

  /// The host's, as its files and the variable TZ have it.
  package static let hostZone: Zone = { moment in
    var seconds = time_t(moment.timeIntervalSince1970)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
  }

  /// A time with a `Z` behind it, as listings print it, is universal.
  package static func moment(_ text: String, before now: Date, in zone: Zone = hostZone) -> Date? {
    if let age = Quantities.duration(text) { return now - Double(age.components.seconds) }
    switch text {
    case "today": return beginningOfDay(now, in: zone)
    case "yesterday": return beginningOfDay(beginningOfDay(now, in: zone) - 1, in: zone)
    case let time where time.hasSuffix("Z"): return universal(time)
    default: return local(text).map { moment(ofClock: $0, in: zone) }
    }
  }

  private static func local(_ text: String) -> Date? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }
    switch parts.count {
    case 1: return universal("\(text)T00:00:00Z")
    case 2: return universal("\(parts[0])T\(parts[1]):00Z")
    default: return nil
    }
  }

  /// - Returns: `nil` for a day or an hour that no calendar has.
  private static func universal(_ text: String) -> Date? {
    guard let date = try? Date(text, strategy: .iso8601), date.formatted(.iso8601) == text else { return nil }
    return date
  }

  private static func beginningOfDay(_ moment: Date, in zone: Zone) -> Date {
    let clock = moment.timeIntervalSince1970 + Double(zone(moment))
    return self.moment(ofClock: Date(timeIntervalSince1970: (clock / 86_400).rounded(.down) * 86_400), in: zone)
  }

  /// - Parameter clock: what the clocks of the place show, taken for universal time.
  private static func moment(ofClock clock: Date, in zone: Zone) -> Date {
    let near = clock - Double(zone(clock))
    return clock - Double(zone(near))
  }
}
