// The service's unit as a support bundle shows it: of `systemctl cat` the settings that are listed here, with values of plain
// words. Environment= and command lines may hold secrets.

import Platform

enum ShownUnit {
  private static let settings: Set<Substring> = [
    "After", "AmbientCapabilities", "CapabilityBoundingSet", "DynamicUser", "Group", "LimitCORE", "LimitNOFILE",
    "LockPersonality", "MemoryDenyWriteExecute", "MemoryMax", "NoNewPrivileges", "OOMScoreAdjust", "PrivateDevices",
    "PrivateTmp", "ProcSubset", "ProtectHome", "ProtectProc", "ProtectSystem", "ReadWritePaths", "Requires", "Restart",
    "RestartPreventExitStatus", "RestartSec", "RestrictAddressFamilies", "RestrictNamespaces", "RuntimeDirectory",
    "RuntimeDirectoryMode", "RuntimeDirectoryPreserve", "StartLimitIntervalSec", "StateDirectory", "StateDirectoryMode",
    "SystemCallFilter", "TasksMax", "TimeoutStopSec", "Type", "UMask", "User", "Wants", "WantedBy", "WatchdogSec",
  ]

  /// - Parameter text: what `systemctl cat` prints.
  static func text(of text: String) -> String {
    var other = 0
    var lines: [String] = []
    var isContinued = false
    for line in text.split(whereSeparator: \.isNewline) {
      defer { isContinued = line.hasSuffix("\\") }
      if isContinued || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if ["[Unit]", "[Service]", "[Install]", "[Socket]"].contains(line) { lines.append(String(line)) }
      guard let match = line.wholeMatch(of: #/([A-Za-z]{1,40})=(.*)/#) else { continue }
      let (name, value) = (match.output.1, match.output.2)
      let isPlain = value.wholeMatch(of: #/[A-Za-z0-9_@:.,~\/ -]{0,200}/#) != nil
      if settings.contains(name), isPlain { lines.append("\(name)=\(value)") } else { other += 1 }
    }
    return (lines + ["# \("other setting is".counted(other, plural: "other settings are")) left out."]).joined(
      separator: "\n") + "\n"
  }
}
