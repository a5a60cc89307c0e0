// What `letterhead doctor` says of one thing that it has looked at.

/// One sentence, and the command that mends it.
package struct DoctorFinding: Equatable, Sendable, Encodable {
  package enum Level: String, Sendable, Encodable, Comparable {
    case ok
    /// It could not be looked at, or is worth knowing and nothing to mend.
    case note
    /// Mail flows, and something asks to be mended.
    case warning
    /// It keeps mail from being accepted or delivered.
    case error

    package static func < (one: Level, other: Level) -> Bool { one.rank < other.rank }

    private var rank: Int {
      switch self {
      case .ok: 0
      case .note: 1
      case .warning: 2
      case .error: 3
      }
    }
  }

  package let check: DoctorCheck
  package let level: Level
  package let sentence: String
  /// Mends it, or shows what does, when it is pasted.
  package let command: String?

  package init(_ check: DoctorCheck, _ level: Level, _ sentence: String, run command: String? = nil) {
    self.check = check
    self.level = level
    self.sentence = sentence
    self.command = command
  }
}

/// What is looked at, in the order in which it is shown.
package enum DoctorCheck: String, Sendable, Encodable, CaseIterable {
  case configuration, service, mailboxes, files, disk, key, listeners, sendmail, resolver, authorities, proxy, clock,
    upstream
}

extension [DoctorFinding] {
  /// The worst of them.
  package var level: DoctorFinding.Level { map(\.level).max() ?? .ok }
}
