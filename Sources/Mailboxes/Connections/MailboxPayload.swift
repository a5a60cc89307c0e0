// A mailbox on its way to a relay over its admin socket: with its secrets in clear, because the kernel knows both ends of
// that socket.

import Foundation
import SMTP

/// Only its encoding shows the secrets; printing it does not.
package struct MailboxPayload: Sendable, Equatable, Codable {
  /// As it was described or received. Of its provider it has the name only.
  package let mailbox: Mailbox

  package init(_ mailbox: Mailbox) {
    self.mailbox = mailbox
  }

  private enum CodingKeys: String, CodingKey {
    case entity, localPart, domain, displayName, provider, transport, server, signIn, secrets, mechanism, authorities,
      given
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(mailbox.entity, forKey: .entity)
    try object.encode(mailbox.address.localPart, forKey: .localPart)
    try object.encode(mailbox.address.domain, forKey: .domain)
    try object.encodeIfPresent(mailbox.displayName, forKey: .displayName)
    try object.encode(mailbox.provider.name, forKey: .provider)
    if mailbox.provider.transport != .smtp { try object.encode(mailbox.provider.transport, forKey: .transport) }
    try object.encode(mailbox.server, forKey: .server)
    try object.encode(SignInRecord(mailbox.signIn), forKey: .signIn)
    let secrets = mailbox.signIn.secrets.map { ($0.key.rawValue, $0.value.reveal()) }
    try object.encode(Dictionary(uniqueKeysWithValues: secrets), forKey: .secrets)
    try object.encodeIfPresent(mailbox.mechanism, forKey: .mechanism)
    try object.encodeIfPresent(mailbox.authoritiesPEM, forKey: .authorities)
    if mailbox.given != GivenOptions() { try object.encode(mailbox.given, forKey: .given) }
  }

  package init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    let localPart = try object.decode(String.self, forKey: .localPart)
    let domain = try object.decode(String.self, forKey: .domain)
    // Parsed like any other address, because it goes into envelopes and sentences.
    guard let address = Address("\(localPart)@\(domain)") else { throw DamagedRecord() }
    var secrets: [SecretField: Secret] = [:]
    for (name, text) in try object.decode([String: String].self, forKey: .secrets) {
      guard let field = SecretField(rawValue: name) else { throw DamagedRecord() }
      secrets[field] = Secret(text)
    }
    let transport = try object.decodeIfPresent(TransportKind.self, forKey: .transport) ?? .smtp
    var mailbox = Mailbox(
      entity: try object.decode(String.self, forKey: .entity), address: address,
      displayName: try object.decodeIfPresent(String.self, forKey: .displayName),
      provider: Providers()[try object.decode(String.self, forKey: .provider)].reached(by: transport),
      server: try object.decode(Server.self, forKey: .server),
      signIn: try SignIn(try object.decode(SignInRecord.self, forKey: .signIn), secrets: secrets),
      mechanism: try object.decodeIfPresent(String.self, forKey: .mechanism),
      authoritiesPEM: try object.decodeIfPresent(String.self, forKey: .authorities), connectedAt: Date())
    mailbox.given = try object.decodeIfPresent(GivenOptions.self, forKey: .given) ?? GivenOptions()
    self.mailbox = mailbox
  }
}
