// Whether a connected mailbox works. Survives restarts.

package import Foundation

package enum Condition: Sendable, Equatable {
  case working
  /// Throttled or over a quota: no delivery is attempted before `until`; then the mailbox works again.
  case paused(until: Date, Fault)
  /// The error flag: mail is held until a person connects the entity again.
  /// `probe`: one sign-in every 15 minutes tests whether the fault is gone. Not after a refused password, because
  /// providers lock accounts.
  case broken(Fault, probe: Bool)

  package var fault: Fault? {
    switch self {
    case .working: nil
    case .paused(_, let fault), .broken(let fault, _): fault
    }
  }
}
