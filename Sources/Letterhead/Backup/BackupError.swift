// Why a backup was not made or not restored, and the sentence for it.

import Diagnosis
package import Platform
package import Spool
package import StorageSQLite

package enum BackupError: Error, Equatable, Sendable {
  case state(StateCopyError)
  case spool(SpoolError)
  case directory(StateDirectoryError)
  case archive(ArchiveError, path: String)
  case unwritable(path: String, SystemError)
  /// - aside: a name to which it may be moved.
  case exists(path: String, aside: String)
  case draftExists(path: String)
  case otherBackup
  /// `--with-key`, and no command can read the key.
  case keyIsCredential
  /// It was made by a later version: of the archive's form, or of a database.
  case newer(String)
  /// A file that no backup has, is in it twice, or is missing from it.
  case foreign(name: String)
  case incomplete(name: String)
  /// The state directory holds a state already; one of its files, and a name to which the directory may be moved.
  case notEmpty(path: String, file: String, aside: String)
  /// Where the state is to be put.
  case relayRuns(RunningRelay)
  case configurationMissing(path: String)
  /// Its configuration is no TOML.
  case configurationBroken(ConfigurationProblem)
}

extension BackupError: CustomStringConvertible {
  /// One line: names and words in it may come from the backup.
  package var description: String { sentence.harmless() }

  private var sentence: String {
    switch self {
    case .state(let error): error.description
    case .spool(let error): error.sentence
    case .directory(let error): error.description
    case .archive(let error, let path): error.sentence(of: path)
    case .unwritable(let path, let error):
      "\(path) cannot be written: \(error)."
    case .exists(let path, let aside):
      "\(path) is there already, and nothing was written. Name another file, or move that one away: mv \(shellWord(path)) "
        + shellWord(aside)
    case .draftExists(let path):
      "\(path) is there: another command is writing it, or was ended while it did. If none is, run: rm \(shellWord(path))"
    case .otherBackup:
      "Another backup of this state is being made. Wait until it has ended."
    case .keyIsCredential:
      "The relay has its key as a systemd credential, which no command can read, so --with-key has no effect. Keep a copy "
        + "of that key yourself, and make the backup without --with-key."
    case .newer(let what):
      "This backup was made by a newer Letterhead (\(what.prefix(120))), so nothing was restored. Install that version, and try again."
    case .foreign(let name):
      "\"\(name)\" does not belong into a backup, so nothing was restored. Use a file that letterhead backup has made."
    case .incomplete(let name):
      "There is no \(name) in this backup, so nothing was restored. Use another backup."
    case .notEmpty(let path, let file, let aside):
      "\(path) has a state already (\(file)), and a backup is restored only where there is none. To keep the old one aside, "
        + "run: mv \(shellWord(path)) \(shellWord(aside))"
    case .relayRuns(let relay): relay.refusal(by: .here)
    case .configurationMissing(let path):
      "There is no \(path), and --keep-configuration was given. Leave that out, and the backup's own is put there."
    case .configurationBroken(let problem):
      "The configuration in this backup is damaged, so nothing was restored: \(problem) To restore the rest with this host's "
        + "configuration: letterhead restore --keep-configuration FILE"
    }
  }
}

extension RunningRelay {
  func refusal(by service: ServiceCommands) -> String {
    let command = service.stop(pid).map { "Stop the relay first: \($0)" } ?? "Stop the relay first."
    return "A relay is at work here\(pid.map { " (process \($0))" } ?? ""), so nothing was restored. \(command)"
  }
}

extension ArchiveError {
  fileprivate func sentence(of path: String) -> String {
    switch self {
    case .unreadable(let error), .unwritable(let error): "\(path) cannot be read: \(error)."
    case .notAnArchive: "\(path) is no backup, or is damaged. Nothing was restored."
    case .cutOff: "\(path) is cut off: it ends before its last file. Copy it again. Nothing was restored."
    case .changed(let name):
      "\(path) is damaged: \(name) in it is not what was backed up. Copy it again. Nothing was restored."
    }
  }
}
