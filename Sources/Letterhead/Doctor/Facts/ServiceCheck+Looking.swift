// What systemd and the kernel say of the relay's process.

import Foundation
import Status

extension ServiceCheck {
  /// - Parameter snapshot: of a relay that runs; `nil`: none does.
  init(looking snapshot: Snapshot?) {
    unit = Self.unit(in: ShortCommand.output(of: "systemctl", ["show", "letterhead.service"]) ?? [])
    guard let snapshot else { return }
    pid = snapshot.pid
    // The file may be anybody's.
    runningVersion = PlainWord.version(snapshot.version) ?? "another version"
    let file = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(snapshot.pid)/exe")
    isReplaced = file?.hasSuffix(" (deleted)") ?? false
  }

  /// - Parameter octets: what `systemctl show` prints: a property and its value in each line.
  static func unit(in octets: [UInt8]) -> Unit? {
    var values: [Substring: String] = [:]
    for line in String(decoding: octets, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { values[parts[0]] = String(parts[1]) }
    }
    guard let load = values["LoadState"] else { return nil }
    return Unit(load: load, enabled: values["UnitFileState"] ?? "", active: values["ActiveState"] ?? "")
  }
}
