// The header fields that Letterhead reads or changes, recognised once, while the header is read.

import SMTP

/// The name of a field that Letterhead reads or changes; every other name is `other`.
package enum FieldName: UInt8, Sendable, CaseIterable {
  case from, sender, replyTo, to, cc, bcc, date, subject, messageID, inReplyTo, references, comments, keywords
  case returnPath, received, autoSubmitted, xOriginalFrom, xOriginalTo, xOriginalCc, xLetterheadEntity, dkimSignature
  case resentFrom, resentSender, resentReplyTo, resentTo, resentCc, resentBcc, resentDate, resentMessageID
  case mimeVersion, contentType, contentTransferEncoding, contentDisposition, contentID
  case other

  /// As Letterhead writes it.
  package var text: StaticString {
    switch self {
    case .from: "From"
    case .sender: "Sender"
    case .replyTo: "Reply-To"
    case .to: "To"
    case .cc: "Cc"
    case .bcc: "Bcc"
    case .date: "Date"
    case .subject: "Subject"
    case .messageID: "Message-ID"
    case .inReplyTo: "In-Reply-To"
    case .references: "References"
    case .comments: "Comments"
    case .keywords: "Keywords"
    case .returnPath: "Return-Path"
    case .received: "Received"
    case .autoSubmitted: "Auto-Submitted"
    case .xOriginalFrom: "X-Original-From"
    case .xOriginalTo: "X-Original-To"
    case .xOriginalCc: "X-Original-Cc"
    case .xLetterheadEntity: "X-Letterhead-Entity"
    case .dkimSignature: "DKIM-Signature"
    case .resentFrom: "Resent-From"
    case .resentSender: "Resent-Sender"
    case .resentReplyTo: "Resent-Reply-To"
    case .resentTo: "Resent-To"
    case .resentCc: "Resent-Cc"
    case .resentBcc: "Resent-Bcc"
    case .resentDate: "Resent-Date"
    case .resentMessageID: "Resent-Message-ID"
    case .mimeVersion: "MIME-Version"
    case .contentType: "Content-Type"
    case .contentTransferEncoding: "Content-Transfer-Encoding"
    case .contentDisposition: "Content-Disposition"
    case .contentID: "Content-ID"
    case .other: ""
    }
  }

  /// Case does not matter in field names (RFC 5322 §1.2.2).
  package init(_ name: UnsafeBufferPointer<UInt8>) {
    guard name.count < Self.byLength.count else {
      self = .other
      return
    }
    self = Self.byLength[name.count].first { $0.text.matches(name) }?.name ?? .other
  }

  /// Names by their length: most fields are told apart after one or two comparisons.
  private static let byLength: [[(text: StaticString, name: FieldName)]] = {
    let known = allCases.filter { $0 != .other }.map { (text: $0.text, name: $0) }
    let longest = known.map(\.text.utf8CodeUnitCount).max() ?? 0
    return (0...longest).map { length in known.filter { $0.text.utf8CodeUnitCount == length } }
  }()
}

extension StaticString {
  /// Whether these are the same letters, whatever their case.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count == utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where utf8Start[index].lowercased != bytes[index].lowercased { return false }
    return true
  }
}

/// A set of known names in one word.
struct FieldNames: Sendable {
  private var bits: UInt64 = 0

  init() {}

  init(_ names: some Sequence<FieldName>) { for name in names { insert(name) } }

  var isEmpty: Bool { bits == 0 }

  func contains(_ name: FieldName) -> Bool { bits & bit(of: name) != 0 }

  mutating func insert(_ name: FieldName) { bits |= bit(of: name) }

  mutating func remove(_ name: FieldName) { bits &= ~bit(of: name) }

  private func bit(of name: FieldName) -> UInt64 { 1 << UInt64(name.rawValue) }
}
