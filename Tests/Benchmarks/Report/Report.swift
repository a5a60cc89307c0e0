// Every figure with all its rounds; tables of medians with their range and the ratio to the best rival; JSON.

import Foundation

struct Report: Codable {
  struct Row: Codable {
    var name: String
    /// By relay, one value a round.
    var values: [String: [Double]] = [:]
  }

  struct Table: Codable {
    /// The circumstances: "plain upstream".
    var scene: String
    var title: String
    var unit: String
    var better: Metric.Better
    var digits: Int
    var rows: [Row] = []
  }

  var machine: Machine
  var isQuick: Bool
  var tables: [Table] = []
  /// What a reader of the figures must know: losses, what was left out, how busy the machine was.
  var notes: [String] = []

  /// Behind the decimal point of "times better".
  var ratioDigits = 1

  static let subject = "Letterhead"
  static let earlier = "Letterhead, earlier"
  /// A column of its own where no relay is involved.
  static let direct = "no relay"

  init(machine: Machine, isQuick: Bool) {
    self.machine = machine
    self.isQuick = isQuick
  }

  mutating func add(_ value: Double, _ metric: Metric, in scene: String, row name: String, of relay: String) {
    let table = tables.firstIndex { $0.scene == scene && $0.title == metric.title } ?? tables.count
    if table == tables.count {
      tables.append(
        Table(scene: scene, title: metric.title, unit: metric.unit, better: metric.better, digits: metric.digits))
    }
    let row = tables[table].rows.firstIndex { $0.name == name } ?? tables[table].rows.count
    if row == tables[table].rows.count { tables[table].rows.append(Row(name: name)) }
    tables[table].rows[row].values[relay, default: []].append(value)
  }

  /// Once, however often it is said.
  mutating func note(_ text: String) { if !notes.contains(text) { notes.append(text) } }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}

extension [Double] {
  var median: Double {
    let sorted = sorted()
    return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
  }
}
