// Whether the configuration names users and groups that this host has.

import Glibc

extension SystemAccounts {
  /// Blocks, as every question to the host's users does.
  ///
  /// - Returns: `false` for a user or a group that the host does not have; `true` for every other pattern.
  package func knows(_ pattern: AppPattern) -> Bool {
    switch pattern {
    case .user(let name): UInt32(name) != nil || uid(of: name) != nil
    case .group(let name): Self.groupID(name) != nil
    default: true
    }
  }

  /// - Returns: `nil` for a name that nobody has.
  package func uid(of name: String) -> UInt32? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { space in
      guard let start = space.baseAddress else { return nil }
      return getpwnam_r(name, &entry, start, space.count, &found) == 0 && found != nil ? entry.pw_uid : nil
    }
  }

  package func user(_ uid: UInt32) -> LocalUser { LocalUser(uid: uid, name: name(of: uid), groups: groups(of: uid)) }
}
