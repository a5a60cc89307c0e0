// Records to rows, and rows to records.

import FoundationEssentials
import Message
import SMTP
import Spool

extension MessageRecord {
  /// - Parameters:
  ///   - row: of a statement that begins with the columns of `SQL.record`.
  ///   - name: the entity's name, by its number.
  init(_ row: SQLiteStatement, entity name: (Int64) -> String) {
    let flags = SpoolSchema.Flags(rawValue: row.integer(8))
    self.init(
      id: MessageID(rawValue: row.integer(0)), entity: name(row.integer(1)),
      receivedAt: Timestamp(milliseconds: row.quantity(5)), octetCount: Int(row.quantity(9)), bodyName: row.text(10),
      isReport: flags.contains(.isReport), state: MessageRecord.State(column: row.integer(2)),
      due: Timestamp(milliseconds: row.quantity(3)), since: Timestamp(milliseconds: row.quantity(4)),
      attempts: Int(row.quantity(6)), isDeferred: row.integer(7) == 1, perhapsSent: flags.contains(.perhapsSent),
      hasAttempts: flags.contains(.hasAttempts), envelope: RecordedEnvelope(packed: row.bytes(11), flags),
      owner: LeaseOwner(column: row), term: row.quantity(13))
  }

  /// How many columns that takes.
  static let columnCount: Int32 = 14

  var flags: SpoolSchema.Flags {
    var flags = envelope?.flags ?? []
    if isReport { flags.insert(.isReport) }
    if perhapsSent { flags.insert(.perhapsSent) }
    if hasAttempts { flags.insert(.hasAttempts) }
    return flags
  }
}

extension LeaseOwner {
  fileprivate init?(column row: SQLiteStatement) {
    guard !row.isNull(12), row.integer(12) != SpoolSchema.nobody else { return nil }
    self.init(rawValue: row.integer(12))
  }
}

extension MessageRecord.State {
  fileprivate init(column: Int64) {
    switch column {
    case SpoolSchema.State.failed: self = .failed
    case SpoolSchema.State.held: self = .held
    case SpoolSchema.State.damaged: self = .damaged
    case SpoolSchema.State.unknown: self = .unknown
    case SpoolSchema.State.filing: self = .filing
    default: self = .waiting
    }
  }

  var column: Int64 {
    switch self {
    case .waiting: SpoolSchema.State.waiting
    case .held: SpoolSchema.State.held
    case .failed: SpoolSchema.State.failed
    case .damaged: SpoolSchema.State.damaged
    case .unknown: SpoolSchema.State.unknown
    case .filing: SpoolSchema.State.filing
    }
  }
}

extension RecordedEnvelope {
  fileprivate var flags: SpoolSchema.Flags {
    var flags: SpoolSchema.Flags = []
    if isSMTPUTF8 { flags.insert(.isSMTPUTF8) }
    if is8BitMIME { flags.insert(.is8BitMIME) }
    if source.uid != nil { flags.insert(.hasUser) }
    if isPartlyDelivered { flags.insert(.isPartlyDelivered) }
    if unknown != nil { flags.insert(.hasUnknown) }
    if let copy { flags.formUnion(copy.isOpen ? [.hasCopy, .copyIsOpen] : .hasCopy) }
    return flags
  }
}

extension NewMessage {
  var flags: SpoolSchema.Flags {
    var flags: SpoolSchema.Flags = []
    if origin == .report { flags.insert(.isReport) }
    if envelope.isSMTPUTF8 { flags.insert(.isSMTPUTF8) }
    if envelope.is8BitMIME { flags.insert(.is8BitMIME) }
    if source.uid != nil { flags.insert(.hasUser) }
    return flags
  }
}

extension AttemptRecord {
  /// - Parameter column: the first of the columns of `SQL.attempt`.
  init(_ row: SQLiteStatement, from column: Int32 = 0) {
    self.init(
      number: Int(row.quantity(column)), at: Timestamp(milliseconds: row.quantity(column + 1)).date,
      words: row.text(column + 2) ?? "", recipients: PackedOutcomes.unpacked(row.bytes(column + 3)))
  }
}
