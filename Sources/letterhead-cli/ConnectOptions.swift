// What `letterhead connect` takes, and the mailbox it describes.

import ArgumentParser
import Foundation
import Mailboxes
import SMTP

extension Security: ExpressibleByArgument {}
extension OAuthGrant.Mechanism: ExpressibleByArgument {}

/// The server: `--smtp HOST[:PORT]` or `--provider`.
struct ServerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The provider's submission server; port 465 unless named.", valueName: "host[:port]"))
  var smtp: String?

  @Option(help: "tls, starttls or none; by default tls, on ports 587 and 25 starttls. none only to this host.")
  var security: Security?

  @Option(help: ArgumentHelp("A provider by name: sandbox keeps mail as files.", valueName: "name"))
  var provider: String?

  @Option(help: ArgumentHelp("Certificates of authorities to trust beside the system's, PEM.", valueName: "file"))
  var caFile: String?

  func validate() throws {
    if (smtp == nil) == (provider == nil) {
      throw ValidationError("Name the server: --smtp HOST[:PORT], or --provider sandbox.")
    }
    if let provider, provider != Provider.sandbox.name {
      throw ValidationError("There is no provider \"\(provider)\". Name its server with --smtp HOST[:PORT].")
    }
    let server = try server()
    if server.security == .none, !Self.isLoopback(server.host), provider == nil {
      throw ValidationError("--security none would send the sign-in in clear; it works to this host only.")
    }
  }

  func server() throws -> Server {
    guard let smtp else { return Server(host: "127.0.0.1", port: 0, security: .none) }
    let (host, port) = try Self.split(smtp)
    let usual: Security = port == 587 || port == 25 ? .starttls : .tls
    return Server(host: host, port: port, security: security ?? usual)
  }

  func authoritiesPEM() throws -> String? {
    guard let caFile else { return nil }
    guard let pem = try? String(contentsOfFile: caFile, encoding: .utf8), pem.contains("BEGIN CERTIFICATE") else {
      throw CommandFailure("\(caFile) has no certificate in PEM form (-----BEGIN CERTIFICATE-----).")
    }
    return pem
  }

  /// `host`, `host:587`, `[::1]:587`, `::1`.
  private static func split(_ text: String) throws -> (host: String, port: UInt16) {
    let isBare = !text.hasPrefix("[") && text.count(where: { $0 == ":" }) != 1
    guard !isBare, let colon = text.lastIndex(of: ":"), text.last != "]" else {
      return (text.trimmingCharacters(in: ["[", "]"]), 465)
    }
    guard let port = UInt16(text[text.index(after: colon)...]), port > 0, colon > text.startIndex else {
      throw ValidationError("\"\(text)\" is no server. Write smtp.provider.example or smtp.provider.example:587.")
    }
    return (text[..<colon].trimmingCharacters(in: ["[", "]"]), port)
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}

/// How to sign in: a password, OAuth with a refresh token one has, or not at all.
struct SignInOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Whom to sign in as, where that is not the address.", valueName: "user"))
  var username: String?

  @Option(help: ArgumentHelp("File with the password on its first line; - is standard input.", valueName: "file"))
  var passwordFile: String?

  @Flag(help: "The server knows this machine by its address and asks for no sign-in.")
  var noAuth = false

  @Option(name: .customLong("auth"), help: "OAuth: xoauth2 or oauthbearer.")
  var mechanism: OAuthGrant.Mechanism?

  @Option(name: .customLong("token-url"), help: ArgumentHelp("OAuth: the token endpoint.", valueName: "url"))
  var tokenURL: String?

  @Option(name: .customLong("client-id"), help: ArgumentHelp("OAuth: the app's client id.", valueName: "id"))
  var clientID: String?

  @Option(help: ArgumentHelp("OAuth: file with the client secret; leave out for a public client.", valueName: "file"))
  var clientSecretFile: String?

  @Option(help: ArgumentHelp("OAuth: scopes, separated by spaces.", valueName: "scope"))
  var scope: String?

  @Option(help: ArgumentHelp("OAuth: file with the refresh token; - is standard input.", valueName: "file"))
  var refreshTokenFile: String?

  func validate() throws {
    let ways = [passwordFile != nil, noAuth, refreshTokenFile != nil].count(where: { $0 })
    if ways > 1 {
      throw ValidationError("Name one way to sign in: --password-file, --refresh-token-file or --no-auth.")
    }
    let oauth = [mechanism != nil, tokenURL != nil, clientID != nil, refreshTokenFile != nil]
    if oauth.contains(true), oauth.contains(false) {
      throw ValidationError("OAuth takes --auth, --token-url, --client-id and --refresh-token-file together.")
    }
    if let tokenURL, URL(string: tokenURL)?.host() == nil {
      throw ValidationError("\"\(tokenURL)\" is no token endpoint. Write https://login.provider.example/token.")
    }
  }

  var isNamed: Bool { passwordFile != nil || noAuth || refreshTokenFile != nil }

  /// Reads the secrets; asks for one at the terminal where `-` says so.
  func signIn(for address: Address) throws -> SignIn {
    if noAuth { return .none }
    let username = username ?? address.text
    if let passwordFile {
      return .password(username: username, try SecretInput.read(passwordFile, what: "password"))
    }
    guard let mechanism, let refreshTokenFile, let clientID, let url = tokenURL.flatMap(URL.init(string:)) else {
      return .none
    }
    return .oauth(
      OAuthGrant(
        username: username, mechanism: mechanism, tokenURL: url, clientID: clientID,
        clientSecret: try clientSecretFile.map { try SecretInput.read($0, what: "client secret") }, scope: scope,
        refreshToken: try SecretInput.read(refreshTokenFile, what: "refresh token")))
  }
}
