// How the log is written, as the configuration says.

package import Logging

/// `log_format`.
package enum LogFormat: String, CaseIterable, Sendable {
  /// Fit for where standard error goes: the journal, or anything else.
  case auto
  case logfmt, json
  /// The journal's own fields, over its socket.
  case journal
}

/// `log_addresses`: how much of a mail address stands in a line.
package enum LoggedAddresses: String, CaseIterable, Sendable {
  case full, domain, none
}

package struct LogSettings: Sendable, Equatable {
  package var level = Logger.Level.info
  package var format = LogFormat.auto
  package var addresses = LoggedAddresses.full

  package init() {}
}
