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
    guard let more = PackedSource(&packed, hasUser: flags.contains(.hasUser)) else { return nil }
    self.init(
      sender: sender, recipients: recipients,
      source: MessageSource(
        client: client, app: more.app, uid: more.uid, identity: more.identity, listener: more.listener),
      isSMTPUTF8: flags.contains(.isSMTPUTF8), is8BitMIME: flags.contains(.is8BitMIME), heldBecause: more.hold)
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
    packer.add(source, hold: heldBecause)
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
    packer.add(source, hold: hold)
    return packer.bytes
  }
}

/// What stands behind the recipients of an `envelope` column: nothing where nothing is known, as in rows of version 2.
private struct PackedSource {
  var app: String?
  var uid: UInt32?
  var identity = ""
  var hold: String?
  var listener: String?

  /// - Returns: `nil` where it is damaged.
  init?(_ packed: inout Unpacker, hasUser: Bool) {
    if packed.isAtEnd, !hasUser { return }
    guard let app = packed.text(), let identity = packed.text(), let hold = packed.text(), let listener = packed.text()
    else { return nil }
    self.app = app.isEmpty ? nil : app
    self.identity = identity
    self.hold = hold.isEmpty ? nil : hold
    self.listener = listener.isEmpty ? nil : listener
    guard hasUser else { return }
    guard let uid = packed.number() else { return nil }
    self.uid = uid
  }
}

extension MessageSource {
  /// How the `envelope` column of this user's messages ends, where `SpoolSchema.Flags.hasUser` is set: a listing of one
  /// user's messages compares these octets and unpacks nothing.
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

private struct Packer {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func add(byte: UInt8) { bytes.append(byte) }

  mutating func add(byte: UInt8, _ text: String) {
    add(byte: byte)
    add(text)
  }

  /// Seven bits a byte, low ones first.
  mutating func add(_ count: Int) {
    var rest = UInt64(count)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func add(_ source: MessageSource, hold: String?) {
    guard
      source.app != nil || source.uid != nil || !source.identity.isEmpty || hold != nil || source.listener != nil
    else { return }
    add(source.app ?? "")
    add(source.identity)
    add(hold ?? "")
    add(source.listener ?? "")
    if let uid = source.uid { bytes.append(contentsOf: MessageSource.packed(uid: uid)) }
  }

  mutating func add(_ address: Address?) {
    guard let address else { return add(byte: 0) }
    add(byte: 1)
    add(address.localPart)
    add(address.domain)
  }
}

private struct Unpacker {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }

  mutating func byte() -> UInt8? {
    guard place < bytes.count else { return nil }
    defer { place += 1 }
    return bytes[place]
  }

  mutating func count() -> Int? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = byte(), shift < 35 {
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return Int(value) }
      shift += 7
    }
    return nil
  }

  mutating func text() -> String? {
    guard let count = count(), count <= bytes.count - place else { return nil }
    defer { place += count }
    return String(decoding: bytes[place..<place + count], as: UTF8.self)
  }

  /// The last thing there is.
  mutating func number() -> UInt32? {
    guard bytes.count - place == 4 else { return nil }
    defer { place = bytes.count }
    return bytes[place...].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The outer `nil` is a broken row, the inner one the null sender.
  mutating func address() -> Address?? {
    guard let kind = byte() else { return nil }
    guard kind == 1 else { return .some(nil) }
    guard let localPart = text(), let domain = text() else { return nil }
    return Address(localPart: localPart, domain: domain)
  }
}
