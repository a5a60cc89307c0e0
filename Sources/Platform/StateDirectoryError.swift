// Why the state directory, or a file in it, is not used; and the sentence for it, with what mends it.
import Glibc

package enum StateDirectoryError: Error, Equatable, Sendable {
  /// There is no such directory or file yet.
  case missing(path: String)
  case notADirectory(path: String)
  case symbolicLink(path: String)
  case notRegular(path: String)
  /// It belongs to another user than the one that it must belong to.
  case wrongOwner(path: String, found: UInt32, expected: UInt32)
  /// A file in the directory does not belong to whom the directory belongs to.
  case strayFile(path: String, found: UInt32, expected: UInt32)
  /// Group or world may use it.
  case wrongMode(path: String, found: UInt32, expected: UInt32)
  /// A restore has put a part of a state there; `command` completes it.
  case restoreBrokenOff(path: String, command: String)
  /// The system refuses to open, read or write it; `reason` is in the system's words.
  case unusable(path: String, reason: String)

  /// - Parameter error: what opening, reading or writing `path` has met.
  package init(_ error: SystemError, at path: String) {
    // Files are opened with O_NOFOLLOW.
    self = error.code == ELOOP ? .symbolicLink(path: path) : .unusable(path: path, reason: "\(error)")
  }
}

extension StateDirectoryError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path):
      "There is no \(path) yet: the relay has not run with this configuration. Start it: letterhead serve."
    case .notADirectory(let path):
      "\(path) is not a directory. Set state_dir to one, or move the file away."
    case .symbolicLink(let path):
      "\(path) is a symbolic link, which is refused because it may lead anywhere. Put the file itself there."
    case .notRegular(let path):
      "\(path) is not a regular file. Remove it."
    case .wrongOwner(let path, let found, expected: 0):
      "\(path) belongs to user \(found), and this is root. Start the relay as user \(found), as its service does; "
        + "`letterhead serve --help` has the command. If it is to run as root, run: chown -R 0 \(path)"
    case .wrongOwner(let path, let found, let expected):
      "\(path) belongs to user \(found), and this is user \(expected). Run the command as user \(found) or as root."
    case .strayFile(let path, let found, let expected):
      "\(path) belongs to user \(found), and its directory to user \(expected). As root, run: chown \(expected) \(path)"
    case .wrongMode(let path, let found, let expected):
      "\(path) has mode \(octal(found)), so others may use it. Run: chmod \(octal(expected)) \(path)"
    case .restoreBrokenOff(let path, let command):
      "A restore into \(path) was broken off, so its state is not whole and is not used. To complete it, run: \(command)"
    case .unusable(let path, let reason):
      "\(path) cannot be used: \(reason)."
    }
  }
}

private func octal(_ mode: UInt32) -> String {
  let digits = String(mode, radix: 8)
  return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
