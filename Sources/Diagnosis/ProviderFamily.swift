// Providers whose words have a meaning of their own, known by name or by where their servers stand.

package import Mailboxes

/// Those whose words mean something else than the same words elsewhere. A rule asks for one only where the words alone
/// would mislead.
package enum ProviderFamily: String, Sendable, CaseIterable {
  case microsoft
  /// Microsoft's personal accounts: no administrator, and no switch.
  case outlook
  /// Microsoft's High Volume Email, whose accounts name the apps that may use them.
  case hve
  case google

  /// By the provider's name; else, for those connected with plain `--smtp`, by where the server stands.
  package init?(of mailbox: Mailbox) {
    let host = mailbox.server.host.lowercased()
    let byHost = Self.allCases.first { $0.hosts.contains { host == $0 || host.hasSuffix(".\($0)") } }
    guard let found = Self(named: mailbox.provider.name) ?? byHost else { return nil }
    self = found
  }

  /// By a provider's name in the table of providers: `microsoft`, `microsoft-gov`.
  package init?(named name: String) {
    let found = Self.allCases.first { name == $0.rawValue || name.hasPrefix("\($0.rawValue)-") }
    guard let found else { return nil }
    self = found
  }

  private var hosts: [String] {
    switch self {
    case .microsoft: ["office365.com", "office365.us", "partner.outlook.cn"]
    case .outlook: ["smtp-mail.outlook.com"]
    case .hve: ["hve.mx.microsoft"]
    case .google: ["gmail.com", "googlemail.com", "google.com"]
    }
  }
}

extension Mailbox {
  /// Its server's names and issuers are known to every machine, also where somebody has typed the name with `--smtp`.
  var isAtPublicProvider: Bool { provider.isPublic || provider == .smtp && ProviderFamily(of: self) != nil }
}
