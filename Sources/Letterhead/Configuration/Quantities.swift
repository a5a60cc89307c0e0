// Durations and sizes as people write them: "5d", "15m", "256M", or plain numbers.

enum Quantities {
  private static let durations: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
  private static let sizes: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]

  /// `90s`, `15m`, `12h`, `5d`, `2w`; a bare number is seconds.
  static func duration(_ text: String) -> Duration? {
    scaled(text, by: durations).map { .seconds($0) }
  }

  /// `64K`, `256M`, `1G`, upper or lower case; a bare number is octets.
  static func octets(_ text: String) -> Int? {
    scaled(text.uppercased(), by: sizes)
  }

  private static func scaled(_ text: String, by units: [Character: Int]) -> Int? {
    let unit = text.last.flatMap { units[$0] }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard let count = Int(digits), count >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit ?? 1)
    return overflow ? nil : product
  }
}
