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
