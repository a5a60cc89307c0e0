// The host's users and groups. The database behind them may be a directory server far away, so every question may block.

import Glibc

package protocol Accounts: Sendable {
  /// - Returns: `nil` for a uid that nobody has.
  func name(of uid: UInt32) -> String?
  /// Whether the user is in one of these groups, by its primary group or as a listed member. Groups that do not exist
  /// have no members.
  func isMember(_ uid: UInt32, ofAny groups: [String]) -> Bool
  /// The names of all groups that the user is in. A group without a name is left out.
  func groups(of uid: UInt32) -> [String]
}

/// What the C library knows: /etc/passwd, /etc/group, and whatever nsswitch.conf names.
package struct SystemAccounts: Accounts {
  package init() {}

  package func name(of uid: UInt32) -> String? {
    withEntry(of: uid) { $0.pw_name.map { String(cString: $0) } }
  }

  package func isMember(_ uid: UInt32, ofAny groups: [String]) -> Bool {
    !Set(groups.compactMap(Self.groupID)).isDisjoint(with: groupIDs(of: uid))
  }

  package func groups(of uid: UInt32) -> [String] { groupIDs(of: uid).compactMap(Self.groupName) }

  private func groupIDs(of uid: UInt32) -> [gid_t] {
    let own: [gid_t]? = withEntry(of: uid) { entry in
      var groups = [gid_t](repeating: 0, count: 4096)
      var count = Int32(groups.count)
      let isWhole = getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count) >= 0
      return isWhole ? Array(groups.prefix(Int(count))) : [entry.pw_gid]
    }
    return own ?? []
  }

  private func withEntry<Result>(of uid: UInt32, _ body: (passwd) -> Result?) -> Result? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { space in
      guard let start = space.baseAddress, getpwuid_r(uid, &entry, start, space.count, &found) == 0, found != nil else {
        return nil
      }
      return body(entry)
    }
  }

  static func groupID(_ name: String) -> gid_t? {
    withGroup({ getgrnam_r(name, $0, $1, $2, $3) }, { $0.gr_gid })
  }

  private static func groupName(_ id: gid_t) -> String? {
    withGroup({ getgrgid_r(id, $0, $1, $2, $3) }, { $0.gr_name.map { String(cString: $0) } })
  }

  private static func withGroup<Result>(
    _ look: (
      UnsafeMutablePointer<group>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<group>?>
    ) -> Int32,
    _ body: (group) -> Result?
  ) -> Result? {
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    // A group's record holds all its members.
    let space = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 1 << 20)
    defer { space.deallocate() }
    guard let start = space.baseAddress, look(&entry, start, space.count, &found) == 0, found != nil else { return nil }
    return body(entry)
  }
}
