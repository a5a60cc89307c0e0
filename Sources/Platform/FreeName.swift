// A name that nothing has yet, for what is put aside: `mv` onto a folder that is there would move into it, and onto a file
// would replace it.
import Glibc

package enum FreeName {
  /// - Parameter ending: such as `.before-restore`.
  /// - Returns: `path` with the ending, and with a number behind it where that name is taken.
  package static func of(_ path: String, ending: String) -> String {
    name(path, ending) { NamedFile(of: $0) == nil }
  }

  /// For a second link to the file. One that has such a name already does not get another.
  package static func ofLink(to path: String, ending: String) -> String {
    let own = NamedFile(of: path)
    return name(path, ending) { [nil, own].contains(NamedFile(of: $0)) }
  }

  private static func name(_ path: String, _ ending: String, where isFit: (String) -> Bool) -> String {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let first = path + ending
    if isFit(first) { return first }
    var number = 2
    while !isFit("\(first)-\(number)") { number += 1 }
    return "\(first)-\(number)"
  }
}

/// Which file it is that has a name.
private struct NamedFile: Equatable {
  let device: dev_t
  let number: ino_t

  /// `nil`: none has it.
  init?(of path: String) {
    var found = stat()
    guard lstat(path, &found) == 0 else { return nil }
    (device, number) = (found.st_dev, found.st_ino)
  }
}
