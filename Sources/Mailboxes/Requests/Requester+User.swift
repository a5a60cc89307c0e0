// The users of this host as requesters: names from the system's user database, and the user behind this process.

import Foundation
import Glibc

extension Requester {
  /// The user with this number. Asks the system's user database, which may block.
  package init(uid: UInt32) {
    self.init(uid: uid, name: Self.userName(uid) ?? "uid \(uid)")
  }

  /// The user who runs this process, as it was at the first call. Call it before the process becomes another user.
  package static let ofThisProcess: Requester = {
    let uid = getuid()
    let user = Requester(uid: uid)
    guard let login = loginName(of: uid) ?? (uid == 0 ? sudoUser : nil), login != user.name else { return user }
    return Requester(uid: uid, name: "\(user.name) (\(login))")
  }()

  /// The kernel sets it at sign-in and keeps it over su and sudo. A service has none.
  private static func loginName(of uid: UInt32) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .ascii),
      let login = UInt32(text.trimmingCharacters(in: .whitespacesAndNewlines)), login != .max, login != uid
    else { return nil }
    return userName(login) ?? "uid \(login)"
  }

  /// Only root is believed here: root could write anything into the audit list anyway.
  private static var sudoUser: String? {
    guard let name = ProcessInfo.processInfo.environment["SUDO_USER"], PlainText(name, limit: 64) != nil else {
      return nil
    }
    return name
  }

  private static func userName(_ uid: UInt32) -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
      guard let space = buffer.baseAddress, getpwuid_r(uid, &entry, space, buffer.count, &found) == 0, found != nil,
        let name = entry.pw_name
      else { return nil }
      return String(cString: name)
    }
  }
}
