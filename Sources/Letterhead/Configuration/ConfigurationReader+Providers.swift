// `[provider.NAME]` in the configuration and the table that Letterhead brings: the same keys, read by the same code.

package import Mailboxes

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
  static func providers(in text: String, file path: String) throws(ConfigurationProblems) -> Providers {
    let file = ConfigurationFile(path, positions: KeyPositions(text, of: path))
    let reader = ConfigurationReader(file)
    var providers = Providers()
    for section in ConfigurationSection([try table(in: text, file: path)], path: [], file: file).allTables() {
      var provider = reader.provider(from: section, over: Provider(name: section.name, label: section.name))
      provider.isPublic = true
      providers.put(provider)
    }
    try file.throwProblems()
    return providers
  }

  func providers(in top: ConfigurationSection) -> Providers {
    var providers = Providers.builtIn
    for section in top.table("provider")?.allTables() ?? [] {
      if section.name == Provider.smtp.name || section.name == Provider.sandbox.name || !Self.isPlain(section.name) {
        section.report(nil, "A provider is named in small letters, digits, - and _, and neither smtp nor sandbox.")
      }
      let known = providers.named(section.name) ?? Provider(name: section.name, label: section.name)
      providers.put(provider(from: section, over: known))
    }
    return providers
  }

  /// `known` with what `section` says in place of its own.
  private func provider(from section: ConfigurationSection, over known: Provider) -> Provider {
    var provider = known
    ConfigurationTables.providerLabel.read(section, into: &provider)
    ConfigurationTables.provider.read(section, into: &provider)
    ConfigurationTables.sendingLimits.read(section, into: &provider.limits)
    provider.oauth = service(from: section, over: known.oauth)
    provider.api = api(from: section, over: known.api)
    provider.servers = servers(from: section, over: known.servers)
    provider.isPublic = known.isPublic && provider.servers.first?.host == known.servers.first?.host
    section.refuseOthers()
    return provider
  }

  private func servers(from section: ConfigurationSection, over known: [Server]) -> [Server] {
    var keys = ServerKeys()
    ConfigurationTables.servers.read(section, into: &keys)
    if let servers = keys.servers(over: known) { return servers }
    section.report(nil, "host is missing. Write host = \"smtp.provider.example\".")
    return known
  }

  /// Without a token_url the other keys of OAuth mean nothing, and are reported as unknown.
  private func service(from section: ConfigurationSection, over known: OAuthService?) -> OAuthService? {
    guard var service = known ?? (section.contains("token_url") ? OAuthService(tokenURL: "") : nil) else { return nil }
    ConfigurationTables.oauth.read(section, into: &service)
    return service
  }

  /// Without `api` the other keys of an interface mean nothing, and are reported as unknown.
  private func api(from section: ConfigurationSection, over known: ProviderAPI?) -> ProviderAPI? {
    guard var api = known ?? (section.contains("api") ? ProviderAPI() : nil) else { return nil }
    ConfigurationTables.providerAPI.read(section, into: &api)
    if api.transport == .smtp { return nil }
    if api.server == nil { section.report(nil, "api_url is missing. Write api_url = \"https://graph.microsoft.com\".") }
    return api
  }

  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        $0 == 0x2D || $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
      }
  }
}
