// How what is known of a copy lies in the `envelope` column of its message.

import FoundationEssentials
import Message
import SMTP
import Spool

extension Packer {
  mutating func add(_ copy: SentCopy) {
    add(byte: copy.stage.octet)
    add(max(0, Int(Timestamp(copy.sentAt).milliseconds)))
    add(copy.sentAs)
    add(copy.messageID?.description ?? "")
    add(max(0, Int(Timestamp(copy.due).milliseconds)))
    add(copy.attempts)
    add(copy.finding)
  }
}

extension Unpacker {
  /// - Returns: `nil` where it is damaged.
  mutating func copy() -> SentCopy? {
    guard let octet = byte(), let stage = SentCopy.Stage.allCases.first(where: { $0.octet == octet }),
      let sentAt = long(), let sentAs = address(), let messageID = text(), let due = long(), let attempts = count(),
      let finding = text()
    else { return nil }
    var copy = SentCopy(
      sentAt: Timestamp(milliseconds: sentAt).date, sentAs: sentAs, messageID: InternetMessageID(messageID.utf8))
    (copy.stage, copy.attempts, copy.finding) = (stage, attempts, finding)
    copy.due = Timestamp(milliseconds: due).date
    return copy
  }
}

extension SentCopy.Stage {
  fileprivate var octet: UInt8 {
    switch self {
    case .due: 0
    case .begun: 1
    case .ended: 2
    }
  }
}
