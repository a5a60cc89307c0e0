// The sentence for each error of the spool: what is wrong, and what to do.

import Foundation
package import Spool

extension SpoolError {
  package var sentence: String {
    switch self {
    case .alreadyRunning(let pid):
      "A relay is running on this state already\(pid.map { " (process \($0))" } ?? ""). Stop it first."
    case .missing(let path):
      "There is no queue in \(path) yet: the relay has not run with this configuration. Start it: letterhead serve."
    case .notADirectory(let path):
      "\(path) is not a directory. Set state_dir to one, or move the file away."
    case .wrongOwner(let path, let uid):
      "\(path) belongs to user \(uid), and this is user \(geteuid()). Run as that user, or: chown -R \(geteuid()) \(path)"
    case .wrongMode(let path, let mode):
      "\(path) is open to others (mode \(String(mode & 0o7777, radix: 8))). Run: chmod 700 \(path)"
    case .tooNew(let version):
      "The queue was written by a newer Letterhead (schema \(version)). Install that version again."
    case .corrupt(let reason):
      "The queue's database is damaged: \(reason). Stop the relay, copy state_dir away, and restore it from a backup."
    case .full:
      "The disk is nearly full: less than queue_min_free is left. Free some space."
    case .unwritable(let reason):
      "The queue cannot be written: \(reason). Look at the disk and at who owns state_dir."
    case .visiting, .closed:
      "The queue is closed."
    }
  }
}
