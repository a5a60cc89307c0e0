// The keys of `[provider.NAME]`, in the configuration and in the table that Letterhead brings along.

package import Mailboxes
import OAuth
import Platform
import SMTP

import struct Foundation.URL

/// Where a provider takes mail, as the keys say it. Its other servers differ from the first in their port alone.
struct ServerKeys: Sendable {
  var host: String?
  var port: Int?
  var security: Security?
  var otherPorts: [Int]?

  init() {}

  init(_ servers: [Server]) {
    host = servers.first?.host
    port = servers.first.map { Int($0.port) }
    security = servers.first?.security
    otherPorts = servers.dropFirst().map { Int($0.port) }
  }

  /// The servers that these keys tell of, in place of `known`; `nil` where no host is known.
  func servers(over known: [Server]) -> [Server]? {
    guard let host = host ?? known.first?.host, !host.isEmpty else { return nil }
    let first = port.map { UInt16($0) } ?? known.first?.port ?? 465
    // Another host or port than the known one is another server, whose other ports are not known.
    let isSame = host == known.first?.host && first == known.first?.port
    let others = otherPorts?.map { UInt16($0) } ?? (isSame ? known.dropFirst().map(\.port) : [])
    let security = security ?? (isSame ? known.first?.security : nil) ?? .usual(for: first)
    return [Server(host: host, port: first, security: security)]
      + others.map { Server(host: host, port: $0, security: .usual(for: $0)) }
  }
}

extension ConfigurationTables {
  private static let ports = 1...65_535

  static let servers = ConfigurationTable(
    "[provider.NAME]", "Where the provider takes mail.", initial: ServerKeys(),
    keys: [
      ConfigurationKey("host", \.host, .text, "Where it takes mail; {region} stands for one of `regions`."),
      ConfigurationKey("port", \.port, .number(in: ports), "The port there.", usual: "465"),
      ConfigurationKey(
        "security", \.security, .choice, "How the line is encrypted.",
        usual: "the port's usual one: 465 tls; 587, 25 and 2525 starttls"),
      ConfigurationKey(
        "other_ports", \.otherPorts, .numbers(in: ports), "Tried where a firewall blocks the first."),
    ])

  static let providerLabel = ConfigurationTable(
    "[provider.NAME]", "What is known of a provider before anybody has signed in there.",
    initial: Provider(name: "", label: ""),
    keys: [ConfigurationKey("label", \.label, .text, "What people call it.", usual: "the section's name")])

  static let provider = ConfigurationTable(
    "[provider.NAME]", "How one signs in there with a password, and whose mail it has.",
    initial: Provider(name: "", label: ""),
    keys: [
      ConfigurationKey("regions", \.regions, .texts, "What {region} in `host` may be."),
      ConfigurationKey("mechanisms", \.mechanisms, .mechanisms, "How one signs in (SASL), the preferred first."),
      ConfigurationKey(
        "username", \.login.username, .text,
        "What is typed as user name: \"address\", \"local-part\", or literally this."),
      ConfigurationKey(
        "app_password", \.login.appPassword, .choice,
        "Whether a password of its own is needed: no, once the account has a second factor, or always."),
      ConfigurationKey("app_password_at", \.login.madeAt, .text, "Where such a password is made."),
      ConfigurationKey("imap", \.imap, .imapServer, "Where its mailboxes are read, with the port."),
      ConfigurationKey(
        "files_sent_copies", \.filesSentCopies, .flag, "It puts what it takes into the Sent folder by itself."),
      ConfigurationKey(
        "needs_test_message", \.needsTestMessage, .flag,
        "It judges the From only when it has the whole message."),
      ConfigurationKey("domains", \.domains, .texts, "Mail domains that are this provider's for certain."),
      ConfigurationKey("mx", \.mxSuffixes, .texts, "Endings of mail exchangers' names that are for certain."),
      ConfigurationKey("note", \.note, .text, "One sentence that whoever connects it must know."),
    ])

  /// Its own interface for sending. Means nothing without `api`.
  static let providerAPI = ConfigurationTable(
    "[provider.NAME]", "Its own interface for sending, beside SMTP; see `letterhead connect --transport`.",
    initial: ProviderAPI(),
    keys: [
      ConfigurationKey("api", \.transport, .choice, "Which interface it is; smtp means none."),
      ConfigurationKey(
        "api_url", \.url, .origin, "Its address, with nothing behind the host but perhaps a port."),
      ConfigurationKey("api_scopes", \.scopes, .texts, "What is asked for when a person signs in for it."),
      ConfigurationKey("api_app_scopes", \.appScopes, .texts, "What an app asks for then."),
      ConfigurationKey(
        "api_consent_url", \.consentURL, .url, "Where an administrator approves the app for it."),
    ])

  /// Where one signs in. Means nothing without `token_url`.
  static let oauth = ConfigurationTable(
    "[provider.NAME]", "Where one signs in by OAuth; {tenant} stands for `tenant` of [oauth.NAME].",
    initial: OAuthService(),
    keys: [
      ConfigurationKey("authorize_url", \.authorizeURL, .url, "Where people sign in."),
      ConfigurationKey(
        "authorize_extra", \.authorizeExtra, .text, "Further parameters of that address, as a query."),
      ConfigurationKey("token_url", \.tokenURL, .url, "Where access tokens are fetched."),
      ConfigurationKey("issuer", \.issuer, .text, "As the sign-in service names itself (RFC 9207)."),
      ConfigurationKey("device_url", \.deviceURL, .url, "Where a device code is fetched (RFC 8628)."),
      ConfigurationKey(
        "consent_url", \.consentURL, .url, "Where an administrator approves the app for the organisation."),
      ConfigurationKey("scopes", \.scopes, .texts, "What is asked for when a person signs in."),
      ConfigurationKey("app_only", \.appOnly, .choice, "How an app signs in without a person."),
      ConfigurationKey("app_scopes", \.appScopes, .texts, "What is asked for then."),
      ConfigurationKey(
        "redirect_host", \.redirectHost, .text, "How the registrations spell the loopback address.",
        usual: "\"127.0.0.1\""),
      ConfigurationKey("tenant", \.tenant, .text, "The tenant where none is named."),
    ])
}

extension OAuthService {
  /// With no value at all: what `entries` prints is what differs from it.
  fileprivate init() {
    self.init(tokenURL: "")
    redirectHost = ""
  }
}

extension Provider {
  /// The keys that say something about this provider.
  package var entries: [(key: String, value: ConfigurationValue)] {
    ConfigurationTables.providerLabel.entries(of: self) + ConfigurationTables.servers.entries(of: ServerKeys(servers))
      + ConfigurationTables.provider.entries(of: self) + (oauth.map(ConfigurationTables.oauth.entries) ?? [])
      + (api.map(ConfigurationTables.providerAPI.entries) ?? [])
      + ConfigurationTables.sendingLimits.entries(of: limits)
  }

  /// The section, ready to be pasted into the configuration.
  package var section: String {
    "[provider.\(name)]\n" + entries.map { "\($0.key) = \($0.value.toml)" }.joined(separator: "\n")
  }
}

extension ValueType<[String]> {
  fileprivate static var mechanisms: Self {
    let known = SASLMechanism.all.map(\.name)
    return list(
      of: { known.contains($0.uppercased()) ? $0.uppercased() : nil }, text: { $0 },
      else: { "There is no mechanism \"\($0.uppercased())\" here, only \(known.joined(separator: ", "))." })
  }
}

extension ValueType<String> {
  /// https, or http to this very machine, and no path.
  fileprivate static var origin: Self {
    text.whenever(
      { text in
        guard let url = URL(string: text), url.query() == nil, url.fragment() == nil else { return false }
        return TokenEndpoint.allows(url) && ["", "/"].contains(url.path())
      }, else: { "\"\($0)\" is no address of a mail API. Write \"https://graph.microsoft.com\"." })
  }

  /// https, or http to this very machine (a test, a sidecar).
  fileprivate static var url: Self {
    text.whenever(
      { URL(string: $0.replacing("{tenant}", with: "tenant")).map(TokenEndpoint.allows) ?? false },
      else: { "\"\($0)\" is no address of a sign-in service. Write \"https://login.provider.example/…\"." })
  }
}

extension ValueType<Server> {
  /// `imap.provider.example:993`; on port 143 in clear until STARTTLS, on every other port TLS at once.
  static var imapServer: Self {
    ValueType<String>.text.mapped(
      { text in
        guard let place = HostPort(parsing: text), let port = place.port, port != 0 else { return nil }
        return Server(host: place.host, port: port, security: port == 143 ? .starttls : .tls)
      },
      text: { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" },
      else: { "\"\($0)\" is no server. Write \"imap.provider.example:993\"." })
  }
}
