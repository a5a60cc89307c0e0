// Who calls, and on which host: for a message and an envelope that do not say it.

import Glibc
package import SMTP

package struct SendmailAccount: Equatable, Sendable {
  package let user: String
  /// Of the account, for people.
  package let fullName: String?
  /// The domain of this host's mail.
  package let host: String

  package init(user: String, fullName: String?, host: String) {
    self.user = user
    self.fullName = fullName
    self.host = host
  }

  package var address: Address { Address(localPart: user, domain: host) }

  /// The address with this host's domain where it has none.
  func qualified(_ address: Address) -> Address {
    address.domain.isEmpty ? Address(localPart: address.localPart, domain: host) : address
  }
}

extension SendmailAccount {
  /// Of the user who has started this process. Not LOGNAME or USER: those say what somebody has written into them.
  package static var own: SendmailAccount {
    let entry = getpwuid(getuid())?.pointee
    let user = entry.map { String(cString: $0.pw_name) }
    return SendmailAccount(
      user: user.flatMap { Address($0) == nil ? nil : $0 } ?? "uid\(getuid())",
      fullName: entry?.pw_gecos.flatMap { fullName(String(cString: $0), of: user ?? "") }, host: ownHost)
  }

  /// The first field of the account's description, in which `&` stands for the user's name.
  package static func fullName(_ description: String, of user: String) -> String? {
    let capitalized = user.prefix(1).uppercased() + user.dropFirst()
    let name = description.prefix { $0 != "," }.split(separator: "&", omittingEmptySubsequences: false)
      .joined(separator: capitalized)
    return name.isEmpty ? nil : name
  }

  /// What Debian's /etc/mailname says, else the host's name.
  private static var ownHost: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let hostname = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return [SmallFile.firstLine(of: "/etc/mailname"), hostname].compactMap { $0 }
      .first { Address("postmaster@\($0)") != nil } ?? "localhost"
  }
}
