// What a restore makes of this host's configuration: looked at and checked as a whole before anything is written, then put in
// place.

package import Foundation
import Platform

package struct RestoredConfiguration: Equatable, Sendable {
  /// One file, and what becomes of what is there.
  struct Placement: Equatable, Sendable {
    /// Where it is written: a symbolic link stays, and the file that it names gets the content.
    let path: String
    let octets: [UInt8]
    let mode: mode_t
    /// It stands there with another content, which is kept.
    let isReplacing: Bool
  }

  /// Missing, the outermost first.
  let folders: [String]
  /// The main file first: it says where the state is, and from there on everybody finds the note of this restore.
  let placements: [Placement]
  /// Files of this host's `conf.d` that the backup does not have. They would add to a configuration that they do not know.
  let strays: [String]
  /// What `letterhead check` would say on this host, where that is anything.
  package let mistakes: Int

  /// Changes nothing.
  ///
  /// - Parameter path: of the configuration on this host.
  /// - Throws: the first obstacle: what is no configuration, what cannot be written.
  package init(_ files: ConfigurationFiles, at path: String) throws(BackupError) {
    mistakes = try Self.mistakes(in: files.texts(at: path))
    let folder = ConfigurationText.folder(beside: path)
    strays = ConfigurationFiles.names(in: folder).filter { files.parts[$0] == nil }.map { "\(folder)/\($0)" }
    let parts = files.parts.sorted { $0.key < $1.key }
    var placements: [Placement] = []
    for (path, octets) in [(path, files.main)] + parts.map({ ("\(folder)/\($0.key)", $0.value) }) {
      if let placement = try Self.placement(of: octets, at: path) { placements.append(placement) }
    }
    self.placements = placements
    let home = Self.parent(of: path)
    folders = try Self.missing(home) + (parts.isEmpty ? [] : Self.missing(folder, within: home))
    if !strays.isEmpty { try Self.requireWritable(folder) }
  }

  private static func mistakes(in texts: [ConfigurationText]) throws(BackupError) -> Int {
    do throws(ConfigurationProblems) { _ = try ConfigurationReader.tables(in: texts) } catch {
      throw .configurationBroken(error.all[0])
    }
    do throws(ConfigurationProblems) { _ = try Configuration.parse(texts) } catch { return error.all.count }
    return 0
  }

  /// - Returns: `nil`: it stands there as it is.
  private static func placement(of octets: [UInt8], at path: String) throws(BackupError) -> Placement? {
    var found = stat()
    guard lstat(path, &found) == 0 else {
      return Placement(path: path, octets: octets, mode: 0o644, isReplacing: false)
    }
    guard let target = RealPath.of(path), stat(target, &found) == 0 else {
      throw .directory(.unusable(path: path, reason: "it is a symbolic link to a file that is not there"))
    }
    guard found.st_mode & S_IFMT == S_IFREG else { throw .directory(.notRegular(path: path)) }
    if try ConfigurationFiles.read(target) == octets { return nil }
    try requireWritable(parent(of: target))
    return Placement(path: target, octets: octets, mode: found.st_mode & 0o777, isReplacing: true)
  }

  /// - Parameter home: a folder above it that is there, or is made before it.
  private static func missing(_ folder: String, within home: String = "") throws(BackupError) -> [String] {
    var missing: [String] = []
    var folder = folder
    while access(folder, F_OK) != 0, folder != home, folder != "/" {
      missing.insert(folder, at: 0)
      folder = parent(of: folder)
    }
    if access(folder, F_OK) == 0 { try requireWritable(folder) }
    return missing
  }

  private static func requireWritable(_ folder: String) throws(BackupError) {
    var found = stat()
    guard stat(folder, &found) == 0 else { throw .unwritable(path: folder, SystemError()) }
    guard found.st_mode & S_IFMT == S_IFDIR else { throw .unwritable(path: folder, SystemError(ENOTDIR)) }
    guard access(folder, W_OK | X_OK) == 0 else { throw .unwritable(path: folder, SystemError()) }
  }

  private static func parent(of path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }
}

extension RestoredConfiguration {
  /// What is replaced keeps its content under a name with `.before-restore`, and gives its mode to what takes its place. A
  /// new file may be read by everybody, since a configuration names secrets and has none.
  ///
  /// - Parameter group: of the new files, where root writes them.
  /// - Returns: the names of what was kept.
  package func put(group: gid_t) throws(BackupError) -> [String] {
    var kept: [String] = []
    for folder in folders { try Self.make(folder) }
    for placement in placements {
      // A second name first: there is no moment without a configuration.
      if placement.isReplacing { kept.append(try Self.keep(placement.path)) }
      try placement.write(group: group)
    }
    for path in strays { kept.append(try Self.moveAside(path)) }
    return kept
  }

  /// As everybody needs it, whatever this user's umask is.
  private static func make(_ folder: String) throws(BackupError) {
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST, chmod(folder, 0o755) == 0 else {
      throw .unwritable(path: folder, SystemError())
    }
    try? AtomicFile.synchronizeDirectory(of: folder)
  }

  private static func moveAside(_ path: String) throws(BackupError) -> String {
    let aside = FreeName.of(path, ending: Restore.asideEnding)
    guard rename(path, aside) == 0 else { throw .unwritable(path: aside, SystemError()) }
    try? AtomicFile.synchronizeDirectory(of: aside)
    return aside
  }

  private static func keep(_ path: String) throws(BackupError) -> String {
    let aside = FreeName.ofLink(to: path, ending: Restore.asideEnding)
    // A restore that was broken off behind this has kept it.
    guard link(path, aside) == 0 || errno == EEXIST else { throw .unwritable(path: aside, SystemError()) }
    return aside
  }
}

extension RestoredConfiguration.Placement {
  fileprivate func write(group: gid_t) throws(BackupError) {
    // Without it the relay could not read its own configuration.
    let group = geteuid() == 0 ? group : nil
    do throws(SystemError) {
      try octets.withUnsafeBufferPointer { (octets) throws(SystemError) in
        try AtomicFile.replace(path, with: UnsafeRawBufferPointer(octets), mode: mode, group: group, isDurable: true)
      }
    } catch { throw .unwritable(path: path, error) }
  }
}
