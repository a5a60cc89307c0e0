// Mailboxes and entities for tests.

import Foundation
import Mailboxes
import SMTP
import Sockets
import Testing

@testable import Delivery

let noon = Date(timeIntervalSince1970: 1_795_334_400)

extension Mailbox {
  static func test(
    _ entity: String = "acme", at endpoint: Endpoint = Endpoint(host: "smtp.provider.example", port: 587),
    security: Security = .none, signIn: SignIn = .none, provider: Provider = .smtp, mechanism: String? = nil,
    authorities: String? = nil, generation: Int64 = 0
  ) -> Mailbox {
    Mailbox(
      entity: entity, address: Address(localPart: "office", domain: "firm.example"), provider: provider,
      server: Server(host: endpoint.host, port: endpoint.port, security: security), signIn: signIn,
      mechanism: mechanism, authoritiesPEM: authorities, generation: generation, connectedAt: noon)
  }

  static let byPassword = Mailbox.test(signIn: .password(username: "office", Secret("sesame")))

  static let byToken = withToken(.xoauth2)
  static let byBearer = withToken(.oauthbearer)

  /// An app that signs in by itself.
  static let byApp = test(
    signIn: .oauth(
      OAuthGrant(
        username: "office@firm.example", mechanism: .xoauth2, tokenURL: URL(filePath: "/token"), clientID: "letterhead",
        proof: .secret(Secret("hush")), entitlement: .clientCredentials)))

  /// A person's, at a provider that has a page for administrators.
  static let atMicrosoft = test(
    signIn: .oauth(
      OAuthGrant(
        username: "office@firm.example", mechanism: .xoauth2,
        tokenURL: URL(filePath: "/token"), clientID: "app 1", refreshToken: Secret("refresh-me"))),
    provider: .microsoft)

  static func of(_ service: Service) -> Mailbox {
    test(provider: Provider(name: service.rawValue, label: service.rawValue.capitalized))
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
  init(wire text: String) throws {
    var buffer = LineBuffer()
    buffer.append(Array("\(text)\r\n".utf8))
    var parser = ReplyParser()
    self = try #require(try parser.parse(from: &buffer))
  }
}

extension Provider {
  /// One of which nothing is known.
  /// One of the table: its servers stand on the open Internet.
  static let other = {
    var provider = Provider(name: "other", label: "Other")
    provider.isPublic = true
    return provider
  }()

  static let microsoft = {
    var provider = Provider(name: "microsoft", label: "Microsoft 365")
    var service = OAuthService(tokenURL: "https://login.example/{tenant}/token")
    service.consentURL = "https://login.example/{tenant}/adminconsent?scope=mail"
    service.redirectHost = "localhost"
    service.tenant = "organizations"
    provider.oauth = service
    return provider
  }()
}
