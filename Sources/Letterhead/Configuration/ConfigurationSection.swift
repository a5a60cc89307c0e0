// One table of the configuration file, read key by key. A key that nobody asked for is a mistake, and is reported as one.

import TOMLKit

/// A table and where it stands. Remembers which keys were asked for.
final class ConfigurationSection {
  let path: [String]
  let file: ConfigurationFile
  private let table: TOMLTable
  private var known: Set<String> = []

  init(_ table: TOMLTable, path: [String], file: ConfigurationFile) {
    self.table = table
    self.path = path
    self.file = file
  }

  var name: String { path.last ?? "" }

  /// Reports `message` at `key`, or at the table itself.
  func report(_ key: String?, _ message: String) {
    file.report(message, at: path + (key.map { [$0] } ?? []))
  }

  func contains(_ key: String) -> Bool { table.contains(key: key) }

  func value(of key: String) -> ConfigurationValue? {
    known.insert(key)
    return table[key].map(ConfigurationValue.init)
  }

  func table(_ key: String) -> ConfigurationSection? {
    known.insert(key)
    guard let raw = table[key] else { return nil }
    guard let table = raw.table else {
      report(key, "\(key) takes a table, [\((path + [key]).joined(separator: "."))].")
      return nil
    }
    return ConfigurationSection(table, path: path + [key], file: file)
  }

  /// Every table in this one, in the file's order.
  func tables() -> [ConfigurationSection] {
    table.keys.compactMap { table($0) }.sorted { file.line(of: $0.path) < file.line(of: $1.path) }
  }

  /// The tables of an array of tables, `[[key]]`.
  func elements(_ key: String) -> [ConfigurationSection] {
    known.insert(key)
    guard let raw = table[key] else { return [] }
    let tables = raw.array?.compactMap { $0.table } ?? []
    guard let array = raw.array, tables.count == array.count else {
      report(key, "\(key) takes tables, each begun with [[\(key)]].")
      return []
    }
    return tables.enumerated().map { index, table in
      ConfigurationSection(table, path: path + [key, "\(index)"], file: file)
    }
  }

  /// Reports every key that was not asked for.
  func refuseOthers() {
    for key in table.keys where !known.contains(key) {
      let near = known.min { $0.editDistance(to: key) < $1.editDistance(to: key) }
      let hint = near.flatMap { $0.editDistance(to: key) <= 2 ? " Did you mean \($0)?" : nil }
      let place = ConfigurationTables.places(of: key).map { " It belongs \($0)." }
      report(key, "There is no key \"\(key)\" here.\(hint ?? place ?? "")")
    }
  }
}

extension ConfigurationValue {
  fileprivate init(_ raw: any TOMLValueConvertible) {
    self =
      switch raw.type {
      case .string: raw.string.map(Self.text) ?? .other
      case .int: raw.int.map(Self.number) ?? .other
      case .bool: raw.bool.map(Self.flag) ?? .other
      case .date, .dateTime: (raw.date ?? raw.dateTime?.date).map { .day($0.text) } ?? .other
      case .array: raw.array.map(Self.init(list:)) ?? .other
      default: .other
      }
  }

  private init(list: TOMLArray) {
    let texts = list.compactMap { $0.string }
    let numbers = list.compactMap { $0.int }
    if texts.count == list.count {
      self = .texts(texts)
    } else if numbers.count == list.count {
      self = .numbers(numbers)
    } else {
      self = .other
    }
  }
}

extension TOMLDate {
  fileprivate var text: String {
    let digits = [(year, 4), (month, 2), (day, 2)].map { number, width in
      String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
    }
    return digits.joined(separator: "-")
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
