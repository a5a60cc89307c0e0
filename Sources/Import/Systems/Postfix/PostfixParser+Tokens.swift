// sasl-xoauth2: the password is the path of a file of JSON with a refresh token; the client is in /etc/sasl-xoauth2.conf or
// in that file.

import Foundation
import Mailboxes

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

  mutating func tokenSignIn(_ user: String, tokenFile: String, _ source: SourceLine) -> PlannedSignIn {
    let (client, clientFile) = json(Self.configuration)
    var (token, path) = json(tokenFile)
    if token == nil { (token, path) = json(Self.chroot + tokenFile) }
    let (ownClient, own) = (token?.clientID, SourceLine(file: path, line: 1))
    let shared = SourceLine(file: clientFile, line: 1)
    let refreshToken: PlannedSecret = token?.refreshToken.map { .clear(Sourced(Secret($0), own)) } ?? .missing
    if case .missing = refreshToken {
      context.changed(
        source,
        "What stands in place of its file: no refresh token could be read there. "
          + "Somebody has to sign in once more.")
    } else {
      context.carried(own, "The refresh token of \(user), with --with-secrets.")
    }
    var grant = PlannedGrant(
      username: token?.user ?? user, tokenURL: token?.tokenEndpoint ?? client?.tokenEndpoint ?? Self.usualEndpoint,
      clientID: ownClient ?? client?.clientID ?? "", flow: .person(refreshToken: refreshToken),
      source: ownClient == nil ? shared : own)
    if let secret = token?.clientSecret, !secret.isEmpty {
      grant.clientSecret = .clear(Sourced(Secret(secret), own))
    } else if let secret = client?.clientSecret, !secret.isEmpty {
      grant.clientSecret = .clear(Sourced(Secret(secret), shared))
    }
    return .oauth(grant)
  }

  private mutating func json(_ path: String) -> (TokenFile?, path: String) {
    guard path.hasPrefix("/"), let file = context.file(path, holdsSecrets: true, isExpected: false) else {
      return (nil, path)
    }
    do {
      return (try JSONDecoder().decode(TokenFile.self, from: Data(file.lines.joined(separator: "\n").utf8)), path)
    } catch {
      context.leftOut(file.place(of: 0), "The file is no JSON as sasl-xoauth2 writes it.")
      return (nil, path)
    }
  }
}
