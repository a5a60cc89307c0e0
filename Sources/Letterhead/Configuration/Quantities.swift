// Durations and sizes as people write them: "5d", "15m", "256M", or plain numbers.

package enum Quantities {
  private typealias Unit = (letter: Character, size: Int)

  private static let durations: [Unit] = [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
  private static let sizes: [Unit] = [("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)]

  /// `90s`, `15m`, `12h`, `5d`, `2w`; a bare number is seconds.
  package static func duration(_ text: String) -> Duration? {
    scaled(text, by: durations).map { .seconds($0) }
  }

  /// `64K`, `256M`, `1G`, upper or lower case; a bare number is octets.
  static func octets(_ text: String) -> Int? {
    scaled(text.uppercased(), by: sizes)
  }

  /// In the largest unit of which it is a multiple, weeks aside: people count days.
  static func text(_ duration: Duration) -> String {
    text(Int(duration.components.seconds), in: Array(durations.dropFirst()))
  }

  static func text(octets: Int) -> String { text(octets, in: sizes) }

  /// Quantities are written with quotes, and plain numbers without are taken as well.
  static func text(of value: ConfigurationValue) -> String? {
    switch value {
    case .text(let text): text
    case .number(let number): String(number)
    default: nil
    }
  }

  private static func scaled(_ text: String, by units: [Unit]) -> Int? {
    let unit = units.first { $0.letter == text.last }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard let count = Int(digits), count >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit?.size ?? 1)
    return overflow ? nil : product
  }

  private static func text(_ count: Int, in units: [Unit]) -> String {
    guard count > 0, let unit = units.first(where: { count.isMultiple(of: $0.size) }) else { return String(count) }
    return "\(count / unit.size)\(unit.letter)"
  }
}
