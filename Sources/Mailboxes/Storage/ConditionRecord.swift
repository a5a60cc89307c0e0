// A condition other than working, as storages keep it in JSON.

package import Foundation

package struct ConditionRecord: Sendable, Equatable, Codable {
  package var fault: Fault
  /// Absent: the error flag is up.
  package var pausedUntil: Date?
  package var mayProbe: Bool
}

extension ConditionRecord {
  /// `nil` for a mailbox that works.
  init?(_ condition: Condition) {
    switch condition {
    case .working: return nil
    case .paused(let until, let fault): self.init(fault: fault, pausedUntil: until, mayProbe: true)
    case .broken(let fault, let probe): self.init(fault: fault, mayProbe: probe)
    }
  }
}

extension Condition {
  init(_ record: ConditionRecord?) {
    guard let record else {
      self = .working
      return
    }
    if let until = record.pausedUntil {
      self = .paused(until: until, record.fault)
    } else {
      self = .broken(record.fault, probe: record.mayProbe)
    }
  }
}
