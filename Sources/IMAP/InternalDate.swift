// When a server filed a message: `"29-Nov-2026 23:54:02 +0100"`. RFC 3501 §9, date-time.

package import Foundation
import Message
import SMTP

package enum InternalDate {
  /// Without quotes, in UTC.
  package static func octets(_ date: Date) -> [UInt8] {
    // Sun, 29 Nov 2026 23:54:02 +0000
    let words = MailDate.octets(date).split(separator: .space)
    let day = words[1].count == 1 ? [.space] + words[1] : Array(words[1])
    return Array([day[...], words[2], words[3]].joined(separator: [UInt8(ascii: "-")])) + [.space] + words[4] + [.space]
      + words[5]
  }

  /// - Returns: `nil` where it is no such date.
  package static func date(_ octets: [UInt8]) -> Date? {
    let text = octets.map { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") ? .space : $0.lowercased }
    let words = text.split(separator: .space).map { String(decoding: $0, as: UTF8.self) }
    // A zone west of Greenwich has lost its sign above.
    guard words.count == 7, let month = months.firstIndex(of: words[1]) else { return nil }
    let numbers = [words[0], words[2], words[3], words[4], words[5]].compactMap { Int($0) }
    guard numbers.count == 5, (1...31).contains(numbers[0]), (1970...9999).contains(numbers[1]),
      numbers[2...].allSatisfy({ (0...60).contains($0) }), let zone = zone(words[6], isWest(octets))
    else { return nil }
    let days = days(year: numbers[1], month: month + 1, day: numbers[0])
    let seconds = ((days * 24 + numbers[2]) * 60 + numbers[3]) * 60 + numbers[4]
    return Date(timeIntervalSince1970: Double(seconds - zone))
  }

  private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

  private static func isWest(_ octets: [UInt8]) -> Bool { octets.suffix(5).first == UInt8(ascii: "-") }

  /// Seconds east of Greenwich.
  private static func zone(_ text: String, _ isWest: Bool) -> Int? {
    guard text.utf8.count - (text.hasPrefix("+") ? 1 : 0) == 4, let number = Int(text) else { return nil }
    return (number / 100 * 3600 + number % 100 * 60) * (isWest ? -1 : 1)
  }

  /// Since 1970, in the civil calendar: years begin in March, so that the leap day comes last.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let years = month <= 2 ? year - 1 : year
    let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return years * 365 + years / 4 - years / 100 + years / 400 + ofYear - 719_468
  }
}
