// The sentence for each error of the spool: what is wrong, and what to do.

import Platform

extension SpoolError {
  package var sentence: String {
    switch self {
    case .alreadyRunning(let pid):
      "A relay is running on this state already\(pid.map { " (process \($0))" } ?? ""). Stop it first."
    case .directory(let error): error.description
    case .tooNew(let version):
      "The queue was written by a newer Letterhead (schema \(version)). Install that version again."
    case .corrupt(let reason):
      "The queue's database is damaged: \(reason). Stop the relay, copy state_dir away, and restore it from a backup."
    case .full:
      "The disk is nearly full: less than queue_min_free is left. Free some space."
    case .unwritable(let reason):
      "The queue cannot be written: \(reason). Look at the disk and at who owns state_dir."
    case .readOnly, .closed:
      "The queue is closed."
    }
  }
}
