// Who a user of the system is to Letterhead. The user database may be a directory server far away: a thread of its own.

import Foundation
import Mailboxes
import Sockets
import System

struct AdminUsers: Sendable {
  private let worker = Worker(name: "users")

  func caller(_ uid: UInt32, under admin: Configuration.Admin) async -> Caller {
    await worker.run { Self.lookUp(uid, under: admin) }
  }

  static func lookUp(_ uid: UInt32, under admin: Configuration.Admin) -> Caller {
    let person = Requester(uid: uid)
    let isAdministrator =
      uid == 0 || uid == geteuid() || admin.users.contains(person.name)
      || !groups(of: uid).isDisjoint(with: admin.groups.compactMap(groupID))
    return Caller(person, isAdministrator: isAdministrator)
  }

  private static func groups(of uid: UInt32) -> Set<gid_t> {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { space in
      guard let start = space.baseAddress, getpwuid_r(uid, &entry, start, space.count, &found) == 0, found != nil else {
        return []
      }
      var groups = [gid_t](repeating: 0, count: 4096)
      var count = Int32(groups.count)
      guard getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count) >= 0 else { return [entry.pw_gid] }
      return Set(groups.prefix(Int(count)))
    }
  }

  private static func groupID(_ name: String) -> gid_t? {
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    // A group's record holds all its members.
    let space = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 1 << 20)
    defer { space.deallocate() }
    guard let start = space.baseAddress, getgrnam_r(name, &entry, start, space.count, &found) == 0, found != nil else {
      return nil
    }
    return entry.gr_gid
  }
}
