// A file's path without links: what tells whether two names mean one file.
import Glibc

package enum RealPath {
  /// - Returns: `nil` for what is not there, or may not be seen.
  package static func of(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
