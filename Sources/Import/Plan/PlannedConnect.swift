// The `letterhead connect` of an entity of the plan: for people to paste, and what the import itself connects with.

import Diagnosis
import Letterhead
package import Mailboxes
import SMTP

/// How the mailbox of one planned entity is connected.
package struct PlannedConnect: Sendable {
  package let entity: PlannedEntity
  /// As `letterhead providers` names it; `smtp` for a server of which nothing is known.
  package let provider: Provider
  /// One of the provider's regions.
  package let region: String?
  private let registration: PlannedRegistration?

  package init(_ entity: PlannedEntity, in plan: MigrationPlan) {
    self.entity = entity
    (provider, region) = Self.provider(of: entity)
    let name = provider.name
    registration = plan.registrations.first { $0.provider == name }
  }

  /// The server that is connected: a known provider's own one, or the old configuration's.
  package var server: Server {
    guard provider != .smtp, var server = provider.servers.first else { return entity.server.value }
    if let region { server.host.replace("{region}", with: region) }
    return server
  }

  /// Known by its host, and for OAuth by the token endpoint as well.
  static func provider(of entity: PlannedEntity) -> (Provider, region: String?) {
    let host = entity.server.value.host.lowercased()
    guard let (provider, region) = named(host) else { return (.smtp, nil) }
    if case .oauth(let grant) = entity.signIn {
      guard let oauth = provider.oauth, grant.tokenURL.isToken(of: oauth) else { return (.smtp, nil) }
    }
    return (provider, region)
  }

  private static func named(_ host: String) -> (Provider, region: String?)? {
    for provider in Providers.builtIn.all {
      guard let known = provider.servers.first?.host else { continue }
      if known == host { return (provider, nil) }
      if let region = provider.regions.first(where: { known.replacing("{region}", with: $0) == host }) {
        return (provider, region)
      }
    }
    return nil
  }

  // MARK: As a command

  package var command: String {
    let address = entity.address.map { shellWord($0.value.text) } ?? "ADDRESS"
    return (["letterhead connect \(entity.key)"] + serverWords + ["--address \(address)"] + usernameWords + signInWords)
      .joined(separator: " ")
  }

  private var serverWords: [String] {
    guard provider == .smtp else {
      return ["--provider \(provider.name)"] + (region.map { ["--region \($0)"] } ?? [])
    }
    let server = entity.server.value
    let host = server.host.contains(":") ? "[\(server.host)]" : server.host
    let security = server.security == .usual(for: server.port) ? [] : ["--security \(server.security.rawValue)"]
    let authorities = entity.authoritiesFile.map { ["--ca-file \(shellWord($0.value))"] } ?? []
    return ["--smtp \(shellWord("\(host):\(server.port)"))"] + security + authorities
  }

  private var usernameWords: [String] {
    guard let username = entity.signIn.username, !username.isEmpty, username != entity.address?.value.text else {
      return []
    }
    return ["--username \(shellWord(username))"]
  }

  private var signInWords: [String] {
    switch entity.signIn {
    case .none: ["--no-auth"]
    case .password: ["--password-file -"]
    case .oauth(let grant): oauthWords(grant)
    }
  }

  private func oauthWords(_ grant: PlannedGrant) -> [String] {
    let way =
      switch grant.flow {
      case .person: provider == .smtp ? ["--refresh-token-file -"] : ["--browser"]
      case .clientCredentials, .serviceAccount: ["--app-only"]
      }
    let isRegistered = registration.map { $0.clientID == grant.clientID } ?? false
    let client = isRegistered || grant.clientID.isEmpty ? [] : ["--client-id \(shellWord(grant.clientID))"]
    guard provider == .smtp else { return way + client }
    let scope = grant.scope.map { ["--scope \(shellWord($0))"] } ?? []
    return ["--auth xoauth2", "--token-url \(shellWord(grant.tokenURL))"] + client + scope + way
  }
}

extension String {
  /// Whether it is the token endpoint of `service`, whatever the tenant; `login.microsoftonline.com/…/v2.0` is Microsoft's
  /// older one.
  func isToken(of service: OAuthService) -> Bool {
    guard let mark = service.tokenURL.firstRange(of: "{tenant}") else {
      return self == service.tokenURL
        || hasPrefix("https://accounts.google.com/") && service.tokenURL.contains("googleapis")
    }
    return hasPrefix(service.tokenURL[..<mark.lowerBound])
  }

  /// The tenant in the token endpoint of `service`.
  func tenant(of service: OAuthService) -> String? {
    guard let mark = service.tokenURL.firstRange(of: "{tenant}"), hasPrefix(service.tokenURL[..<mark.lowerBound]) else {
      return nil
    }
    let tenant = String(dropFirst(service.tokenURL[..<mark.lowerBound].count).prefix { $0 != "/" })
    return Configuration.Client.isTenant(tenant) ? tenant : nil
  }
}
