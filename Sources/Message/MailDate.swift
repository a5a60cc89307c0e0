// A moment as header fields write it: `Sun, 22 Nov 2026 08:00:00 +0000`. RFC 5322 §3.3. Always UTC.

package import FoundationEssentials
import SMTP

package enum MailDate {
  package static func octets(_ date: Date) -> [UInt8] {
    let moment = Moment(date)
    var octets: [UInt8] = []
    octets.reserveCapacity(32)
    octets.append(weekdays[moment.weekday])
    octets.append(", ")
    append(moment.day, width: 1, to: &octets)
    octets.append(.space)
    octets.append(months[moment.month - 1])
    octets.append(.space)
    append(moment.year, width: 4, to: &octets)
    octets.append(.space)
    append(moment.hour, width: 2, to: &octets)
    octets.append(UInt8(ascii: ":"))
    append(moment.minute, width: 2, to: &octets)
    octets.append(UInt8(ascii: ":"))
    append(moment.second, width: 2, to: &octets)
    octets.append(" +0000")
    return octets
  }

  /// `20261122080000`, for a Message-ID.
  static func compact(_ date: Date) -> [UInt8] {
    let moment = Moment(date)
    var octets: [UInt8] = []
    append(moment.year, width: 4, to: &octets)
    for part in [moment.month, moment.day, moment.hour, moment.minute, moment.second] {
      append(part, width: 2, to: &octets)
    }
    return octets
  }

  private static let weekdays: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func append(_ number: Int, width: Int, to octets: inout [UInt8]) {
    var power = 1
    while number / power >= 10 { power *= 10 }
    var place = max(power, powers[width])
    while place > 0 {
      octets.append(UInt8(ascii: "0") + UInt8(number / place % 10))
      place /= 10
    }
  }

  private static let powers = [1, 1, 10, 100, 1000]

  /// The civil calendar in UTC, years 1970 to 9999.
  private struct Moment {
    let year, month, day, weekday, hour, minute, second: Int

    init(_ date: Date) {
      let seconds = Int(min(max(date.timeIntervalSince1970.rounded(.down), 0), 253_402_300_799))
      let days = seconds / 86_400
      hour = seconds % 86_400 / 3600
      minute = seconds % 3600 / 60
      second = seconds % 60
      weekday = (days + 4) % 7
      // Days since 1 March 0, in eras of 400 years, so that the leap day comes last in its year.
      let shifted = days + 719_468
      let dayOfEra = shifted % 146_097
      let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
      let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
      let monthFromMarch = (5 * dayOfYear + 2) / 153
      day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
      month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
      year = yearOfEra + shifted / 146_097 * 400 + (month <= 2 ? 1 : 0)
    }
  }
}
