// Which files a backup has. Names are checked against this list before anything is unpacked, so that no archive writes
// anywhere else.

import Spool

enum BackupContents {
  static let configuration = "configuration/letterhead.toml"
  static let parts = "configuration/conf.d/"
  static let state = "state/"
  static let databases = ["spool.sqlite", "mailboxes.sqlite"]
  static let key = "state/key"
  static let bodies = "state/bodies/"

  /// - Throws: `.foreign` for a name that does not belong into a backup or is there twice, `.incomplete`.
  static func check(_ names: [String]) throws(BackupError) {
    var seen: Set<String> = []
    for name in names {
      guard belongs(name), seen.insert(name).inserted else { throw .foreign(name: name) }
    }
    let needed = [BackupManifest.name, configuration] + databases.map { state + $0 }
    if let missing = needed.first(where: { !seen.contains($0) }) { throw .incomplete(name: missing) }
  }

  private static func belongs(_ name: String) -> Bool {
    if [BackupManifest.name, configuration, key].contains(name) { return true }
    if databases.contains(where: { state + $0 == name }) { return true }
    if name.hasPrefix(bodies) { return BodyName.isSound(name.dropFirst(bodies.count)) }
    return name.hasPrefix(parts) && isPart(name.dropFirst(parts.count))
  }

  /// The most octets of a name in `conf.d`: an archive's names have 100.
  static let mostNameOctets = 100 - parts.utf8.count

  /// A file of `conf.d` that a backup can hold. The configuration may have others, which a backup refuses.
  static func isPart(_ name: some StringProtocol) -> Bool {
    ConfigurationText.isPart(name) && !name.contains("/") && name.utf8.count <= mostNameOctets
      && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}
