// A connected mailbox as a storage keeps it: its secrets sealed, its provider by name, its condition with it.

package import Foundation
package import SMTP

package struct MailboxRecord: Sendable, Equatable {
  /// Different for each connect, ascending, never used again, also when the mailbox is gone.
  package var generation: Int64
  /// At most one mailbox is connected to an entity.
  package var entity: String
  package var address: Address
  package var displayName: String?
  package var provider: String
  package var transport: TransportKind
  package var server: Server
  package var signIn: SignInRecord
  /// By ``SecretField``. Sealed.
  package var secrets: [String: [UInt8]]
  package var mechanism: String?
  package var authoritiesPEM: String?
  /// `nil`: not looked for.
  package var sentCopies: SentCopyFinding?
  package var connectedAt: Date
  /// When the sign-in was last used at the token endpoint; `nil`: not since it was connected.
  package var usedAt: Date?
  /// `nil` for a mailbox that works.
  package var condition: ConditionRecord?

  package init(
    generation: Int64, entity: String, address: Address, displayName: String?, provider: String,
    transport: TransportKind = .smtp, server: Server, signIn: SignInRecord, secrets: [String: [UInt8]],
    mechanism: String?, authoritiesPEM: String?, sentCopies: SentCopyFinding? = nil, connectedAt: Date,
    usedAt: Date? = nil, condition: ConditionRecord? = nil
  ) {
    self.generation = generation
    self.entity = entity
    self.address = address
    self.displayName = displayName
    self.provider = provider
    self.transport = transport
    self.server = server
    self.signIn = signIn
    self.secrets = secrets
    self.mechanism = mechanism
    self.authoritiesPEM = authoritiesPEM
    self.sentCopies = sentCopies
    self.connectedAt = connectedAt
    self.usedAt = usedAt
    self.condition = condition
  }
}

extension MailboxRecord {
  init(_ mailbox: Mailbox, secrets: [String: [UInt8]]) {
    self.init(
      generation: mailbox.generation, entity: mailbox.entity, address: mailbox.address,
      displayName: mailbox.displayName, provider: mailbox.provider.name,
      transport: mailbox.provider.transport, server: mailbox.server, signIn: SignInRecord(mailbox.signIn),
      secrets: secrets, mechanism: mailbox.mechanism,
      authoritiesPEM: mailbox.authoritiesPEM, sentCopies: mailbox.sentCopies, connectedAt: mailbox.connectedAt)
  }

  /// - Parameter open: gives the clear text of a sealed secret.
  func mailbox(
    among providers: Providers, _ open: ([UInt8], SecretName) throws(StoreError) -> Secret
  ) throws -> Mailbox {
    var opened: [SecretField: Secret] = [:]
    for (name, sealed) in secrets {
      guard let field = SecretField(rawValue: name) else { throw DamagedRecord() }
      opened[field] = try open(sealed, SecretName(entity: entity, field: name))
    }
    var mailbox = Mailbox(
      entity: entity, address: address, displayName: displayName, provider: providers[provider].reached(by: transport),
      server: server, signIn: try SignIn(signIn, secrets: opened), mechanism: mechanism, authoritiesPEM: authoritiesPEM,
      generation: generation, connectedAt: connectedAt)
    mailbox.sentCopies = sentCopies
    return mailbox
  }
}

extension MailboxRecord {
  /// As `use` leaves it.
  package func used(_ use: SignInUseRecord) -> MailboxRecord {
    var record = self
    record.usedAt = use.at
    if let token = use.refreshToken { record.secrets[SecretField.refreshToken.rawValue] = token }
    if let lapses = use.lapses { record.signIn.lapses = lapses }
    return record
  }
}
