// The names and groups of this host's users, remembered for a minute: their database may be a directory server far away,
// which answers late or not at all.

import FoundationEssentials
package import Platform
import Synchronization

/// Describes users by their uid. Look-ups are made one after the other on a thread of their own.
package final class LocalUsers: Sendable {
  private struct Entry {
    let user: LocalUser
    let time: Date

    /// Not one from the future either: the clock may have been set back.
    func isFresh(at now: Date) -> Bool { (0..<secondsKept).contains(now.timeIntervalSince(time)) }
  }

  private let entries = Mutex<[UInt32: Entry]>([:])
  private let accounts: any Accounts
  private let time: any TimeSource
  private let worker = Worker(name: "user names")

  static let secondsKept: Double = 60
  static let mostKept = 1000

  package init(time: any TimeSource, accounts: any Accounts = SystemAccounts()) {
    self.time = time
    self.accounts = accounts
  }

  /// - Returns: `nil` when the user has to be looked up.
  package func cached(_ uid: UInt32) -> LocalUser? {
    let now = time.now
    return entries.withLock { $0[uid].flatMap { $0.isFresh(at: now) ? $0.user : nil } }
  }

  /// Does not suspend when the user is known.
  package func user(_ uid: UInt32) async -> LocalUser {
    if let user = cached(uid) { return user }
    // Those who waited for the same user find it there.
    return await worker.run { self.cached(uid) ?? self.lookUp(uid) }
  }

  private func lookUp(_ uid: UInt32) -> LocalUser {
    let user = LocalUser(uid: uid, name: accounts.name(of: uid), groups: accounts.groups(of: uid))
    keep(Entry(user: user, time: time.now))
    return user
  }

  private func keep(_ entry: Entry) {
    entries.withLock { entries in
      if entries.count >= Self.mostKept { entries = entries.filter { $0.value.isFresh(at: entry.time) } }
      if entries.count >= Self.mostKept { entries = [:] }
      entries[entry.user.uid] = entry
    }
  }
}
