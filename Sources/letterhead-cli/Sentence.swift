// The sentence for an error: what is wrong, and what to do. Errors carry facts; this is where they become words.

import Foundation
import Spool
import System

enum Sentence {
  /// `error` as people should read it; what has its own sentence already is passed through.
  static func of(_ error: any Error) -> any Error {
    switch error {
    case let error as SpoolError: CommandFailure(of(error))
    default: error
    }
  }

  private static func of(_ error: SpoolError) -> String {
    switch error {
    case .alreadyRunning(let pid):
      "A relay is running on this state already\(pid.map { " (process \($0))" } ?? ""). Stop it first."
    case .directory(let error):
      error.description
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
