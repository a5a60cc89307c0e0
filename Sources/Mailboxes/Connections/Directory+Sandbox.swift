// Entities for the mail of apps that are set to sandbox: each shadows a real one, and its mailbox is the sandbox's.

import Foundation
import SMTP

extension Directory {
  /// The spool's and the queue's key for mail of `entity` that goes to the sandbox. No entity can be called so.
  package static func sandboxKey(of entity: String) -> String { "\(entity)?sandbox" }

  /// With a shadow beside each of its entities: the same names and address, so that the files look as the mail would, but
  /// nothing of it leaves this host.
  package func withSandboxes() -> Directory {
    let shadows = entities.map { entity in
      var shadow = entity
      shadow.key = Self.sandboxKey(of: entity.key)
      // Neither routes to it nor reports of it: what it gets is put there by its app's mode.
      (shadow.senders, shadow.isDefault) = ([], false)
      return shadow
    }
    var mailboxes = mailboxes
    for entity in entities {
      let key = Self.sandboxKey(of: entity.key)
      let address = mailboxes[entity.key]?.address ?? Address(localPart: entity.key, domain: "sandbox.invalid")
      mailboxes[key] = Mailbox(
        entity: key, address: address, displayName: mailboxes[entity.key]?.displayName, provider: .sandbox,
        server: Server(host: "sandbox.invalid", port: 25, security: .none), signIn: .none,
        generation: mailboxes[entity.key]?.generation ?? 0, connectedAt: .distantPast)
    }
    return Directory(entities: entities + shadows, mailboxes: mailboxes, conditions: conditions, holds: holds)
  }
}
