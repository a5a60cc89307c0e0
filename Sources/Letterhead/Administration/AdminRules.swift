// Who may change a connection. Pure; who somebody is comes from the kernel and the system's users.

package import Mailboxes

/// Who calls.
package struct Caller: Sendable, Equatable {
  package let person: Requester
  /// Root, the owner of the state directory, and whoever `[admin]` names.
  package let isAdministrator: Bool

  package init(_ person: Requester, isAdministrator: Bool) {
    self.person = person
    self.isAdministrator = isAdministrator
  }
}

enum Ruling: Equatable {
  case allowed(Authorization)
  /// A request has to be filed, and approved.
  case mustAsk
  case refused(AdminRefusal)

  /// - Parameter isApproved: the caller has an approved, unused request for just this change.
  init(on caller: Caller, approval: Configuration.Admin.Approval, isApproved: Bool) {
    switch (caller.isAdministrator, approval, isApproved) {
    case (true, _, _): self = .allowed(Authorization(caller.person))
    case (false, .off, _): self = .refused(.notAdministrator(caller.person.name))
    case (false, .required, true): self = .allowed(Authorization(caller.person, needsApproval: true))
    case (false, .required, false): self = .mustAsk
    }
  }
}

/// Why a call changes nothing.
package enum AdminRefusal: Error, Equatable, Sendable {
  case notAdministrator(String)
  case justificationMissing
  case reasonMissing
  case noEntity(String)
  case noProvider(String)
  case unfit(Mailbox.Unfit)
  case notACall
  case otherVersion(Int)
  case tooLong
  case busy
}

extension AdminRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAdministrator(let name):
      "\(name) may not do that here. Ask root, or have \(name) added to users in [admin] of the configuration."
    case .justificationMissing:
      "This needs an administrator's approval. Say why, on one line of at most 1000 octets: --justification TEXT"
    case .reasonMissing: "Say why, on one line of at most 1000 octets: --reason TEXT"
    case .noEntity(let key): "The relay knows no entity \"\(key)\". Look into its configuration, and reload it."
    case .noProvider(let name):
      "The relay knows no provider \"\(name)\". Look into its configuration, and reload it."
    case .unfit(.text(let option)):
      "What is given for \(option) is too long, or holds characters that do not belong there. Write it on one line."
    case .unfit(.clear): "Mail and sign-in would go out in clear; security none works to this host only."
    case .unfit(.date): "The sign-in or its certificate ends at a time that is no date."
    case .notACall: "The relay did not understand this command. Use the letterhead of the same version."
    case .otherVersion(let version):
      "This command speaks version \(version) of the admin protocol, the relay version \(AdminCall.version). Use the "
        + "letterhead that the relay was started from."
    case .tooLong:
      "The command is too long for the relay (\(AdminCall.lineLimit >> 10) KiB with certificates and keys). Run it as root."
    case .busy: "Too many commands are waiting for the relay. Try again in a minute."
    }
  }
}
