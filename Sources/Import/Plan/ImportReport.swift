// What an import says: the three lists, what to connect, and the way over and back.

import Diagnosis
import Letterhead

/// The result of an import, for people and for programs.
package struct ImportReport: Sendable {
  package let plan: MigrationPlan
  /// The configuration, with its comments. No secret is in it.
  package let toml: String

  init(_ plan: MigrationPlan) {
    self.plan = plan
    toml = plan.isUseful ? PlanWriter.text(of: plan) : ""
  }

  /// `letterhead connect …` for each entity, with the configuration in `file`.
  package func connects(in file: String) -> [String] {
    let option = file == Configuration.usualFile ? "" : " --config \(shellWord(file))"
    return plan.entities.map { PlannedConnect($0, in: plan).command + option }
  }

  /// The three lists as text, each line with the place in the old configuration.
  package var lists: String {
    let titles: [(ImportFinding.Kind, String)] = [
      (.carried, "Carried over:"), (.changed, "Changed, and why:"), (.leftOut, "Left out, and what to do instead:"),
    ]
    return titles.map { kind, title in
      let lines = plan.findings.filter { $0.kind == kind }.map(Self.line)
      return ([title] + (lines.isEmpty ? ["  nothing"] : lines)).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static func line(_ finding: ImportFinding) -> String {
    "  " + (finding.sources.isEmpty ? "" : "\(finding.places): ") + finding.sentence
  }

  /// The commands that put Letterhead in the place of the old system, and those that undo it.
  package func switching(in file: String) -> (over: [String], back: [String]) {
    let ports = plan.switchedPorts
    func move(_ from: KeyPath<SwitchedPort, String>, _ to: KeyPath<SwitchedPort, String>) -> [String] {
      ports.map { port in
        // The bracket of an IPv6 address begins a class in a pattern of sed.
        let pattern = port[keyPath: from].replacing("[", with: "\\[")
        return "sed -i 's|\"\(pattern)\"|\"\(port[keyPath: to])\"|' \(shellWord(file))"
      }
    }
    let stop = plan.system.unit.map { ["systemctl disable --now \($0)"] } ?? []
    let start = plan.system.unit.map { ["systemctl enable --now \($0)"] } ?? []
    let over = stop + move(\.meanwhile, \.wanted) + ["systemctl restart letterhead"]
    return (over, ["systemctl stop letterhead"] + move(\.wanted, \.meanwhile) + start)
  }

  /// The lists, what to connect, and the way over and back, with the configuration in `file`.
  package func text(in file: String) -> String {
    let switching = switching(in: file)
    let connect = ["Connect, with the configuration in \(file):"] + connects(in: file).map { "  \($0)" }
    let over = ["Switch over:"] + switching.over.map { "  \($0)" }
    let back = ["And back:"] + switching.back.map { "  \($0)" }
    let parts = plan.isUseful ? [connect, over, back].map { $0.joined(separator: "\n") } : []
    return ([lists] + parts).joined(separator: "\n\n")
  }
}
