// The sentence for an error: what is wrong, and what to do. Errors carry facts; this is where they become words.

import Foundation
import Letterhead
import Mailboxes
import Spool

enum Sentence {
  /// `error` as people should read it; what has its own sentence already is passed through.
  static func of(_ error: any Error) -> any Error {
    switch error {
    case let error as SpoolError: CommandFailure(of(error))
    case let error as StoreError: CommandFailure(of(error))
    default: error
    }
  }

  private static func of(_ error: SpoolError) -> String {
    switch error {
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

  private static func of(_ error: StoreError) -> String {
    switch error {
    case .connectedToAnother(let entity, let address):
      "\(entity) is connected to \(address). Run first: letterhead disconnect \(entity)"
    case .notConnected(let entity):
      "\(entity) has no connected mailbox. Run: letterhead connect \(entity) --help"
    case .unsafe(let path, let danger):
      of(danger, at: path)
    case .keyMissing(let path):
      "Sign-ins are saved, but their key \(path) is gone. Put it back from a backup, or disconnect and connect again."
    case .keyMalformed(let path):
      "\(path) is not a key of 32 octets. Put the right one back, or disconnect and connect again."
    case .keyMismatch(let path, let entity):
      "The saved sign-in of \(entity) does not open with the key in \(path). "
        + "Put the right key back, or run: letterhead disconnect \(entity), and connect it again."
    case .newerSchema(let path, let version):
      "\(path) was written by a newer Letterhead (schema \(version)). Install that version again."
    case .busy(let path):
      "Another process keeps \(path) locked. Try again in a moment."
    case .unusable(let path, let reason):
      "\(path) cannot be used: \(reason)."
    }
  }

  private static func of(_ danger: StoreError.Danger, at path: String) -> String {
    switch danger {
    case .symbolicLink: "\(path) is a symbolic link, which could lead anywhere. Put the real file there."
    case .notRegular: "\(path) is not a plain file. Put the real file there."
    case .owner(let found, let expected):
      "\(path) belongs to user \(found), not \(expected). Run: chown \(expected) \(path)"
    case .mode(let found, _):
      "\(path) can be read by others (mode \(String(found & 0o7777, radix: 8))). Run: chmod 600 \(path)"
    }
  }
}
