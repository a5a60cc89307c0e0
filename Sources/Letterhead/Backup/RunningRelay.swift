// Whether a relay is at work where a state is to be put. Its lock in the state directory does not say enough: whoever moved
// that directory aside has moved the lock along, and the relay works on in it.

import Foundation
import Status
import StorageSQLite

package struct RunningRelay: Equatable, Sendable {
  /// `nil`: it does not say.
  package let pid: Int32?

  /// By the state, and by the status file, which has one writer. Blocks for a moment.
  ///
  /// - Returns: `nil`: none is, as far as this user may see.
  package static func find(at places: RelayPlaces) -> RunningRelay? {
    if let owner = SQLiteStorage.spoolOwner(in: places.stateDirectory) { return RunningRelay(pid: owner.pid) }
    if let writer = StatusFileLock.holder(of: places.statusFile) { return RunningRelay(pid: writer.pid) }
    // Of another user's relay this user may not see the locks.
    guard let snapshot = try? StatusFile(path: places.statusFile).read(), StatusFile.isFresh(snapshot, at: Date())
    else { return nil }
    return RunningRelay(pid: snapshot.pid)
  }
}
