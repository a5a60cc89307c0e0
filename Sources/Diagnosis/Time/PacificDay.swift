// The days of the Pacific coast of North America, by which Google counts. By arithmetic, since the program has no data about
// time zones: eight hours behind UTC, and seven from the second Sunday of March to the first of November, each at 02:00.

import Foundation

enum PacificDay {
  /// The next midnight there that comes after `time`.
  static func end(after time: Date) -> Date {
    let seconds = Int(time.timeIntervalSince1970.rounded(.down))
    let midnight = (day(of: seconds - hoursBehind(at: seconds) * 3600) + 1) * 86_400
    // The hour changes at 02:00, behind midnight: if this is right by winter's hours, it is right.
    let inWinter = midnight + 8 * 3600
    return Date(timeIntervalSince1970: Double(midnight + hoursBehind(at: inWinter) * 3600))
  }

  /// Behind UTC.
  private static func hoursBehind(at seconds: Int) -> Int {
    let march = firstOfMarch(before: day(of: seconds))
    let start = (sunday(from: march) + 7) * 86_400 + 10 * 3600
    let end = sunday(from: march + 245) * 86_400 + 9 * 3600
    return (start..<end).contains(seconds) ? 7 : 8
  }

  // MARK: Days, counted from 1970-01-01

  private static func day(of seconds: Int) -> Int {
    Int((Double(seconds) / 86_400).rounded(.down))
  }

  /// The last 1 March up to `day`: a leap day is the last of its year then.
  private static func firstOfMarch(before day: Int) -> Int {
    func firstOfMarch(in year: Int) -> Int { 365 * year + year / 4 - year / 100 + year / 400 - 719_468 }
    let year = (day + 719_468) * 400 / 146_097
    return [year + 1, year].lazy.map(firstOfMarch).first { $0 <= day } ?? firstOfMarch(in: year - 1)
  }

  /// `day`, or the first Sunday after it.
  private static func sunday(from day: Int) -> Int { day + (10 - day % 7) % 7 }
}
