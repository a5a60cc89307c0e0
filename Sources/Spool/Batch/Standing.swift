// As what a message is counted. Every change of a record is counted as a move from one standing to another, so that the
// counters cannot differ from the records.

enum Standing: Equatable {
  case waiting(isDeferred: Bool)
  case held
  case unknown
  /// Delivered, and its copy is due.
  case filing
  case failed
  case damaged

  /// Counts among those that wait.
  var isQueued: Bool {
    switch self {
    case .waiting, .held, .unknown: true
    case .filing, .failed, .damaged: false
    }
  }
}

extension MessageRecord {
  var standing: Standing {
    switch state {
    case .waiting: .waiting(isDeferred: isDeferred)
    case .held: .held
    case .unknown: .unknown
    case .filing: .filing
    case .failed: .failed
    case .damaged: .damaged
    }
  }
}
