import Foundation

extension Date {
  static func + (date: Date, span: Duration) -> Date { date.addingTimeInterval(span / .seconds(1)) }
  static func - (date: Date, earlier: Date) -> Duration { .seconds(date.timeIntervalSince(earlier)) }
}
