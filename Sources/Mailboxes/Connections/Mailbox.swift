// The account connected to an entity: its address, the server that takes its mail, and how to sign in there.

package import Foundation
package import Message
package import SMTP

/// The account through which an entity sends now. Printing it shows no secret, because each is a ``Secret``.
package struct Mailbox: Sendable, Equatable {
  /// The entity's key.
  package var entity: String
  package var address: Address
  package var displayName: String?
  /// Stored by its name; everything else about it is as in the present table of providers.
  package var provider: Provider
  package var server: Server
  package var signIn: SignIn
  /// The SASL mechanism that worked when the mailbox was connected; no other is ever used. `nil`: not pinned.
  package var mechanism: String?
  /// Certificates trusted for this server besides the system's, in PEM.
  package var authoritiesPEM: String?
  /// Different for every connect, ascending, never used again. Sessions, tokens and conditions belong to one generation.
  /// 0 until the store has saved the mailbox.
  package var generation: Int64
  /// Who files copies of what is sent, as was found out when the mailbox was connected; `nil`: that was not looked for.
  package var sentCopies: SentCopyFinding?
  package var connectedAt: Date
  /// Beside what the mailbox is: for the commands in sentences about it.
  package var given = GivenOptions()

  package init(
    entity: String, address: Address, displayName: String? = nil, provider: Provider = .smtp, server: Server,
    signIn: SignIn, mechanism: String? = nil, authoritiesPEM: String? = nil, generation: Int64 = 0, connectedAt: Date
  ) {
    self.entity = entity
    self.address = address
    self.displayName = displayName
    self.provider = provider
    self.server = server
    self.signIn = signIn
    self.mechanism = mechanism
    self.authoritiesPEM = authoritiesPEM
    self.generation = generation
    self.connectedAt = connectedAt
  }

  /// The address and names under which a message of `entity` goes out through this mailbox.
  package func identity(of entity: Entity) -> Identity {
    Identity(
      address: address, mailboxName: displayName, entityName: entity.name, displayName: entity.displayName,
      replyTo: entity.replyTo)
  }
}
