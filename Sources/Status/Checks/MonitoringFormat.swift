// What each monitoring system reads: the plugin output of Nagios, the local checks of Checkmk, and JSON for Zabbix. Pure.

import Foundation

package enum MonitoringFormat: String, CaseIterable, Sendable {
  case nagios, checkmk, zabbix

  /// Whether the system takes the state from the exit code; the others read it in the text.
  package var hasExitCodes: Bool { self == .nagios }

  /// - Parameter checks: at least one; the first is the relay's.
  /// - Returns: the lines, without a line end behind the last one.
  package func text(of checks: [MonitoringCheck]) -> String {
    switch self {
    case .nagios: Self.plugin(checks)
    case .checkmk: checks.map(Self.localCheck).joined(separator: "\n")
    case .zabbix: "[" + checks.map(Self.json).joined(separator: ",\n") + "]"
    }
  }

  // MARK: Nagios, Icinga, Sensu

  /// The first line is what is shown, with the figures of all behind the bar; the further lines are the details.
  private static func plugin(_ checks: [MonitoringCheck]) -> String {
    let figures = checks.flatMap { check in
      check.figures.map { "'\(check.entity.map { "\($0)_" } ?? "")\($0.name)'=\($0.value)\($0.unit);;;0" }
    }
    let lines = checks.map { check in
      guard let entity = check.entity else { return "LETTERHEAD \(check.state.word) - \(check.text)" }
      return "\(entity) \(check.state.word): \(check.text)"
    }
    let head = lines[0] + (figures.isEmpty ? "" : " | " + figures.joined(separator: " "))
    return ([head] + lines.dropFirst()).joined(separator: "\n")
  }

  // MARK: Checkmk

  /// `0 "Letterhead acme" queued=3|failed=0 Connected.` Whether a figure is too high Checkmk may be told there.
  private static func localCheck(_ check: MonitoringCheck) -> String {
    let figures = check.figures.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
    let name = "Letterhead \(check.entity ?? "relay")"
    return "\(check.state.rawValue) \"\(name)\" \(figures.isEmpty ? "-" : figures) \(check.text)"
  }

  // MARK: Zabbix

  /// One object: a master item takes the array, discovery finds `entity` in it, dependent items take the figures.
  private static func json(_ check: MonitoringCheck) -> String {
    let figures = check.figures.map { "\"\($0.name)\":\($0.value)" }
    let words = ["\"state\":\(check.state.rawValue)", "\"text\":\(quoted(check.text))"]
    let name = check.entity.map { ["\"entity\":\(quoted($0))"] } ?? ["\"relay\":1"]
    return "{" + (name + words + figures).joined(separator: ",") + "}"
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
