// What a principal is to this relay. Who is an administrator is told in `[admin]` of the configuration.

package import Mailboxes

package import Mailboxes
/// What decides, together with the permission and `[admin] approval`, whether a call is answered.
package enum Role: Sendable, CaseIterable {
  case administrator
  /// Everybody else who may ask an administrator for a change.
  case member
  /// A program that sends mail and administers nothing.
  case app
  /// Somebody in whose name this principal may not speak.
  case untrusted
}

/// A principal with its role at the moment of the call.
package struct Caller: Sendable, Equatable {
  package let principal: Principal
  package let role: Role

  package init(_ principal: Principal, _ role: Role) {
    self.principal = principal
    self.role = role
  }

  package var requester: Requester { principal.requester }
}

/// Root, the owner of the state directory, and whom `[admin]` names.
package struct Administrators: Sendable, Equatable {
  /// Of the state directory.
  package var owner: UInt32
  package var users: [String]
  package var groups: [String]

  package init(owner: UInt32, users: [String] = [], groups: [String] = []) {
    self.owner = owner
    self.users = users
    self.groups = groups
  }

  /// - Parameter accounts: the system's users and groups. Asking them may block: they may live on a directory server.
  package func role(of principal: Principal, in accounts: some Accounts) -> Role {
    switch principal {
    case .unixUser(let uid, _), .service(_, let uid): isAdministrator(uid, accounts) ? .administrator : .member
    case .webSession, .console(for: .webSession): .member
    case .app: .app
    // The console has nobody to vouch for but those who signed in to it: else it could make itself root.
    case .console: .untrusted
    }
  }

  private func isAdministrator(_ uid: UInt32, _ accounts: some Accounts) -> Bool {
    if uid == 0 || uid == owner { return true }
    if !users.isEmpty, let name = accounts.name(of: uid), users.contains(name) { return true }
    return !groups.isEmpty && accounts.isMember(uid, ofAny: groups)
  }
}
