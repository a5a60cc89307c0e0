// What an administrator wrote, checked and complete: every value is in range, every name stands for something.
// ConfigurationReader makes it from TOML; nothing else in the house reads the file.

package import Mailboxes
package import Submission

/// The configuration file as a value. PRODUCT's names and defaults.
package struct Configuration: Sendable {
  /// The file it came from, as given.
  package var file: String
  /// Absolute. Spool, saved connections and key live here, mode 0700.
  package var stateDirectory = "/var/lib/letterhead"
  /// Absolute. What monitoring reads.
  package var statusFile = "/run/letterhead/status.json"
  /// How we name ourselves in greetings, EHLO and Received lines: a full host name.
  package var hostname: String
  package var listeners: [Listener] = []
  /// In the file's order: the first whose `senders` match a message gets it.
  package var entities: [Entity] = []
  package var limits = Limits()

  /// One `[[listener]]`: where it listens and whom it serves, and the files its TLS needs.
  package struct Listener: Sendable, Equatable {
    package var settings: ListenerSettings
    /// PEM files, absolute; there whenever the listener speaks TLS.
    package var certificate: String?
    package var key: String?
  }

  package struct Limits: Sendable, Equatable {
    package var maxMessageBytes = 52_428_800
    package var maxRecipients = 1000
    package var maxConnections = 1000
    package var queueMaxAge = Duration.seconds(5 * 86_400)
    /// Octets of free disk below which nothing is accepted.
    package var queueMinFree = 256 << 20

    package init() {}
  }
}

/// One thing that is wrong in the file.
package struct ConfigurationProblem: Error, Equatable, CustomStringConvertible {
  package let file: String
  /// From 1; 0 where the trouble has no line (the file cannot be read).
  package let line: Int
  /// A sentence: what is wrong and what to write instead.
  package let message: String

  package var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}

/// Everything that is wrong in the file, in its order; never empty.
package struct ConfigurationProblems: Error, CustomStringConvertible {
  package let all: [ConfigurationProblem]

  package var description: String { all.map(\.description).joined(separator: "\n") }
}
