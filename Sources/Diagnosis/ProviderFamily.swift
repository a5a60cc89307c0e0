// Providers whose words have a meaning of their own, known by name or by where their servers stand.

package import Mailboxes

/// Those whose words mean something else than the same words elsewhere. A rule asks for one only where the words alone
/// would mislead.
package enum ProviderFamily: String, Sendable, CaseIterable {
  case microsoft
  /// Microsoft's personal accounts: no administrator, and no switch.
  case outlook
  case google

  /// By the provider's name; else, for those connected with plain `--smtp`, by where the server stands.
  package init?(of mailbox: Mailbox) {
    let (name, host) = (mailbox.provider.name, mailbox.server.host.lowercased())
    let found = Self.allCases.first { family in
      name == family.rawValue || name.hasPrefix("\(family.rawValue)-")
        || family.hosts.contains { host == $0 || host.hasSuffix(".\($0)") }
    }
    guard let found else { return nil }
    self = found
  }

  private var hosts: [String] {
    switch self {
    case .microsoft: ["office365.com", "office365.us", "partner.outlook.cn"]
    case .outlook: ["smtp-mail.outlook.com"]
    case .google: ["gmail.com", "googlemail.com", "google.com"]
    }
  }
}

extension Mailbox {
  /// Its server's names and issuers are known to every machine, also where somebody has typed the name with `--smtp`.
  var isAtPublicProvider: Bool { provider.isPublic || provider == .smtp && ProviderFamily(of: self) != nil }
}
