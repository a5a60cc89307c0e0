// How a person starts, stops and reloads the relay: by systemd where that has its unit, else by the program itself. Sentences
// take their commands from here, so that each works on the host where it is read.
import Glibc

package struct ServiceCommands: Equatable, Sendable {
  /// systemd runs here, has the relay's unit, and the configuration is the one that the unit reads.
  package let hasUnit: Bool

  package init(hasUnit: Bool) { self.hasUnit = hasUnit }

  private static let folders = [
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
    "/lib/systemd/system",
  ]

  /// For the relay with the configuration that this process was told to read.
  package static let here = ServiceCommands(
    hasUnit: (NamedConfiguration.ofThisProcess ?? NamedConfiguration.usual) == NamedConfiguration.usual && isOnThisHost)

  /// Whatever configuration is meant.
  package static var isOnThisHost: Bool {
    access("/run/systemd/system", F_OK) == 0 && folders.contains { access("\($0)/letterhead.service", F_OK) == 0 }
  }

  package var start: String { hasUnit ? "systemctl start letterhead" : "letterhead serve" }

  /// - Parameter pid: the relay's process. `nil`: it is not known, and then there may be no command.
  package func stop(_ pid: Int32?) -> String? { hasUnit ? "systemctl stop letterhead" : pid.map { "kill \($0)" } }

  /// - Parameter pid: the relay's process.
  package func reload(_ pid: Int32) -> String { hasUnit ? "systemctl reload letterhead" : "kill -HUP \(pid)" }

  /// - Parameter pid: the relay's process. `nil`: it does not run.
  package func restart(_ pid: Int32?) -> String {
    if hasUnit { return "systemctl restart letterhead" }
    return pid.map { "kill \($0); \(start)" } ?? start
  }
}
