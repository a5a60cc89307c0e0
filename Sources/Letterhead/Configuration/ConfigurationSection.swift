// One table of the configuration file, read key by key. A key that nobody asked for is a mistake, and is reported as one.

import Foundation
import TOMLKit

/// A table and where it stands. Each `string`, `integer` … reads one key, reports a value of the wrong kind, and
/// remembers that the key is known.
final class Section {
  let path: [String]
  private let table: TOMLTable
  private let reader: ConfigurationReader
  private var known: Set<String> = []

  init(_ table: TOMLTable, path: [String], reader: ConfigurationReader) {
    self.table = table
    self.path = path
    self.reader = reader
  }

  var name: String { path.last ?? "" }

  /// Reports `message` at `key`, or at the table itself.
  func report(_ key: String?, _ message: String) {
    reader.report(message, at: path + (key.map { [$0] } ?? []))
  }

  func string(_ key: String) -> String? {
    read(key, "text in quotes") { $0.string }
  }

  func bool(_ key: String) -> Bool? {
    read(key, "true or false") { $0.bool }
  }

  func required(_ key: String, hint: String) -> String? {
    if !table.contains(key: key) { report(nil, "\(key) is missing. Write \(hint).") }
    return string(key)
  }

  func strings(_ key: String) -> [String]? {
    read(key, "a list of texts, [\"…\", \"…\"]") { value in
      guard let array = value.array else { return nil }
      let texts = array.compactMap { $0.string }
      return texts.count == array.count ? texts : nil
    }
  }

  func integers(_ key: String, in range: ClosedRange<Int>) -> [Int]? {
    read(key, "a list of whole numbers from \(range.lowerBound) to \(range.upperBound)") { value in
      guard let array = value.array else { return nil }
      let numbers = array.compactMap { $0.int }.filter(range.contains)
      return numbers.count == array.count ? numbers : nil
    }
  }

  /// A day, as TOML writes dates: `2027-03-01`, without quotes. It begins at midnight, universal time.
  func date(_ key: String) -> Date? {
    read(key, "a day as 2027-03-01, without quotes") { value in
      guard let day = value.date ?? value.dateTime?.date else { return nil }
      return Calendar(identifier: .gregorian).date(
        from: DateComponents(timeZone: .gmt, year: day.year, month: day.month, day: day.day))
    }
  }

  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    let value = read(key, "a whole number") { $0.int }
    guard let value, !range.contains(value) else { return value }
    report(key, "\(key) = \(value) is out of range: it takes \(range.lowerBound) to \(range.upperBound).")
    return nil
  }

  func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
    let value = read(key, "a time as \"90s\", \"15m\", \"12h\" or \"5d\"") { value in
      value.string.flatMap(Quantities.duration) ?? value.int.flatMap { Quantities.duration("\($0)") }
    }
    guard let value, !range.contains(value) else { return value }
    report(
      key,
      "\(key) is out of range: it takes \(range.lowerBound.components.seconds / 3600) hours to "
        + "\(range.upperBound.components.seconds / 86_400) days.")
    return nil
  }

  func octets(_ key: String) -> Int? {
    read(key, "a size as \"256M\" or \"1G\"") { value in
      value.string.flatMap(Quantities.octets) ?? value.int.flatMap { Quantities.octets("\($0)") }
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) -> Choice? where Choice.RawValue == String {
    let choices = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    return read(key, "one of \(choices)") { $0.string.flatMap(Choice.init(rawValue:)) }
  }

  func table(_ key: String) -> Section? {
    let table = read(key, "a table, [\((path + [key]).joined(separator: "."))]") { $0.table }
    return table.map { Section($0, path: path + [key], reader: reader) }
  }

  /// Every table in this one, by name.
  func tables() -> [Section] {
    table.keys.compactMap { table($0) }
  }

  /// The tables of an array of tables, `[[key]]`.
  func elements(_ key: String) -> [Section] {
    let tables = read(key, "tables, each begun with [[\(key)]]") { value -> [TOMLTable]? in
      guard let array = value.array else { return nil }
      let tables = array.compactMap { $0.table }
      return tables.count == array.count ? tables : nil
    }
    return (tables ?? []).enumerated().map { index, table in
      Section(table, path: path + [key, "\(index)"], reader: reader)
    }
  }

  /// Reports every key that was not read.
  func refuseOthers() {
    for key in table.keys where !known.contains(key) {
      let near = known.min { $0.editDistance(to: key) < $1.editDistance(to: key) }
      let hint = near.flatMap { $0.editDistance(to: key) <= 2 ? " Did you mean \($0)?" : nil }
      report(key, "There is no key \"\(key)\" here.\(hint ?? "")")
    }
  }

  private func read<Value>(_ key: String, _ kind: String, _ convert: (any TOMLValueConvertible) -> Value?) -> Value? {
    known.insert(key)
    guard let raw = table[key] else { return nil }
    if let value = convert(raw) { return value }
    report(key, "\(key) takes \(kind).")
    return nil
  }
}

extension String {
  /// How many letters must be added, dropped or changed to make `other` (Levenshtein).
  fileprivate func editDistance(to other: String) -> Int {
    var row = Array(0...other.count)
    for (i, a) in self.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in other.enumerated() {
        let above = row[j + 1]
        row[j + 1] = a == b ? diagonal : 1 + Swift.min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[other.count]
  }
}
