// How an unknown outcome lies in the `envelope` column of its message.

import FoundationEssentials
import Message
import SMTP
import Spool

extension Packer {
  mutating func add(_ unknown: UnknownOutcome) {
    add(max(0, Int(Timestamp(unknown.writtenAt).milliseconds)))
    add(unknown.recipients.count)
    for recipient in unknown.recipients { add(recipient) }
    add(unknown.messageID?.description ?? "")
    add(unknown.sentAs)
    add(unknown.finding)
  }
}

extension Unpacker {
  /// - Returns: `nil` where it is damaged.
  mutating func unknown() -> UnknownOutcome? {
    guard let writtenAt = long(), let count = count() else { return nil }
    var recipients: [Address] = []
    for _ in 0..<count {
      guard let address = address(), let address else { return nil }
      recipients.append(address)
    }
    guard let messageID = text(), let sentAs = address(), let finding = text() else { return nil }
    return UnknownOutcome(
      writtenAt: Timestamp(milliseconds: writtenAt).date, recipients: recipients,
      messageID: InternetMessageID(messageID.utf8), sentAs: sentAs, finding: finding)
  }
}
