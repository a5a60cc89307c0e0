// This host's clock against another.

struct ClockCheck: Equatable, Sendable {
  enum Comparison: Equatable, Sendable {
    /// No mailbox signs in by tokens, so the clock matters little.
    case notNeeded
    case noAnswer(host: String)
    /// This host's clock minus theirs, in seconds.
    case offset(Int, host: String)
  }

  let comparison: Comparison

  /// Tokens and certificates are judged by it.
  private static let wrong = 300
  private static let doubtful = 30

  var findings: [DoctorFinding] {
    switch comparison {
    case .notNeeded: return [DoctorFinding(.clock, .ok, "The clock was not compared: no sign-in service is used.")]
    case .noAnswer(let host):
      return [DoctorFinding(.clock, .note, "The clock was not compared: \(host) did not answer.")]
    case .offset(let seconds, let host):
      let way = seconds > 0 ? "ahead of" : "behind"
      let sentence = "The clock is \(abs(seconds)) seconds \(way) that of \(host)"
      if abs(seconds) > Self.wrong {
        return [DoctorFinding(.clock, .error, "\(sentence): sign-ins fail.", run: "timedatectl set-ntp true")]
      }
      if abs(seconds) > Self.doubtful {
        return [DoctorFinding(.clock, .warning, "\(sentence).", run: "timedatectl set-ntp true")]
      }
      return [DoctorFinding(.clock, .ok, "The clock agrees with that of \(host).")]
    }
  }
}
