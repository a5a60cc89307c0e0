// What is known of a provider before anybody has signed in there: a row of the table in `Letterhead/Configuration/providers.toml`, or
// of the configuration's `[provider.NAME]`. Presets seed, the server decides: EHLO overrules every row.

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
  package var login = PasswordLogin()
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
  package struct PasswordLogin: Sendable, Equatable {
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
