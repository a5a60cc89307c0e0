// The report for people: one table a metric and scene, as BENCHMARKS.md has it.

import Foundation

extension Report {
  func markdown() -> String {
    let kind = isQuick ? "A quick run: few rounds, short cells. For trying the tool, not for quoting.\n\n" : ""
    let tables = tables.map { $0.markdown(ratioDigits: ratioDigits) }.joined(separator: "\n")
    let notes = notes.map { "- \($0)" }.joined(separator: "\n")
    return "\(machine.markdown)\n\n\(kind)\(tables)\nNotes of this run:\n\n\(notes.isEmpty ? "- none" : notes)\n"
  }
}

extension Report.Table {
  fileprivate func markdown(ratioDigits: Int) -> String {
    let relays = relays
    let hasRatio = better != .neither && relays.contains(Report.subject) && relays.count > 1
    let head = [scene] + relays + (hasRatio ? ["times better"] : [])
    let lines = rows.map { row in
      [row.name] + relays.map { cell(row.values[$0]) } + (hasRatio ? [ratio(row, digits: ratioDigits)] : [])
    }
    let table = ([head, head.map { _ in "---" }] + lines).map { "| \($0.joined(separator: " | ")) |" }
    return "**\(scene): \(title), \(unit)**\n\n\(table.joined(separator: "\n"))\n"
  }

  /// Letterhead first.
  private var relays: [String] {
    let names = Set(rows.flatMap(\.values.keys))
    return names.sorted { ($0 == Report.subject ? "" : $0) < ($1 == Report.subject ? "" : $1) }
  }

  private func cell(_ values: [Double]?) -> String {
    guard let values, let least = values.min(), let most = values.max() else { return "–" }
    return values.count == 1
      ? written(values[0]) : "\(written(values.median)) (\(written(least))–\(written(most)))"
  }

  /// Letterhead's median against that of the rival that did best in this row.
  private func ratio(_ row: Report.Row, digits: Int) -> String {
    let rivals = row.values.filter { $0.key != Report.subject }.map(\.value.median)
    let best = better == .higher ? rivals.max() : rivals.min()
    guard let ours = row.values[Report.subject]?.median, let best, ours > 0, best > 0 else { return "–" }
    return String(format: "%.\(digits)f×", better == .higher ? ours / best : best / ours)
  }

  private func written(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
}
