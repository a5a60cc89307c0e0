// What the commands about a mailbox were given beside what the mailbox is, so that a remedy can name a command that works
// when it is pasted.

/// Which configuration is meant, and where the files were. Never stored with the mailbox: when it is saved, its secrets are
/// no longer in those files.
package struct GivenOptions: Sendable, Equatable, Codable {
  /// The configuration's file, absolute; `nil` for the one that is used when nobody names another.
  package var configuration: String?
  /// Words of `connect` that say how to sign in, and which app asks, as they were typed: `["--password-file", "/root/p"]`.
  /// `nil` for a mailbox that nobody is connecting.
  package var signIn: [String]?
  /// The file of `--ca-file`.
  package var authoritiesFile: String?
  /// The command is `reconnect`, which knows the rest.
  package var isReconnect: Bool
  /// Where SMTP is closed, another way out is to be named.
  package var offersOtherWay: Bool?

  package init(
    configuration: String? = nil, signIn: [String]? = nil, authoritiesFile: String? = nil, isReconnect: Bool = false
  ) {
    self.configuration = configuration
    self.signIn = signIn
    self.authoritiesFile = authoritiesFile
    self.isReconnect = isReconnect
  }

  /// All that would be shown.
  package var words: [String] { [configuration, authoritiesFile].compactMap(\.self) + (signIn ?? []) }
}
