// What is known of a provider before anybody has signed in there: a row of the table in `Letterhead/Configuration/providers.toml`, or
// of the configuration's `[provider.NAME]`. Presets seed, the server decides: EHLO overrules every row.

package import Foundation

package struct Provider: Sendable, Equatable {
  /// As on the command line, in the store and in the status file.
  package var name: String
  /// As a sentence names it.
  package var label: String
  /// Where it takes mail, the preferred first; the others are tried where a firewall blocks that. `{region}` in a host
  /// stands for ``regions``.
  package var servers: [Server] = []
  /// Of those in `{region}`, what people may say; empty where there is none.
  package var regions: [String] = []
  /// SASL mechanisms, in upper case, the preferred first. Empty: whatever EHLO offers.
  package var mechanisms: [String] = []
  package var login = Login()
  package var oauth: OAuthService?
  package var limits = SendingLimits()
  /// It puts what it takes by SMTP into the mailbox's Sent folder by itself; `nil` where that is not known.
  package var filesSentCopies: Bool?
  /// It judges the From only when it has the whole message, so that nothing but a real message proves a sender.
  package var needsTestMessage = false
  /// Mail domains that are this provider's for certain.
  package var domains: [String] = []
  /// Endings of MX names that are this provider's for certain.
  package var mxSuffixes: [String] = []
  /// Its servers stand on the open Internet: a name of theirs that leads to a private network was redirected.
  package var isPublic = false
  /// One sentence that whoever connects it must know; empty for most.
  package var note = ""

  package init(name: String, label: String) {
    self.name = name
    self.label = label
  }

  /// Any server, described in full by who connects it.
  package static let smtp = Provider(name: "smtp", label: "The mail server")
  /// Built in, for trying things: takes mail and keeps it in files.
  package static let sandbox = Provider(name: "sandbox", label: "The sandbox")

  /// What a person types to sign in with a password.
  package struct Login: Sendable, Equatable {
    package enum AppPassword: String, Sendable, CaseIterable {
      /// The account's own password does.
      case no
      /// Needed as soon as the account has a second factor.
      case twoFactor = "2fa"
      /// The account's own password is never taken.
      case always
    }

    package var appPassword = AppPassword.no
    /// Where a user makes one: a path through menus, or an address.
    package var madeAt = ""
    /// `address`, `local-part`, or literally what is to be typed, as `apikey`.
    package var username = "address"

    package init() {}
  }
}

/// How a provider signs people and apps in by OAuth. `{tenant}` in a URL stands for the organisation.
package struct OAuthService: Sendable, Equatable {
  package enum AppOnly: String, Sendable, CaseIterable {
    /// RFC 6749 §4.4, with a secret or a signed assertion (RFC 7523 §2.2).
    case clientCredentials = "client-credentials"
    /// RFC 7523 §2.1: Google's service accounts.
    case serviceAccount = "service-account"
  }

  package var authorizeURL: String?
  package var tokenURL: String
  /// As its answers name it (RFC 9207); compared where they do.
  package var issuer: String?
  package var deviceURL: String?
  /// Where an administrator approves the app for the whole organisation.
  package var consentURL: String?
  package var scopes: [String] = []
  /// For ``appOnly``, where those are others.
  package var appScopes: [String] = []
  package var appOnly: AppOnly?
  /// Further parameters of the authorization request, as a query.
  package var authorizeExtra = ""
  /// `localhost` or `127.0.0.1`: as the registrations of this provider spell the loopback redirect.
  package var redirectHost = "127.0.0.1"
  /// Where `{tenant}` is not named; empty: it must be.
  package var tenant = ""

  package init(tokenURL: String) {
    self.tokenURL = tokenURL
  }

  /// The token endpoint of one organisation.
  package func tokenURL(tenant: String?) -> URL? { url(tokenURL, tenant) }
  package func authorizeURL(tenant: String?) -> URL? { authorizeURL.flatMap { url($0, tenant) } }
  package func deviceURL(tenant: String?) -> URL? { deviceURL.flatMap { url($0, tenant) } }

  package func issuer(tenant: String?) -> String? { issuer?.replacing("{tenant}", with: tenant ?? self.tenant) }

  private func url(_ template: String, _ tenant: String?) -> URL? {
    URL(string: template.replacing("{tenant}", with: tenant ?? self.tenant))
  }
}

/// How much a mailbox may send. `nil` is no limit that is known.
package struct SendingLimits: Sendable, Equatable {
  package var maxConnections: Int?
  package var messagesPerMinute: Int?
  package var recipientsPerMessage: Int?
  /// In any 24 hours.
  package var recipientsPerDay: Int?

  package init(
    maxConnections: Int? = nil, messagesPerMinute: Int? = nil, recipientsPerMessage: Int? = nil,
    recipientsPerDay: Int? = nil
  ) {
    self.maxConnections = maxConnections
    self.messagesPerMinute = messagesPerMinute
    self.recipientsPerMessage = recipientsPerMessage
    self.recipientsPerDay = recipientsPerDay
  }

  /// These, except where `other` says something.
  package func overridden(by other: SendingLimits) -> SendingLimits {
    SendingLimits(
      maxConnections: other.maxConnections ?? maxConnections,
      messagesPerMinute: other.messagesPerMinute ?? messagesPerMinute,
      recipientsPerMessage: other.recipientsPerMessage ?? recipientsPerMessage,
      recipientsPerDay: other.recipientsPerDay ?? recipientsPerDay)
  }
}

/// All providers that are known by name, in the table's order.
package struct Providers: Sendable, Equatable {
  package private(set) var all: [Provider]

  package init(_ all: [Provider] = []) {
    self.all = all
  }

  /// The one called `name`; for a name that is in no table (any more) a provider of which nothing is known.
  package subscript(name: String) -> Provider {
    self.named(name) ?? Provider(name: name, label: name.prefix(1).uppercased() + name.dropFirst())
  }

  package func named(_ name: String) -> Provider? {
    [.smtp, .sandbox].first { $0.name == name } ?? all.first { $0.name == name }
  }

  /// Puts `provider` in the place of the one with its name, or behind all.
  package mutating func put(_ provider: Provider) {
    if let place = all.firstIndex(where: { $0.name == provider.name }) {
      all[place] = provider
    } else {
      all.append(provider)
    }
  }

  /// Whose the mail domain is, where that is certain.
  package func owner(ofDomain domain: String) -> Provider? {
    let domain = domain.lowercased()
    return all.first { $0.domains.contains(domain) }
  }

  /// Who takes the mail of a domain with these MX names, and by which of them that shows. Only where all of them agree.
  package func owner(ofExchangers names: [String]) -> (provider: Provider, exchanger: String)? {
    let owners = names.map { name in
      let name = name.lowercased()
      return all.first { $0.mxSuffixes.contains(where: name.hasSuffix) }
    }
    guard let first = owners.first, let provider = first, owners.allSatisfy({ $0?.name == provider.name }) else {
      return nil
    }
    return (provider, names[0])
  }
}
