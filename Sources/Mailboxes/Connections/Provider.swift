// What is known of a provider before anybody has signed in there: a row of the table in
// `Letterhead/Configuration/providers.toml`, or of the configuration's `[provider.NAME]`. It is where a connection begins;
// what the server's EHLO says goes before it.

package struct Provider: Sendable, Equatable {
  /// On the command line, in the store and in the status file.
  package var name: String
  /// In sentences.
  package var label: String
  /// The preferred server first; the others are tried where a firewall blocks it. `{region}` in a host
  /// stands for ``regions``.
  package var servers: [Server] = []
  /// The values that people may give for `{region}`; empty where no server has one.
  package var regions: [String] = []
  /// SASL mechanisms, in upper case, the preferred first. Empty: whatever EHLO offers.
  package var mechanisms: [String] = []
  package var login = PasswordLogin()
  package var oauth: OAuthService?
  /// `nil` where it is reached by SMTP alone.
  package var api: ProviderAPI?
  /// By which it is reached: see ``reached(by:)``.
  package internal(set) var transport = TransportKind.smtp
  package var limits = SendingLimits()
  /// Where its mailboxes are read; `nil`: not known, or it has none. `{region}` stands for what it stands for in ``servers``.
  package var imap: Server?
  /// Whether the provider itself puts a message taken by SMTP into the mailbox's Sent folder; `nil`: not known.
  package var filesSentCopies: Bool?
  /// The provider judges the From only when it has the whole message, so that only a real message proves a sender.
  package var needsTestMessage = false
  /// Mail domains that belong to this provider for certain.
  package var domains: [String] = []
  /// Endings of MX names that belong to this provider for certain.
  package var mxSuffixes: [String] = []
  /// Its servers are on the public Internet: if the name of one leads to a private network, somebody redirected it.
  package var isPublic = false
  /// One sentence for whoever connects a mailbox there; empty for most.
  package var note = ""

  package init(name: String, label: String) {
    self.name = name
    self.label = label
  }

  /// Where nothing is known of its mechanisms, it may.
  package var takesPasswords: Bool {
    mechanisms.isEmpty || mechanisms.contains { $0 != "XOAUTH2" && $0 != "OAUTHBEARER" }
  }

  /// Any server; whoever connects it gives all its details.
  package static let smtp = Provider(name: "smtp", label: "The mail server")
  /// Built in, for experiments: takes mail and keeps it in files.
  package static let sandbox = Provider(name: "sandbox", label: "The sandbox")

  /// What a person types to sign in with a password.
  package struct PasswordLogin: Sendable, Equatable {
    package enum AppPasswordUse: String, Sendable, CaseIterable {
      /// The account's own password is accepted.
      case no
      /// Needed as soon as the account has a second factor.
      case twoFactor = "2fa"
      /// The account's own password is never accepted.
      case always
    }

    package var appPassword = AppPasswordUse.no
    /// Where a user makes an app password: a path through menus, or an address.
    package var madeAt = ""
    /// `address`, `local-part`, or literally what is to be typed, as `apikey`.
    package var username = "address"

    package init() {}
  }
}
