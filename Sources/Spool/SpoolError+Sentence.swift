// The sentence for each error of the spool: what is wrong, and what to do.

import Platform

extension SpoolError {
  package var sentence: String {
    switch self {
    case .alreadyRunning(let pid):
      "A relay is running on this state already\(pid.map { " (process \($0))" } ?? ""). Stop it first"
        + "\(ServiceCommands.here.stop(pid).map { ": \($0)" } ?? ".")"
    case .directory(let error): error.description
    case .tooNew(let version):
      "The queue was written by a newer Letterhead (schema \(version)). Install that version again."
    case .corrupt(let reason):
      "The queue's database is damaged: \(reason). A running relay sets the damaged messages aside by itself: try again, "
        + "and look at letterhead status. If that does not help, stop it and restore state_dir from a backup."
    case .beyondRepair(let path, let reason):
      "\(path) is damaged so that no message in it can be read: \(reason). Restore state_dir from a backup; or begin with "
        + "an empty queue, which keeps the damaged file and the bodies beside it: letterhead serve --accept-loss"
    case .lost(let path, let bodies):
      "\(path) is missing or empty, and a relay has had its queue here: it is lost, or this is not its directory. "
        + "Restore state_dir from a backup; or begin with an empty queue"
        + (bodies == 0 ? "" : ", which keeps the bodies that are left (\(bodies)) in a directory beside it")
        + ": letterhead serve --accept-loss"
    case .full:
      "The disk is nearly full: less than queue_min_free is left. Free some space."
    case .unwritable(let reason):
      "The queue cannot be written: \(reason). Look at the disk and at who owns state_dir."
    case .readOnly, .closed:
      "The queue is closed."
    }
  }
}
