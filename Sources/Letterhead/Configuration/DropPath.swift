// The folders that lead to the drop folder. The drop folder itself is the relay's, and closed; but whoever may write in a
// folder above it can move it away and put one of his own in its place.

import Diagnosis
import Foundation

package struct DropPath: Sendable, Equatable {
  package struct Folder: Sendable, Equatable {
    package let path: String
    package let owner: UInt32
    package let mode: UInt32

    package init(_ path: String, owner: UInt32, mode: UInt32) {
      self.path = path
      self.owner = owner
      self.mode = mode
    }
  }

  /// The topmost first; those that are not there, or cannot be seen, are left out.
  package let folders: [Folder]
  /// Whom the relay runs as.
  package let relay: UInt32

  package init(_ folders: [Folder] = [], relay: UInt32) {
    self.folders = folders
    self.relay = relay
  }

  /// Why others may take the place of the drop folder, and what mends that; `nil`: they may not.
  ///
  /// Where files may be deleted by their owners alone (the sticky bit), the drop folder is safe as well.
  var danger: String? {
    for folder in folders {
      if folder.owner != 0, folder.owner != relay {
        return
          "\(folder.path) belongs to user \(folder.owner). Name a folder that stands below those of root or the relay."
      }
      if folder.mode & 0o022 != 0, folder.mode & 0o1000 == 0 {
        let writers = folder.mode & 0o002 != 0 ? "everybody" : "its group"
        return "\(folder.path) may be written by \(writers). Run: chmod go-w \(shellWord(folder.path))"
      }
    }
    return nil
  }
}

extension DropPath {
  /// Looks at each folder on the way, and where a symbolic link leads elsewhere, at those on that way as well. Blocks.
  package init(looking configuration: Configuration) {
    let parent = URL(fileURLWithPath: configuration.dropDirectory).deletingLastPathComponent().path
    let paths = Self.ancestry(of: parent) + Self.ancestry(of: Self.resolved(parent) ?? parent)
    var seen: Set<String> = []
    let folders = paths.filter { seen.insert($0).inserted }.compactMap { path -> Folder? in
      guard let facts = Self.facts(of: path) else { return nil }
      return Folder(path, owner: facts.st_uid, mode: UInt32(facts.st_mode & 0o7777))
    }
    // The state directory is the relay's; before there is one, whoever asks may be the relay.
    self.init(folders, relay: Self.facts(of: configuration.stateDirectory)?.st_uid ?? geteuid())
  }

  /// `/`, `/var`, `/var/spool` of `/var/spool`.
  private static func ancestry(of path: String) -> [String] {
    path.split(separator: "/").reduce(into: ["/"]) { paths, name in
      paths.append((paths.last == "/" ? "" : paths.last ?? "") + "/\(name)")
    }
  }

  private static func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  private static func facts(of path: String) -> stat? {
    var found = stat()
    return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFDIR ? found : nil
  }
}
