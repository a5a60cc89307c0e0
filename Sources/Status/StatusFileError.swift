// Why the status file cannot be written or read, and the sentence for it.

package import Platform

package enum StatusFileError: Error, Equatable, CustomStringConvertible {
  /// The relay continues without it and logs this.
  case unwritable(path: String, reason: SystemError)
  /// Another relay writes it.
  case inUse(path: String, pid: Int32?)
  case missing(path: String)
  case unreadable(path: String, reason: SystemError)
  /// What stands there was not written by Letterhead, or not to its end.
  case notAStatus(path: String)

  package var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "The status file \(path) cannot be written (\(reason)). Make its folder writable for this user, or set status_file."
    case .inUse(let path, let pid):
      "Another relay\(pid.map { " (process \($0))" } ?? "") writes the status file \(path). Set another status_file for one "
        + "of them, or stop the other."
    case .missing(let path):
      "The relay is not running: there is no \(path). Start it: \(ServiceCommands.here.start)"
    case .unreadable(let path, let reason):
      "The status file \(path) cannot be read (\(reason)). Let this user read it and enter its folder, or run the command as "
        + "root."
    case .notAStatus(let path):
      "\(path) is not a status file of Letterhead. Look at status_file in the configuration; a running relay replaces the "
        + "file within 4 seconds."
    }
  }
}
