// Who asks for something, decides it or does it: as the kernel knows them, never as they call themselves.

import Foundation
import Glibc

package struct Person: Sendable, Equatable, Codable {
  package let uid: UInt32
  /// The user's name; behind another user's rights, who signed in: "root (mara)".
  package let name: String

  package init(uid: UInt32, name: String) {
    self.uid = uid
    self.name = name
  }

  /// The user called `uid`. Asks the system's user database, which may block.
  package init(uid: UInt32) {
    self.init(uid: uid, name: Self.userName(uid) ?? "uid \(uid)")
  }

  /// Who runs this process, as it stood when somebody first asked. Ask before the process becomes another user.
  package static let ofThisProcess: Person = {
    let person = Person(uid: getuid())
    guard let behind = loginName(of: person.uid) ?? (person.uid == 0 ? sudoUser : nil), behind != person.name else {
      return person
    }
    return Person(uid: person.uid, name: "\(person.name) (\(behind))")
  }()

  /// Set by the kernel at sign-in and kept over su and sudo; nobody has signed in to a service.
  private static func loginName(of uid: UInt32) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .ascii),
      let login = UInt32(text.trimmingCharacters(in: .whitespacesAndNewlines)), login != .max, login != uid
    else { return nil }
    return userName(login) ?? "uid \(login)"
  }

  /// Only root may be believed, who could write anything into the audit list anyway.
  private static var sudoUser: String? {
    guard let name = ProcessInfo.processInfo.environment["SUDO_USER"], Prose(name, limit: 64) != nil else { return nil }
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

/// A sentence or two that a person wrote for others to read: one line, nothing that could disguise what stands beside it.
package struct Prose: Sendable, Equatable {
  package let text: String

  /// - Parameter limit: in octets.
  package init?(_ text: String, limit: Int = 1000) {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard !text.isEmpty, text.utf8.count <= limit, text.unicodeScalars.allSatisfy(Self.isPlain) else { return nil }
    self.text = text
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Line ends, terminal sequences, and marks that turn the order of what is read.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}
