// Entities, mailboxes and a fault that tests of the saved connections speak of.

package import Foundation
package import Mailboxes
package import SMTP

package let noon = Date(timeIntervalSince1970: 1_795_348_800)

package func address(_ text: String) -> Address {
  guard let at = text.lastIndex(of: "@") else { return Address(localPart: text, domain: "") }
  return Address(localPart: String(text[..<at]), domain: String(text[text.index(after: at)...]))
}

package func entity(_ key: String, senders: [String] = [], isDefault: Bool = false) -> Entity {
  Entity(key: key, name: key.capitalized, isDefault: isDefault, senders: senders.compactMap { SenderPattern($0) })
}

package func mailbox(
  of entity: String, at text: String = "office@acme.example", password: String = "swordfish"
) -> Mailbox {
  Mailbox(
    entity: entity, address: address(text), displayName: "Office",
    server: Server(host: "smtp.acme.example", port: 465, security: .tls),
    signIn: .password(username: text, Secret(password)), mechanism: "PLAIN", connectedAt: noon)
}

/// `mailbox(of:)` as requests and the audit list show it.
package let shownMailbox =
  "office@acme.example through smtp.acme.example provider=smtp port=465 security=tls sign-in=password "
  + "username=office@acme.example display-name=Office"

package func grant(refreshToken: String = "refresh-1", clientSecret: String? = "client secret") -> OAuthGrant {
  OAuthGrant(
    username: "office@acme.example", mechanism: .xoauth2, tokenURL: URL(filePath: "/token"), clientID: "letterhead",
    clientSecret: clientSecret.map { Secret($0) }, scope: "mail", refreshToken: Secret(refreshToken))
}

/// Its provider may rotate the refresh token.
package func oauthMailbox(of entity: String) -> Mailbox {
  var mailbox = mailbox(of: entity)
  mailbox.signIn = .oauth(grant())
  mailbox.mechanism = nil
  return mailbox
}

/// Its way out is another than SMTP.
package func graphMailbox(of entity: String) -> Mailbox {
  var mailbox = oauthMailbox(of: entity)
  mailbox.provider = mailbox.provider.reached(by: .graph)
  return mailbox
}

package let fault = Fault(
  class: .auth, since: noon, summary: "The server no longer accepts the saved sign-in.",
  remedy: "Run: letterhead connect acme", upstream: "535 5.7.8 no \"such\" thing\r\n")
