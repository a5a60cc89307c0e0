// Whether a mailbox works, and if not, what a person is told. Survives restarts.

package import Foundation

package enum FaultClass: String, Sendable, Codable, CaseIterable {
  case auth, consent, policy, throttle, quota, message, recipient, transient, network
}

/// What is wrong with a mailbox, in three sentences people read. No secret has a way in.
package struct Fault: Sendable, Equatable, Codable {
  package var `class`: FaultClass
  package var since: Date
  /// What is wrong.
  package var summary: String
  /// What to do.
  package var remedy: String
  /// The provider's words, verbatim. Empty where it said nothing.
  package var upstream: String

  package init(class: FaultClass, since: Date, summary: String, remedy: String, upstream: String) {
    self.class = `class`
    self.since = since
    self.summary = summary
    self.remedy = remedy
    self.upstream = upstream
  }
}

package enum Condition: Sendable, Equatable {
  case working
  /// Throttled or over a quota: nothing is attempted before `until`, then it mends itself.
  case paused(until: Date, Fault)
  /// The error flag: mail is held until a person connects the entity again.
  /// `probe`: one sign-in every 15 minutes may find it mended; never so for a refused password, accounts get locked.
  case broken(Fault, probe: Bool)

  package var fault: Fault? {
    switch self {
    case .working: nil
    case .paused(_, let fault), .broken(let fault, _): fault
    }
  }
}
