// Whether a connected mailbox works. Survives restarts.

package import Foundation

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
