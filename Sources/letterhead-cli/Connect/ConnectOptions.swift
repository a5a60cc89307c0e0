// What `letterhead connect` takes: the server, the way to sign in, and the app that asks for it.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes
import SMTP
import Platform

extension Security: ExpressibleByArgument {}
extension OAuthGrant.Mechanism: ExpressibleByArgument {}

/// The server: `--provider NAME` or `--smtp HOST[:PORT]`; with neither, the address may tell.
struct ServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A provider by name, as `letterhead providers` lists them; sandbox keeps mail as files.", valueName: "name"),
    completion: .providers)
  var provider: String?

  @Option(
    help: ArgumentHelp(
      "The way out; graph is Microsoft Graph, auto is smtp and tells where another would go.",
      valueName: "way"))
  var transport = TransportChoice.auto

  @Option(help: ArgumentHelp("Which of the provider's regions.", valueName: "region"))
  var region: String?

  @Option(
    help: ArgumentHelp("Any other provider's submission server; port 465 unless named.", valueName: "host[:port]"))
  var smtp: String?

  @Option(
    help: "With --smtp; by default tls, on ports 587 and 25 starttls. none only to this host.")
  var security: Security?

  @Option(
    help: ArgumentHelp("Certificates of authorities to trust beside the system's, PEM.", valueName: "file"),
    completion: .file())
  var caFile: String?

  func validate() throws {
    guard smtp == nil || provider == nil else {
      throw ValidationError("Name the server once: --smtp HOST[:PORT] or --provider NAME.")
    }
    guard smtp == nil || [.auto, .smtp].contains(transport) else {
      throw ValidationError("--transport \(transport.rawValue) goes with --provider.")
    }
    guard smtp != nil || security == nil else { throw ValidationError("--security goes with --smtp.") }
    if let server = try named, server.security == .none, !server.isLoopback {
      throw ValidationError("--security none would send mail and sign-in in clear; it works to this host only.")
    }
  }

  /// The server of `--smtp`.
  var named: Server? {
    get throws {
      guard let smtp else { return nil }
      let (host, port) = try Self.split(smtp)
      return Server(host: host, port: port, security: security ?? .usual(for: port))
    }
  }

  /// The provider as it is reached by the way out that was asked for.
  func reached(_ provider: Provider) throws -> Provider {
    guard let wanted = transport.kind else { return provider }
    guard wanted == .smtp || provider.api?.transport == wanted else {
      let has = provider.api.map { "--transport \($0.transport.rawValue), or" } ?? "--transport"
      throw CommandFailure("\(provider.label) has no \(wanted.rawValue). Use \(has) smtp.")
    }
    return provider.reached(by: wanted)
  }

  /// Where `provider` takes mail.
  func server(of provider: Provider) throws -> Server {
    if let named = try named { return named }
    guard var server = provider.servers.first else { return Server(host: "127.0.0.1", port: 0, security: .none) }
    guard server.host.contains("{region}") else {
      if region != nil { throw CommandFailure("\(provider.label) has no regions. Leave out --region.") }
      return server
    }
    let regions = provider.regions.joined(separator: ", ")
    guard let region, provider.regions.contains(region) else {
      throw CommandFailure(
        "\(provider.label) has a server for each region. Say --region with one of: \(regions)."
          + (provider.note.isEmpty ? "" : " \(provider.note)"))
    }
    server.host.replace("{region}", with: region)
    return server
  }

  func authoritiesPEM() throws -> String? { try caFile.map(Self.authorities) }

  /// The text of a file of `--ca-file`.
  static func authorities(in caFile: String) throws -> String {
    guard access(caFile, R_OK) == 0 else {
      throw CommandFailure("The file \(caFile) of --ca-file cannot be read: \(String(cString: strerror(errno))).")
    }
    guard let pem = try? String(contentsOfFile: caFile, encoding: .utf8), pem.contains("BEGIN CERTIFICATE") else {
      throw CommandFailure("\(caFile) has no certificate in PEM form (-----BEGIN CERTIFICATE-----).")
    }
    return pem
  }

  /// `host`, `host:587`, `[::1]:587`, `::1`.
  private static func split(_ text: String) throws -> (host: String, port: UInt16) {
    guard let server = HostPort(parsing: text), server.port != 0 else {
      throw ValidationError("\"\(text)\" is no server. Write smtp.provider.example or smtp.provider.example:587.")
    }
    return (server.host, server.port ?? 465)
  }
}

/// The ways out that can be asked for.
enum TransportChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, smtp, graph
  case gmailAPI = "gmail-api"

  /// `nil`: what is usual.
  var kind: TransportKind? { TransportKind(rawValue: rawValue) }
}

/// How to sign in. One of these, or what is usual at the provider.
struct SignInOptions: ParsableArguments {
  /// The ways there are; those of OAuth first.
  enum Way: Equatable {
    case browser, paste, device, appOnly
    case refreshToken(file: String)
    case password(file: String)
    case noAuth

    var isOAuth: Bool {
      switch self {
      case .browser, .paste, .device, .appOnly, .refreshToken: true
      case .password, .noAuth: false
      }
    }
  }

  @Option(help: ArgumentHelp("Whom to sign in as, where that is not the address.", valueName: "user"))
  var username: String?

  @Flag(help: "OAuth: a person signs in with a browser on this machine (usual where the provider has OAuth).")
  var browser = false

  @Flag(help: "With --browser: open the browser as well.")
  var open = false

  @Flag(help: "OAuth: a person signs in with a browser anywhere and pastes the address it ends at.")
  var paste = false

  @Flag(help: "OAuth: a person types a code at the provider's page, on any device.")
  var device = false

  @Flag(help: "OAuth: the app itself signs in; an administrator has let it (Microsoft, Google Workspace).")
  var appOnly = false

  @Option(
    help: ArgumentHelp("OAuth: file with a refresh token one has; - is standard input.", valueName: "file"),
    completion: .file())
  var refreshTokenFile: String?

  @Option(
    help: ArgumentHelp(
      "File with the password or app password on its first line; - is standard input.", valueName: "file"),
    completion: .file())
  var passwordFile: String?

  @Flag(help: "The server knows this machine by its address and asks for no sign-in.")
  var noAuth = false

  func validate() throws {
    guard named.count <= 1 else {
      throw ValidationError(
        "Name one way to sign in: --browser, --paste, --device, --app-only, --refresh-token-file, --password-file or "
          + "--no-auth.")
    }
    if open, !named.isEmpty, !browser { throw ValidationError("--open goes with --browser.") }
  }

  private var named: [Way] {
    let flags: [(Bool, Way)] = [
      (browser, .browser), (paste, .paste), (device, .device), (appOnly, .appOnly), (noAuth, .noAuth),
    ]
    return flags.filter(\.0).map(\.1)
      + [refreshTokenFile.map(Way.refreshToken), passwordFile.map(Way.password)]
      .compactMap(\.self)
  }

  /// As they were typed.
  var words: [String] {
    let flags = [
      (browser, "--browser"), (open, "--open"), (paste, "--paste"), (device, "--device"), (appOnly, "--app-only"),
      (noAuth, "--no-auth"),
    ]
    return [String](option: "--username", username) + flags.filter(\.0).map(\.1)
      + [String](option: "--refresh-token-file", refreshTokenFile)
      + [String](option: "--password-file", passwordFile)
  }

  /// What was asked for, or what is usual at `provider`; only what it has.
  func way(at provider: Provider) throws -> Way {
    if provider == .sandbox { return .noAuth }
    guard let way = named.first else {
      if provider.oauth?.authorizeURL != nil { return .browser }
      if provider != .smtp { return .password(file: "-") }
      throw CommandFailure(
        "Say how to sign in: --password-file FILE (- to type the password), --auth with --refresh-token-file, or "
          + "--no-auth.")
    }
    let has =
      switch way {
      case .browser, .paste: provider.oauth?.authorizeURL != nil
      case .device: provider.oauth?.deviceURL != nil
      case .appOnly: provider.oauth?.appOnly != nil
      case .refreshToken: provider.oauth != nil || provider == .smtp
      case .password, .noAuth: provider.transport == .smtp
      }
    guard has else { throw Self.missing(way, at: provider) }
    return way
  }

  private static func missing(_ way: Way, at provider: Provider) -> CommandFailure {
    let name = provider == .smtp ? "A server named with --smtp" : provider.label
    let hint =
      provider.oauth?.authorizeURL != nil
      ? "Use --browser, or --paste where this machine has none." : "Use --password-file FILE."
    return switch way {
    case .device: CommandFailure("\(name) has no sign-in by device code for mail. \(hint)")
    case .password, .noAuth: CommandFailure("\(name) takes no password over its mail API, only OAuth. \(hint)")
    case .appOnly: CommandFailure("\(name) lets no app sign in by itself. \(hint)")
    default: CommandFailure("\(name) has no OAuth that is known here. \(hint)")
    }
  }
}

/// The app that asks: as registered at the provider. What is not given is taken from `[oauth.NAME]`.
struct ClientOptions: ParsableArguments {
  @Option(name: .customLong("client-id"), help: ArgumentHelp("OAuth: the app's client id.", valueName: "id"))
  var clientID: String?

  @Option(
    help: ArgumentHelp("OAuth: file with the client secret; leave out for a public client.", valueName: "file"),
    completion: .file())
  var clientSecretFile: String?

  @OptionGroup var local: LocalProofOptions

  @Option(
    help: ArgumentHelp("OAuth: the app's certificate in place of a secret, PEM, with --key.", valueName: "file"),
    completion: .file())
  var certificate: String?

  @Option(
    help: ArgumentHelp(
      "OAuth: the certificate's private key, PEM; for Google the service account's JSON.", valueName: "file"),
    completion: .file())
  var key: String?

  @Option(help: ArgumentHelp("OAuth: the organisation, by id or domain (Microsoft).", valueName: "tenant"))
  var tenant: String?

  @Option(
    name: .customLong("auth"), help: "OAuth: how the token is handed to the server; by default as the provider prefers."
  )
  var mechanism: OAuthGrant.Mechanism?

  @Option(
    name: .customLong("token-url"), help: ArgumentHelp("With --smtp: the token endpoint.", valueName: "url"))
  var tokenURL: String?

  @Option(help: ArgumentHelp("OAuth: scopes, separated by spaces; by default the provider's.", valueName: "scope"))
  var scope: String?

  func validate() throws {
    if let tokenURL, URL(string: tokenURL)?.host() == nil {
      throw ValidationError("\"\(tokenURL)\" is no token endpoint. Write https://login.provider.example/token.")
    }
    if let tenant, !Configuration.Client.isTenant(tenant) {
      throw ValidationError("\"\(tenant)\" is no tenant. Write its id or one of its domains.")
    }
    if certificate != nil, key == nil {
      throw ValidationError("A certificate needs its private key as well: --key FILE.")
    }
    try local.requireOneProof(beside: [clientSecretFile, certificate])
  }

  /// As they were typed.
  var words: [String] {
    let options = [
      ("--auth", mechanism?.rawValue), ("--token-url", tokenURL), ("--client-id", clientID),
      ("--client-secret-file", clientSecretFile), ("--certificate", certificate), ("--key", key), ("--tenant", tenant),
      ("--scope", scope),
    ]
    return options.flatMap { [String](option: $0, $1) } + local.words
  }

  /// With what the configuration says where the command says nothing.
  func merged(with configured: Configuration.Client?) -> Configuration.Client {
    var client = configured ?? Configuration.Client()
    client.id = clientID ?? client.id
    // Whoever names one proof here does not mean the configuration's other one.
    if clientSecretFile != nil || certificate != nil || local.proof != nil {
      (client.secretFile, client.certificateFile) = (clientSecretFile, certificate)
      (client.assertionFile, client.secretCommand) = (local.assertionPath, local.commandWords)
    }
    client.keyFile = key ?? client.keyFile
    client.tenant = tenant ?? client.tenant
    return client
  }
}

extension [String] {
  /// An option with its value; nothing where there is none.
  init(option name: String, _ value: String?) {
    self = value.map { [name, $0] } ?? []
  }
}
