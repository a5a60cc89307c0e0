// Whether the relay runs, starts with the host, and is the program that is installed.

package struct ServiceCheck: Equatable, Sendable {
  /// The unit as systemd knows it.
  struct Unit: Equatable, Sendable {
    /// `loaded`, `not-found`, `masked` …
    var load: String
    /// `enabled`, `disabled`, `static` …; empty where there is no unit file.
    var enabled: String
    /// `active`, `failed`, `inactive` …
    var active: String
  }

  /// `nil`: this host has no systemd, or it does not answer.
  var unit: Unit?
  /// The relay's process, while it runs.
  var pid: Int32?
  var runningVersion = ""
  var installedVersion = Version.current
  /// The file that the relay was started from has been replaced or deleted.
  var isReplaced = false

  var findings: [DoctorFinding] { [running, enabled, age].compactMap(\.self) }

  private var running: DoctorFinding {
    if let pid { return DoctorFinding(.service, .ok, "The relay runs (process \(pid)).") }
    return switch unit?.active {
    case "failed":
      DoctorFinding(
        .service, .error, "The relay is not running: its service has failed.",
        run: "journalctl -u letterhead -n 20 --no-pager; systemctl restart letterhead")
    case _ where unit?.load == "masked":
      DoctorFinding(
        .service, .error, "The relay is not running: its service is masked.",
        run: "systemctl unmask letterhead && systemctl start letterhead")
    case _ where unit?.load == "loaded":
      DoctorFinding(.service, .error, "The relay is not running.", run: "systemctl start letterhead")
    default: DoctorFinding(.service, .error, "The relay is not running.", run: "letterhead serve")
    }
  }

  private var enabled: DoctorFinding? {
    guard let unit else {
      return DoctorFinding(.service, .note, "No systemd answers here, so nothing is known of a service.")
    }
    if unit.load == "not-found" {
      return DoctorFinding(
        .service, .note, "systemd has no letterhead.service: who starts the relay after a restart of the host?")
    }
    guard unit.enabled == "disabled" else { return nil }
    return DoctorFinding(
      .service, .warning, "The relay does not start with this host.", run: "systemctl enable letterhead")
  }

  private var age: DoctorFinding? {
    guard pid != nil else { return nil }
    let restart = unit?.load == "loaded" ? "systemctl restart letterhead" : nil
    if runningVersion != installedVersion {
      return DoctorFinding(
        .service, .warning, "The relay that runs is \(runningVersion), and \(installedVersion) is installed.",
        run: restart)
    }
    guard isReplaced else { return nil }
    return DoctorFinding(
      .service, .warning, "The relay runs from a file that has been replaced since it was started.", run: restart)
  }
}
