// sasl-xoauth2: the password is the path of a file of JSON with a refresh token; the client is in /etc/sasl-xoauth2.conf or
// in that file.

import Foundation
import Mailboxes
import SMTP

extension PostfixParser {
  private struct TokenFile: Decodable {
    enum CodingKeys: String, CodingKey {
      case clientID = "client_id"
      case clientSecret = "client_secret"
      case tokenEndpoint = "token_endpoint"
      case refreshToken = "refresh_token"
      case user
    }

    var clientID: String?
    var clientSecret: String?
    var tokenEndpoint: String?
    var refreshToken: String?
    var user: String?
  }

  private static let configuration = "/etc/sasl-xoauth2.conf"
  /// Postfix may run below this folder, and the token file's path is then meant there.
  private static let chroot = "/var/spool/postfix"
  /// Where the plug-in asks when nothing names another.
  private static let usualEndpoint = "https://accounts.google.com/o/oauth2/token"

  mutating func tokenSignIn(
    _ user: String, at server: Sourced<Server>, tokenFile: Sourced<String>
  ) -> PlannedSignIn {
    let shared = json(at: Sourced(Self.configuration, tokenFile.source))
    let own = json(at: tokenFile) ?? json(at: tokenFile.map { Self.chroot + $0 })
    let refreshToken: PlannedSecret = own?.value(\.refreshToken).map { .clear($0.map { Secret($0) }) } ?? .missing
    if let source = refreshToken.source {
      context.carried(source, "The refresh token of \(user), with --with-secrets.")
    } else {
      context.changed(
        tokenFile.source,
        "What stands in place of its file: no refresh token could be read there. "
          + "Somebody has to sign in once more.")
    }
    let client = own?.value(\.clientID) ?? shared?.value(\.clientID)
    var grant = PlannedGrant(
      username: own?.value(\.user)?.value ?? user, tokenURL: endpoint(own, shared, at: server),
      clientID: context.clientID(client, of: "client_id") ?? "", flow: .person(refreshToken: refreshToken),
      source: client?.source ?? tokenFile.source)
    if let secret = own?.value(\.clientSecret) ?? shared?.value(\.clientSecret) {
      grant.clientSecret = .clear(secret.map { Secret($0) })
    }
    context.plan.ledger.join([own?.source, shared?.source].compactMap(\.self), to: tokenFile.source)
    context.plan.ledger.join([own?.source, shared?.source].compactMap(\.self), to: server.source)
    return .oauth(grant)
  }

  /// Where one is named that is none, the one of the server's provider.
  private mutating func endpoint(
    _ own: SourcedTokenFile?, _ shared: SourcedTokenFile?, at server: Sourced<Server>
  ) -> String {
    guard let named = own?.value(\.tokenEndpoint) ?? shared?.value(\.tokenEndpoint) else { return Self.usualEndpoint }
    let host = server.value.host.lowercased()
    return context.tokenURL(named, of: "token_endpoint")
      ?? Providers.builtInOAuth.first { $0.host == host }?.oauth.tokenURL ?? Self.usualEndpoint
  }

  private mutating func json(at path: Sourced<String>) -> SourcedTokenFile? {
    guard
      let file = context.file(
        named: path, by: "smtp_sasl_password_maps", as: .whole, holdsSecrets: true, isExpected: false),
      let text = file.statements.first
    else { return nil }
    do {
      let tokens = try JSONDecoder().decode(TokenFile.self, from: Data(text.value.utf8))
      return SourcedTokenFile(tokens: tokens, source: text.source)
    } catch {
      context.leftOut(text.source, "The file is no JSON as sasl-xoauth2 writes it.")
      return nil
    }
  }

  private struct SourcedTokenFile {
    let tokens: TokenFile
    let source: SourceLine

    /// A value that is not empty.
    func value(_ key: KeyPath<TokenFile, String?>) -> Sourced<String>? {
      tokens[keyPath: key].flatMap { $0.isEmpty ? nil : Sourced($0, source) }
    }
  }
}
