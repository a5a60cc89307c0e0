// The time of a line, `2026-11-29T18:40:05.123Z`: the calendar by arithmetic, because a formatter costs more than the rest
// of the line.

import Glibc

struct LogTime: Equatable {
  /// Since 1970, universal time.
  let milliseconds: Int

  static var now: LogTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return LogTime(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }

  func append(to line: inout [UInt8]) {
    let (seconds, fraction) = (milliseconds / 1000, milliseconds % 1000)
    let date = Self.date(ofDay: seconds / 86_400)
    let second = seconds % 86_400
    let parts: [(value: Int, digits: Int, end: Unicode.Scalar)] = [
      (date.year, 4, "-"), (date.month, 2, "-"), (date.day, 2, "T"), (second / 3600, 2, ":"),
      (second / 60 % 60, 2, ":"), (second % 60, 2, "."), (fraction, 3, "Z"),
    ]
    for part in parts {
      var power = part.digits == 4 ? 1000 : part.digits == 3 ? 100 : 10
      while power > 0 {
        line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: part.value / power % 10))
        power /= 10
      }
      line.append(UInt8(ascii: part.end))
    }
  }

  /// The Gregorian calendar counted in years that begin in March, so that the leap day is their last.
  private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let isNextYear = month >= 10
    return (
      year + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3, dayOfYear - (153 * month + 2) / 5 + 1
    )
  }
}
