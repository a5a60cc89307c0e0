// The configuration file: as `letterhead check` reads it.

struct ConfigurationCheck: Equatable, Sendable {
  let file: String
  let problems: [ConfigurationProblem]
  let warnings: [ConfigurationProblem]

  var findings: [DoctorFinding] {
    let problems = problems.map { DoctorFinding(.configuration, .error, $0.description, run: "letterhead check") }
    let warnings = warnings.map { DoctorFinding(.configuration, .warning, $0.description, run: "letterhead check") }
    let all = problems + warnings
    return all.isEmpty ? [DoctorFinding(.configuration, .ok, "\(file) is right.")] : all
  }
}
