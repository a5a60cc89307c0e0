// The files of other programs, whose configurations are taken over. Every file that a configuration names is the same one, so
// whatever names itself goes round in a circle.

import Import
import Letterhead

extension Target {
  static let imports = ForeignSystem.allCases.map(importing)

  /// What comes of it is a configuration that passes `letterhead check`, or nothing, and it says so in words that steer no
  /// terminal.
  private static func importing(_ system: ForeignSystem) -> Target {
    Target(name: "import-\(system.rawValue)") { octets in
      let files = ForeignFiles { _ in .octets(octets, mode: 0o644) }
      let report = ForeignImport.report(on: system, at: system.usualPaths[0], files: files) { _, port in port != 25 }
      for finding in report.plan.findings {
        try demand(!finding.sentence.isEmpty, "a finding without words")
        try demand(!finding.sentence.contains("\n"), "a finding of two lines: \(finding.sentence)")
      }
      let places = report.plan.findings.flatMap(\.sources)
      try demand(Set(places).count == places.count, "a line that is told twice")
      guard report.plan.isUseful else { return try demand(report.toml.isEmpty, "a configuration of nobody") }
      do throws(ConfigurationProblems) {
        _ = try Configuration.parse(report.toml, file: "/etc/letterhead/letterhead.toml")
      } catch {
        throw Fault(description: "\(error)\n\(report.toml)")
      }
      _ = report.text(in: "/etc/letterhead/letterhead.toml")
    }
  }
}
