// One table of the configuration, read key by key. A key that nobody asked for is a mistake, and is reported as one.

import TOMLKit

/// A table and where it stands: all that the files say of it. Remembers which keys were asked for.
final class ConfigurationSection {
  let path: [String]
  let file: ConfigurationFile
  /// One of each file that has some of it.
  private let tables: [TOMLTable]
  private var known: Set<String> = []

  init(_ tables: [TOMLTable], path: [String], file: ConfigurationFile) {
    self.tables = tables
    self.path = path
    self.file = file
  }

  var name: String { path.last ?? "" }

  /// Reports `message` at `key`, or at the table itself.
  func report(_ key: String?, _ message: String) {
    file.report(message, at: path + (key.map { [$0] } ?? []))
  }

  func contains(_ key: String) -> Bool { tables.contains { $0.contains(key: key) } }

  private func raw(_ key: String) -> [any TOMLValueConvertible] { tables.compactMap { $0[key] } }

  private var keys: Set<String> { Set(tables.flatMap(\.keys)) }

  func value(of key: String) -> ConfigurationValue? {
    known.insert(key)
    return raw(key).first.map(ConfigurationValue.init)
  }

  func table(_ key: String) -> ConfigurationSection? {
    known.insert(key)
    let raw = raw(key)
    if raw.isEmpty { return nil }
    let tables = raw.compactMap(\.table)
    guard tables.count == raw.count else {
      report(key, "\(key) takes a table, [\((path + [key]).joined(separator: "."))].")
      return nil
    }
    return ConfigurationSection(tables, path: path + [key], file: file)
  }

  /// Every table in this one, in the files' order.
  func allTables() -> [ConfigurationSection] {
    keys.compactMap { table($0) }.sorted { file.place(of: $0.path) < file.place(of: $1.path) }
  }

  /// The tables of an array of tables, `[[key]]`.
  func elements(_ key: String) -> [ConfigurationSection] {
    known.insert(key)
    let raw = raw(key)
    let arrays = raw.compactMap(\.array)
    let tables = arrays.joined().compactMap(\.table)
    guard arrays.count == raw.count, tables.count == arrays.joined().count else {
      report(key, "\(key) takes tables, each begun with [[\(key)]].")
      return []
    }
    return tables.enumerated().map { index, table in
      ConfigurationSection([table], path: path + [key, "\(index)"], file: file)
    }
  }

  /// Reports every key that was not asked for.
  func refuseOthers() {
    for key in keys.sorted() where !known.contains(key) {
      // Swapped letters go before other ones, and then it is always the same key.
      let near = known.sorted().min { one, other in
        (one.editDistance(to: key), one.sorted() == key.sorted() ? 0 : 1)
          < (other.editDistance(to: key), other.sorted() == key.sorted() ? 0 : 1)
      }
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
