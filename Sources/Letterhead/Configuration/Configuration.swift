// What an administrator wrote, checked and complete: every value is in range, every name stands for something.
// ConfigurationReader makes it from TOML by the declarations in ConfigurationTables; nothing else reads the file.

package import Access
package import Foundation
package import Logging
package import Logs
package import Mailboxes
import Platform
package import SMTP
package import Spool
import Status
package import StorageSQLite
package import Submission

/// The configuration file as a value.
package struct Configuration: Sendable {
  /// The file that is read where nobody names another.
  package static let usualFile = NamedConfiguration.usual

  /// The main file it came from, as given.
  package var file: String
  package var absoluteFile: String { URL(fileURLWithPath: file).path }
  /// The file, absolute; `nil` for the usual one, which no command has to name.
  package var namedFile: String? { absoluteFile == Self.usualFile ? nil : absoluteFile }
  /// All of the file was read. Otherwise it is good for asking a running relay and for nothing else.
  package var isWhole = true
  /// Absolute. The folder of the spool, the saved connections and their key, mode 0700.
  package var stateDirectory = "/var/lib/letterhead"
  /// Absolute. The file that monitoring reads.
  package var statusFile = "/run/letterhead/status.json"
  /// Absolute. The file that Prometheus reads; see ``metricsPath``.
  package var metricsFile: String?
  /// Absolute. Where `letterhead-sendmail` leaves mail while no relay answers.
  package var dropDirectory = "/var/spool/letterhead/drop"
  /// The relay's name in greetings, EHLO and Received lines: a full host name.
  package var hostname: String
  /// `log_level`, `log_format` and `log_addresses`.
  package var log = LogSettings()
  /// What is remembered of messages that have ended.
  package var history = HistorySettings()
  package var listeners: [ListenerSettings] = []
  /// `[app.NAME]`, `[access]`, and `allow` of the entities.
  package var access = AccessRules()
  /// In the file's order: a message belongs to the first whose `senders` match.
  package var entities: [Entity] = []
  /// The built-in table, changed and extended by `[provider.NAME]`.
  package var providers = Providers()
  /// `[oauth.NAME]`, by the provider's name.
  package var clients: [String: Client] = [:]
  package var network = NetworkSettings()
  package var admin = Admin()
  package var alert = AlertSettings()
  package var limits = LimitSettings()
  /// On which lines the keys stand, for warnings.
  var positions = KeyPositions("", of: "")

  /// `[oauth.NAME]`: how this company's app is registered at a provider. Files are read by who connects; absolute
  /// paths.
  package struct Client: Sendable, Equatable {
    package var id: String?
    package var secretFile: String?
    /// The program that prints the secret, by its whole path, and its arguments; empty where there is none.
    package var secretCommand: [String] = []
    /// Another identity provider's assertion, read anew for each request.
    package var assertionFile: String?
    /// PEM; its private key is in ``keyFile``.
    package var certificateFile: String?
    /// PEM; for Google the service account's JSON.
    package var keyFile: String?
    package var tenant: String?
    /// Only the administrator knows when the secret expires.
    package var secretExpires: Date?

    package init() {}

    /// Whether these are the words of a program that can be started without a search for it.
    package static func isCommand(_ words: [String]) -> Bool {
      words.first?.hasPrefix("/") == true && words.allSatisfy { PlainText($0) != nil }
    }

    /// Several ways to prove who the app is; but a certificate may stand beside a secret, and goes before it.
    var hasSeveralProofs: Bool {
      let ways = [assertionFile != nil, !secretCommand.isEmpty, secretFile != nil || certificateFile != nil]
      return ways.count(where: \.self) > 1
    }

    /// Whether this can be an organisation's id or domain. It becomes part of a URL, so characters that have a meaning
    /// there are not allowed.
    package static func isTenant(_ text: String) -> Bool {
      !text.isEmpty && text.utf8.count <= 255
        && text.utf8.allSatisfy { byte in
          byte == 0x2D || byte == 0x2E || byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
        }
    }
  }

  /// `[network]`.
  package struct NetworkSettings: Sendable, Equatable {
    /// Without one, libcurl looks for one in the environment.
    package var proxy: String?

    package init() {}
  }

  /// `[admin]`: who may change connections besides root, and whether everybody else may ask for it.
  package struct Admin: Sendable, Equatable {
    package var approval = ApprovalRule.off
    package var users: [String] = []
    package var groups: [String] = []

    package init() {}
  }

  /// `[alert]`: how administrators learn of an error flag.
  package struct AlertSettings: Sendable, Equatable {
    /// Run by `/bin/sh -c`, JSON on standard input.
    package var command: String?
    package var mailTo: [Address] = []
    /// The entity through whose mailbox alerts go.
    package var mailFromEntity: String?

    package init() {}
  }

  /// `[limits]`.
  package struct LimitSettings: Sendable, Equatable {
    /// What the listeners keep to.
    package var submission = SubmissionLimits()
    package var queueMaxAge = Duration.seconds(5 * 86_400)
    /// Octets of free disk below which nothing is accepted.
    package var queueMinFree = 256 << 20

    package init() {}
  }
}

extension Configuration {
  /// Beside the status file, unless the configuration says otherwise.
  package var metricsPath: String { metricsFile ?? MetricsFile.usualPath(besides: statusFile) }
}

extension SQLiteStorage {
  /// The saved connections of `configuration`'s state directory, with its entities and providers.
  package static func openMailboxes(
    of configuration: Configuration, acceptsLoss: Bool = false, log: Logger? = nil
  ) throws(StoreError) -> MailboxStore {
    try openMailboxes(
      in: configuration.stateDirectory, entities: configuration.entities, providers: configuration.providers,
      given: GivenOptions(configuration: configuration.namedFile), acceptsLoss: acceptsLoss, log: log)
  }
}
