// Who makes a call, as the system or this program's own sign-in knows them, never as they call themselves.

import Glibc
package import Mailboxes

/// Somebody, or some program, that asks something of the relay.
package enum Principal: Sendable, Hashable {
  /// A user of this host, by the kernel's word at a unix socket. The name is for people.
  case unixUser(uid: UInt32, name: String)
  /// A systemd unit or a container, by its control group, and the user it runs as.
  case service(unit: String, uid: UInt32)
  /// A program that has signed in at a listener; the name is the configuration's.
  case app(String)
  /// Somebody who has signed in with a browser. Only the console's process can vouch for them.
  case webSession(user: String)
  /// The console's process, which hands on what somebody else asked of it.
  indirect case console(for: Principal)

  /// Whoever runs this process, as it stood when somebody first asked. Ask before the process becomes another user.
  package static let ofThisProcess = Principal.unixUser(uid: getuid(), name: Requester.ofThisProcess.name)

  /// Whose messages are this principal's own: a user of this host's. A uid in a container is another matter.
  package var uid: UInt32? { if case .unixUser(let uid, _) = self { uid } else { nil } }

  /// As requests and the audit list keep them. Two principals with one key are the same to an approval.
  package var requester: Requester {
    switch self {
    case .unixUser(let uid, let name): Requester(uid: uid, name: name)
    case .service(let unit, _): Requester(key: "service:\(unit)", name: unit)
    case .app(let name): Requester(key: "app:\(name)", name: name)
    case .webSession(let user): Requester(key: "web:\(user)", name: user)
    case .console(let principal): principal.requester
    }
  }
}
