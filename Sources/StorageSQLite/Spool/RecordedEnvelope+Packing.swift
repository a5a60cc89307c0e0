// How an envelope and an attempt lie in their columns: lengths and bytes, so that one message is one row and no query
// has to look inside.

import Message
import SMTP
import Spool

/// The `envelope` column.
extension RecordedEnvelope {
  /// - Returns: `nil` for a damaged one.
  init?(packed bytes: [UInt8], _ flags: SpoolSchema.Flags) {
    var packed = Unpacker(bytes)
    guard let sender = packed.address(), let client = packed.text(), let count = packed.count() else { return nil }
    var recipients: [RecordedRecipient] = []
    for _ in 0..<count {
      guard let state = packed.byte(), let address = packed.address(), let address else { return nil }
      guard state == 1 else {
        recipients.append(RecordedRecipient(address: address))
        continue
      }
      guard let words = packed.text() else { return nil }
      recipients.append(RecordedRecipient(address: address, failure: words))
    }
    guard let more = PackedSource(&packed, flags) else { return nil }
    self.init(
      sender: sender, recipients: recipients,
      source: MessageSource(
        client: client, app: more.app, uid: more.uid, identity: more.identity, listener: more.listener),
      isSMTPUTF8: flags.contains(.isSMTPUTF8), is8BitMIME: flags.contains(.is8BitMIME), heldBecause: more.hold,
      messageID: more.messageID, isPartlyDelivered: flags.contains(.isPartlyDelivered), unknown: more.unknown,
      copy: more.copy)
  }

  var packed: [UInt8] {
    var packer = Packer(capacity: 64 + recipients.count * 40)
    packer.add(sender)
    packer.add(source.client)
    packer.add(recipients.count)
    for recipient in recipients {
      packer.add(byte: recipient.failure == nil ? 0 : 1)
      packer.add(recipient.address)
      if let failure = recipient.failure { packer.add(failure) }
    }
    packer.add(source, hold: heldBecause, messageID, unknown, copy)
    return packer.bytes
  }
}

extension NewMessage {
  /// The `envelope` column of a message nobody has tried yet.
  var packedEnvelope: [UInt8] {
    var packer = Packer(capacity: 64 + envelope.recipients.count * 40)
    packer.add(envelope.sender)
    packer.add(source.client)
    packer.add(envelope.recipients.count)
    for recipient in envelope.recipients {
      packer.add(byte: 0)
      packer.add(recipient)
    }
    packer.add(source, hold: hold, messageID)
    return packer.bytes
  }
}

/// What stands behind the recipients of an `envelope` column: nothing where nothing is known, as in rows of version 2. Rows
/// of version 3 have no Message-ID. What is known of an unknown outcome, and of a copy, stands last but for the
/// uid.
private struct PackedSource {
  var app: String?
  var uid: UInt32?
  var identity = ""
  var hold: String?
  var listener: String?
  var messageID: InternetMessageID?
  var unknown: UnknownOutcome?
  var copy: SentCopy?

  /// - Returns: `nil` where it is damaged.
  init?(_ packed: inout Unpacker, _ flags: SpoolSchema.Flags) {
    let hasUser = flags.contains(.hasUser)
    if packed.isAtEnd, !hasUser { return }
    guard let app = packed.text(), let identity = packed.text(), let hold = packed.text(), let listener = packed.text()
    else { return nil }
    self.app = app.isEmpty ? nil : app
    self.identity = identity
    self.hold = hold.isEmpty ? nil : hold
    self.listener = listener.isEmpty ? nil : listener
    if packed.rest > (hasUser ? MessageSource.userOctets : 0) {
      guard let messageID = packed.text() else { return nil }
      self.messageID = InternetMessageID(messageID.utf8)
    }
    if flags.contains(.hasUnknown) {
      guard let unknown = packed.unknown() else { return nil }
      self.unknown = unknown
    }
    if flags.contains(.hasCopy) {
      guard let copy = packed.copy() else { return nil }
      self.copy = copy
    }
    guard hasUser else { return }
    guard let uid = packed.number(), packed.isAtEnd else { return nil }
    self.uid = uid
  }
}

extension MessageSource {
  /// How the `envelope` column of this user's messages ends, where `SpoolSchema.Flags.hasUser` is set: a listing of one
  /// user's messages compares these octets and unpacks nothing.
  static let userOctets = 4
  static func packed(uid: UInt32) -> [UInt8] { withUnsafeBytes(of: uid.bigEndian) { Array($0) } }
}

/// The `recipients` column of an attempt.
enum PackedOutcomes {
  static func packed(_ outcomes: [(Address, RecipientOutcome)]) -> [UInt8] {
    var packer = Packer(capacity: outcomes.count * 80)
    packer.add(outcomes.count)
    for (address, outcome) in outcomes {
      packer.add(address)
      switch outcome {
      case .delivered(let words): packer.add(byte: 0, words)
      case .deferred(let words): packer.add(byte: 1, words)
      case .failed(let words): packer.add(byte: 2, words)
      }
    }
    return packer.bytes
  }

  static func unpacked(_ bytes: [UInt8]) -> [(Address, RecipientOutcome)] {
    var packed = Unpacker(bytes)
    var outcomes: [(Address, RecipientOutcome)] = []
    for _ in 0..<(packed.count() ?? 0) {
      guard let address = packed.address(), let address, let kind = packed.byte(), let words = packed.text() else {
        break
      }
      outcomes.append((address, kind == 0 ? .delivered(words) : kind == 1 ? .deferred(words) : .failed(words)))
    }
    return outcomes
  }
}

extension Packer {
  fileprivate mutating func add(
    _ source: MessageSource, hold: String?, _ messageID: InternetMessageID?, _ unknown: UnknownOutcome? = nil,
    _ copy: SentCopy? = nil
  ) {
    guard
      source.app != nil || source.uid != nil || !source.identity.isEmpty || hold != nil || source.listener != nil
        || messageID != nil || unknown != nil || copy != nil
    else { return }
    add(source.app ?? "")
    add(source.identity)
    add(hold ?? "")
    add(source.listener ?? "")
    add(messageID?.description ?? "")
    if let unknown { add(unknown) }
    if let copy { add(copy) }
    if let uid = source.uid { add(octets: MessageSource.packed(uid: uid)) }
  }
}
