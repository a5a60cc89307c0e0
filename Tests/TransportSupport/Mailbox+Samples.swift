// Mailboxes and providers for tests.

package import Diagnosis
package import Foundation
package import Mailboxes
package import SMTP

/// A Sunday.
package let noon = Date(timeIntervalSince1970: 1_795_334_400)

extension Mailbox {
  package static func test(
    _ entity: String = "acme", at host: String = "smtp.provider.example", port: UInt16 = 587,
    security: Security = .none, signIn: SignIn = .none, provider: Provider = .smtp, mechanism: String? = nil,
    authorities: String? = nil, generation: Int64 = 0
  ) -> Mailbox {
    Mailbox(
      entity: entity, address: Address(localPart: "office", domain: "firm.example"), provider: provider,
      server: Server(host: host, port: port, security: security), signIn: signIn,
      mechanism: mechanism, authoritiesPEM: authorities, generation: generation, connectedAt: noon)
  }

  package static let byPassword = Mailbox.test(signIn: .password(username: "office", Secret("sesame")))

  package static let byToken = withToken(.xoauth2)
  package static let byBearer = withToken(.oauthbearer)

  /// An app that signs in by itself.
  package static let byApp = test(
    signIn: .oauth(
      OAuthGrant(
        username: "office@firm.example", mechanism: .xoauth2, tokenURL: URL(filePath: "/token"), clientID: "letterhead",
        proof: .secret(Secret("hush")), entitlement: .clientCredentials)))

  /// A person's, at a provider that has a page for administrators.
  package static let atMicrosoft = test(
    signIn: .oauth(
      OAuthGrant(
        username: "office@firm.example", mechanism: .xoauth2,
        tokenURL: URL(filePath: "/token"), clientID: "app 1", refreshToken: Secret("refresh-me"))),
    provider: .microsoft)

  package static func of(_ family: ProviderFamily) -> Mailbox {
    test(provider: Provider(name: family.rawValue, label: family.rawValue.capitalized))
  }

  private static func withToken(_ mechanism: OAuthGrant.Mechanism) -> Mailbox {
    test(
      signIn: .oauth(
        OAuthGrant(
          username: "office@firm.example", mechanism: mechanism, tokenURL: URL(filePath: "/token"),
          clientID: "letterhead",
          refreshToken: Secret("refresh-me"))))
  }
}

extension Reply {
  /// As a server writes it, lines ended by LF.
  package init(wire text: String) throws {
    var buffer = LineBuffer()
    buffer.append(Array("\(text)\r\n".utf8))
    var parser = ReplyParser()
    guard let reply = try parser.parse(from: &buffer) else { throw NoReply(text: text) }
    self = reply
  }
}

package struct NoReply: Error {
  package let text: String
}

extension Provider {
  /// One of the table: its servers stand on the open Internet.
  package static let other = {
    var provider = Provider(name: "other", label: "Other")
    provider.isPublic = true
    return provider
  }()

  package static let microsoft = {
    var provider = Provider(name: "microsoft", label: "Microsoft 365")
    provider.isPublic = true
    var service = OAuthService(tokenURL: "https://login.example/{tenant}/token")
    service.consentURL = "https://login.example/{tenant}/adminconsent?scope=mail"
    service.redirectHost = "localhost"
    service.tenant = "organizations"
    provider.oauth = service
    return provider
  }()
}
