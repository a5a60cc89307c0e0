// The history's rows: what is told of a message lies packed in one column, beside what rows are found and deleted by.

import Message
import SMTP
import Spool

extension HistoryEntry {
  /// - Parameters:
  ///   - row: of `SQL.history`.
  ///   - name: the entity's name, by its number.
  /// - Returns: `nil` for a damaged one.
  init?(_ row: SQLiteStatement, entity name: (Int64) -> String) {
    self.init(
      packed: row.bytes(3), MessageID(rawValue: row.integer(0)), of: name(row.integer(2)),
      at: Timestamp(milliseconds: row.quantity(1)))
  }

  private init?(packed bytes: [UInt8], _ id: MessageID, of entity: String, at ended: Timestamp) {
    var packed = Unpacker(bytes)
    guard let received = packed.long(), let octets = packed.count(), let source = packed.source(),
      let messageID = packed.text(), let sender = packed.optionalText()
    else { return nil }
    self.init(
      id: id, entity: entity, receivedAt: Timestamp(milliseconds: received), octetCount: octets, source: source,
      messageID: InternetMessageID(messageID.utf8), sender: sender, endedAt: ended)
    guard let recipients = packed.recipients(), let attempts = packed.count(), let first = packed.long(),
      let ending = packed.ending(), let words = packed.text(), let sentAs = packed.optionalText(),
      let providerIDs = packed.texts()
    else { return nil }
    self.recipients = recipients
    self.attempts = attempts
    firstAttemptAt = first == 0 ? nil : Timestamp(milliseconds: first)
    self.ending = ending
    self.words = words
    self.sentAs = sentAs
    self.providerIDs = providerIDs
    if packed.isAtEnd { return }
    guard let sentCopy = packed.text() else { return nil }
    self.sentCopy = sentCopy
  }

  /// What a later version has to tell besides is added behind it.
  var packed: [UInt8] {
    var packer = Packer(capacity: 200 + recipients.count * 32 + words.utf8.count)
    packer.add(Int(receivedAt.milliseconds))
    packer.add(octetCount)
    packer.add(source)
    packer.add(messageID?.description ?? "")
    packer.add(optional: sender)
    packer.add(recipients.count)
    for recipient in recipients { packer.add(recipient) }
    packer.add(attempts)
    packer.add(Int(firstAttemptAt?.milliseconds ?? 0))
    packer.add(ending)
    packer.add(words)
    packer.add(optional: sentAs)
    packer.add(providerIDs.count)
    for id in providerIDs { packer.add(id) }
    if !sentCopy.isEmpty { packer.add(sentCopy) }
    return packer.bytes
  }
}

extension Packer {
  fileprivate mutating func add(optional text: String?) {
    add(byte: text == nil ? 0 : 1)
    if let text { add(text) }
  }

  fileprivate mutating func add(_ source: MessageSource) {
    add(source.client)
    add(optional: source.app)
    add(source.identity)
    add(byte: source.uid == nil ? 0 : 1)
    if let uid = source.uid { add(octets: MessageSource.packed(uid: uid)) }
  }

  fileprivate mutating func add(_ recipient: HistoryEntry.Recipient) {
    add(optional: recipient.address)
    switch recipient.fate {
    case .waiting: add(byte: 0)
    case .delivered: add(byte: 1)
    case .failed(let words): add(byte: 2, words)
    }
  }

  fileprivate mutating func add(_ ending: HistoryEntry.Ending) {
    switch ending {
    case .open: add(byte: 0)
    case .delivered: add(byte: 1)
    case .failed: add(byte: 2)
    case .expired: add(byte: 3)
    case .deleted(let person): add(byte: 4, person)
    }
  }
}

extension Unpacker {
  /// The outer `nil` is a broken row, the inner one what is not there.
  fileprivate mutating func optionalText() -> String?? {
    guard let kind = byte() else { return nil }
    if kind == 0 { return .some(nil) }
    return text().map { .some($0) }
  }

  fileprivate mutating func texts() -> [String]? {
    guard let count = count() else { return nil }
    var texts: [String] = []
    for _ in 0..<count {
      guard let text = text() else { return nil }
      texts.append(text)
    }
    return texts
  }

  fileprivate mutating func source() -> MessageSource? {
    guard let client = text(), let app = optionalText(), let identity = text(), let hasUser = byte() else { return nil }
    guard hasUser == 1 else { return MessageSource(client: client, app: app, identity: identity) }
    guard let uid = number() else { return nil }
    return MessageSource(client: client, app: app, uid: uid, identity: identity)
  }

  fileprivate mutating func recipients() -> [HistoryEntry.Recipient]? {
    guard let count = count() else { return nil }
    var recipients: [HistoryEntry.Recipient] = []
    for _ in 0..<count {
      guard let address = optionalText(), let fate = fate() else { return nil }
      recipients.append(HistoryEntry.Recipient(address: address, fate: fate))
    }
    return recipients
  }

  private mutating func fate() -> HistoryEntry.Recipient.Fate? {
    switch byte() {
    case 0: .waiting
    case 1: .delivered
    case 2: text().map { .failed($0) }
    default: nil
    }
  }

  fileprivate mutating func ending() -> HistoryEntry.Ending? {
    switch byte() {
    case 0: .open
    case 1: .delivered
    case 2: .failed
    case 3: .expired
    case 4: text().map { .deleted(by: $0) }
    default: nil
    }
  }
}
