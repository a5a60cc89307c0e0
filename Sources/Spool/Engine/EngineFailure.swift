// What a storage engine met, as far as the writer has to know it.

package enum EngineFailure: Error, Equatable, Sendable {
  /// Nothing may be promised before the engine has been opened anew: what was last written may be stored or not.
  case broken(SpoolError)
  /// Somebody else has held the storage for longer than the engine waits. Each request would wait as long as all did.
  case contended(reason: String)
  /// There is no room, or the storage refuses for now. The work is sound and can be done later.
  case refused(SpoolError)
  /// The work itself is at fault: it would fail again.
  case rejected(reason: String)

  var isBreak: Bool { if case .broken = self { true } else { false } }
  /// The storage itself is damaged: opening it anew does not help.
  package var isCorruption: Bool { if case .broken(.corrupt) = self { true } else { false } }
  var isContention: Bool { if case .contended = self { true } else { false } }
  var canBeRetried: Bool { if case .rejected = self { false } else { true } }

  package var spoolError: SpoolError {
    switch self {
    case .broken(let error), .refused(let error): error
    case .contended(let reason), .rejected(let reason): .unwritable(reason)
    }
  }

  package var reason: String {
    switch self {
    case .broken(let error), .refused(let error): error.reason
    case .contended(let reason), .rejected(let reason): reason
    }
  }
}

extension SpoolError {
  fileprivate var reason: String {
    switch self {
    case .unwritable(let reason), .corrupt(let reason): reason
    default: "\(self)"
    }
  }
}
