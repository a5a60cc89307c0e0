// A name that nothing has yet, for what is put aside: `mv` onto a folder that is there would move into it, and onto a file
// would replace it.
import Glibc

package enum FreeName {
  /// - Parameter ending: such as `.before-restore`.
  /// - Returns: `path` with the ending, and with a number behind it where that name is taken.
  package static func of(_ path: String, ending: String) -> String {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let first = path + ending
    if !isTaken(first) { return first }
    var number = 2
    while isTaken("\(first)-\(number)") { number += 1 }
    return "\(first)-\(number)"
  }

  private static func isTaken(_ path: String) -> Bool {
    var found = stat()
    return lstat(path, &found) == 0
  }
}
