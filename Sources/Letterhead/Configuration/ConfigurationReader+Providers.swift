// `[provider.NAME]` in the configuration and the table that Letterhead brings: the same keys, read by the same code.

import Foundation
package import Mailboxes
import OAuth
import SMTP
import TOMLKit

extension Providers {
  /// `providers.toml`, as it was built into the binary.
  package static let builtIn: Providers = {
    let text = String(decoding: PackageResources.providers_toml, as: UTF8.self)
    do {
      return try ConfigurationReader.providers(in: text, file: "providers.toml")
    } catch {
      // Only a build with a mistake in its table comes here, and no test of it would have passed.
      preconditionFailure("\(error)")
    }
  }()
}

extension ConfigurationReader {
  /// The table in `text`, which is nothing but `[NAME]` sections.
  static func providers(in text: String, file: String) throws -> Providers {
    let reader = ConfigurationReader(file: file, positions: KeyPositions(text))
    let top = Section(try TOMLTable(string: text), path: [], reader: reader)
    var providers = Providers()
    for section in reader.inFileOrder(top.tables()) {
      var provider = reader.provider(from: section, over: Provider(name: section.name, label: section.name))
      provider.isPublic = true
      providers.put(provider)
    }
    if !reader.problems.isEmpty { throw ConfigurationProblems(all: reader.problems) }
    return providers
  }

  func providers(in top: Section) -> Providers {
    var providers = Providers.builtIn
    guard let all = top.table("provider") else { return providers }
    for section in inFileOrder(all.tables()) {
      if section.name == Provider.smtp.name || section.name == Provider.sandbox.name || !Self.isPlain(section.name) {
        section.report(nil, "A provider is named in small letters, digits, - and _, and neither smtp nor sandbox.")
      }
      let known = providers.named(section.name) ?? Provider(name: section.name, label: section.name)
      providers.put(provider(from: section, over: known))
    }
    return providers
  }

  func inFileOrder(_ sections: [Section]) -> [Section] { sections.sorted { line(of: $0.path) < line(of: $1.path) } }

  // MARK: One provider

  /// `known` with what `section` says in place of its own.
  private func provider(from section: Section, over known: Provider) -> Provider {
    var provider = known
    provider.label = section.string("label") ?? provider.label
    provider.servers = servers(in: section, over: known.servers)
    provider.isPublic = known.isPublic && provider.servers.first?.host == known.servers.first?.host
    provider.regions = section.strings("regions") ?? provider.regions
    provider.mechanisms = mechanisms(in: section) ?? provider.mechanisms
    provider.login = login(in: section, over: known.login)
    provider.oauth = service(in: section, over: known.oauth)
    provider.limits = provider.limits.overridden(by: sendingLimits(in: section))
    provider.filesSentCopies = section.bool("files_sent_copies") ?? provider.filesSentCopies
    provider.needsTestMessage = section.bool("needs_test_message") ?? provider.needsTestMessage
    provider.domains = section.strings("domains") ?? provider.domains
    provider.mxSuffixes = section.strings("mx") ?? provider.mxSuffixes
    provider.note = section.string("note") ?? provider.note
    section.refuseOthers()
    return provider
  }

  private func servers(in section: Section, over known: [Server]) -> [Server] {
    let host = section.string("host") ?? known.first?.host
    let port = section.integer("port", in: 1...65_535).map { UInt16($0) }
    let others = section.integers("other_ports", in: 1...65_535)?.map { UInt16($0) }
    let security: Security? = section.choice("security")
    guard let host, !host.isEmpty else {
      section.report(nil, "host is missing. Write host = \"smtp.provider.example\".")
      return known
    }
    let first = port ?? known.first?.port ?? 465
    // Another host or port than the table's is another server: its other ports are not known.
    let isSame = host == known.first?.host && first == known.first?.port
    let rest = others ?? (isSame ? known.dropFirst().map(\.port) : [])
    let usual = security ?? (isSame ? known.first?.security : nil) ?? Security.usual(for: first)
    return [Server(host: host, port: first, security: usual)]
      + rest.map { Server(host: host, port: $0, security: .usual(for: $0)) }
  }

  private func mechanisms(in section: Section) -> [String]? {
    let known = SASLMechanism.all.map(\.name)
    let wanted = section.strings("mechanisms")?.map { $0.uppercased() }
    for name in wanted ?? [] where !known.contains(name) {
      section.report("mechanisms", "There is no mechanism \"\(name)\" here, only \(known.joined(separator: ", ")).")
    }
    return wanted
  }

  private func login(in section: Section, over known: Provider.PasswordLogin) -> Provider.PasswordLogin {
    var login = known
    login.appPassword = section.choice("app_password") ?? login.appPassword
    login.madeAt = section.string("app_password_at") ?? login.madeAt
    login.username = section.string("username") ?? login.username
    return login
  }

  private func service(in section: Section, over known: OAuthService?) -> OAuthService? {
    let tokenURL = url("token_url", in: section)
    // Without a token_url the other keys of OAuth mean nothing, and are reported as unknown.
    guard var service = known ?? tokenURL.map(OAuthService.init) else { return nil }
    service.tokenURL = tokenURL ?? service.tokenURL
    service.authorizeURL = url("authorize_url", in: section) ?? service.authorizeURL
    service.issuer = section.string("issuer") ?? service.issuer
    service.deviceURL = url("device_url", in: section) ?? service.deviceURL
    service.consentURL = url("consent_url", in: section) ?? service.consentURL
    service.scopes = section.strings("scopes") ?? service.scopes
    service.appScopes = section.strings("app_scopes") ?? service.appScopes
    service.appOnly = section.choice("app_only") ?? service.appOnly
    service.authorizeExtra = section.string("authorize_extra") ?? service.authorizeExtra
    service.redirectHost = section.string("redirect_host") ?? service.redirectHost
    service.tenant = section.string("tenant") ?? service.tenant
    return service
  }

  /// https, or http to this very machine (a test, a sidecar).
  private func url(_ key: String, in section: Section) -> String? {
    guard let text = section.string(key) else { return nil }
    if text.isEmpty { return nil }
    let filled = text.replacing("{tenant}", with: "tenant")
    guard let url = URL(string: filled), TokenEndpoint.allows(url) else {
      section.report(key, "\"\(text)\" is no address of a sign-in service. Write \"https://login.provider.example/…\".")
      return nil
    }
    return text
  }

  func sendingLimits(in section: Section) -> SendingLimits {
    SendingLimits(
      maxConnections: section.integer("max_connections", in: 1...50),
      messagesPerMinute: section.integer("messages_per_minute", in: 1...1_000_000),
      recipientsPerMessage: section.integer("recipients_per_message", in: 1...100_000),
      recipientsPerDay: section.integer("recipients_per_day", in: 1...100_000_000))
  }

  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        $0 == 0x2D || $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
      }
  }
}
