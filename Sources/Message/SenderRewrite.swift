// Puts the mailbox's address on a message, at each attempt, and leaves every other byte as it is. A pure function of
// header, envelope and identity.

package import FoundationEssentials
import SMTP

/// Made once for a mailbox, and applied to each message that is sent through it.
///
/// A message that is already from the mailbox's address keeps its bytes, but for the fields that would tell of somebody
/// else. Applied twice, it changes nothing more but that X-Original-From is gone.
package struct SenderRewrite: Sendable {
  private let identity: Identity
  private let hostname: String
  /// `ada@example.org`, free of control characters.
  private let address: [UInt8]
  /// The name that replaces the app's, or stands where the app gave none; `nil` when there is none at all.
  private let ownName: DisplayName?
  /// The From field with `ownName`, the same for every message.
  private let ownFrom: Header.Field

  package init(_ identity: Identity, hostname: String) {
    self.identity = identity
    self.hostname = hostname
    address = Array(identity.address.text.utf8).filter { !$0.isControl }
    ownName = Self.ownName(of: identity)
    ownFrom = Self.field(.from, name: ownName?.encoded, address: address)
  }

  private static func ownName(of identity: Identity) -> DisplayName? {
    let wanted = identity.displayName == .entity ? [identity.entityName] : [identity.mailboxName, identity.entityName]
    return wanted.compactMap { $0.map(DisplayName.init) }.first { $0.encoded != nil }
  }

  /// The header and the envelope under which a message goes out.
  ///
  /// The body is not needed and not touched: what follows `header.bodyStart` is sent behind the new header's bytes.
  /// - Parameters:
  ///   - now: goes into a missing Date. Give the time at which the message was accepted, so that each attempt
  ///     sends the same bytes.
  ///   - id: the message's own in this relay; with the host name it makes a missing Message-ID unique.
  package func apply(
    header: Header, envelope: Envelope, now: Date, id: String
  ) -> (header: Header, envelope: Envelope) {
    var header = header
    var touched = FieldNames()
    let declared = header.mayHave8Bit ? DeclaredCharset(of: header) : nil
    rewriteFrom(in: &header, declared, &touched)
    rewriteResentFrom(in: &header, declared, &touched)
    removeSenders(from: &header, &touched)
    if envelope.sender == nil { markAutomatic(&header, &touched) }
    addMissing(to: &header, now: now, id: id, &touched)
    if !touched.isEmpty, header.contains(.dkimSignature) {
      header.removeAll(.dkimSignature) { Signatures.signs(anyOf: touched, $0.value) }
    }
    var envelope = envelope
    envelope.sender = identity.address
    return (header, envelope)
  }

  // MARK: From

  private func rewriteFrom(in header: inout Header, _ declared: DeclaredCharset?, _ touched: inout FieldNames) {
    // Only Letterhead writes this field: one that came with the message may be forged.
    if header.contains(.xOriginalFrom) { remove(.xOriginalFrom, from: &header, &touched) }
    let old = header.all(.from)
    let originals = old.map { HeaderAddresses(parsing: $0.value, declared: declared) }
    if old.count == 1, isOurs(originals[0]) { return }
    let new = field(.from, from: originals)
    if old.count == 1, old[0].bytes == new.bytes { return }
    header.set(new)
    touched.insert(.from)
    keepOriginal(old, in: &header, declared, &touched)
    replyToOriginal(originals, in: &header, &touched)
  }

  /// The field already names the mailbox as the rewriting would, in a form that every reader understands alike.
  private func isOurs(_ list: HeaderAddresses) -> Bool {
    guard list.isStrict, !list.hasGroup, list.mailboxes.count == 1, list.mailboxes[0].isAt(address) else {
      return false
    }
    return identity.displayName == .keep || list.mailboxes[0].name?.text == ownName?.text
  }

  private func field(_ name: FieldName, from originals: [HeaderAddresses]) -> Header.Field {
    var kept: [UInt8]?
    if identity.displayName == .keep { kept = originals.first { !$0.mailboxes.isEmpty }?.mailboxes[0].name?.encoded }
    if kept == nil, name == .from { return ownFrom }
    return Self.field(name, name: kept ?? ownName?.encoded, address: address)
  }

  private static func field(_ name: FieldName, name phrase: [UInt8]?, address: [UInt8]) -> Header.Field {
    Header.Field(name, folding: AddressWriter.mailbox(name: phrase, address: address))
  }

  private func keepOriginal(
    _ old: [Header.Field], in header: inout Header, _ declared: DeclaredCharset?, _ touched: inout FieldNames
  ) {
    let values = old.map { HeaderEncoding.line(of: $0) }.filter { !$0.isEmpty }
    guard !values.isEmpty else { return }
    var text = Array(values.joined(separator: ", ".utf8))
    if let declared, declared.covers(text) { text = declared.encodedNames(text) }
    header.append(Header.Field(.xOriginalFrom, folding: Self.shortened(text)))
    touched.insert(.xOriginalFrom)
  }

  /// At most 900 octets, so that no server breaks the line even if it is sent without folds.
  static func shortened(_ text: [UInt8]) -> [UInt8] {
    let most = 900
    if text.count <= most, !text.contains(where: \.is8Bit) { return text }
    let readable = Charset.guess(text.prefix(2 * most))
    var limit = most
    var encoded = Unstructured.encode(Phrase.cut(readable, to: limit))
    while encoded.count > most {
      limit = limit * 3 / 4
      encoded = Unstructured.encode(Phrase.cut(readable, to: limit))
    }
    return encoded
  }

  /// An app's own Reply-To stays, unless it is empty, which RFC 5322 does not allow.
  private func replyToOriginal(
    _ originals: [HeaderAddresses], in header: inout Header, _ touched: inout FieldNames
  ) {
    guard identity.replyTo == .original, header.all(.replyTo).allSatisfy(\.isEmpty) else { return }
    let own = [hostname.lowercased(), identity.address.domain.lowercased()]
    // An address beyond ASCII would make the message undeliverable through servers without SMTPUTF8.
    let answerable = originals.flatMap(\.mailboxes).filter { mailbox in
      mailbox.isWellFormed && mailbox.isASCII && mailbox.isOnInternet(from: own[0], except: own[1])
    }
    guard answerable.contains(where: { !$0.isAt(address) }) else { return }
    header.set(Header.Field(.replyTo, folding: AddressWriter.list(answerable)))
    touched.insert(.replyTo)
  }

  // MARK: The rest

  /// A resent message's sender is Resent-From (RFC 5322 §3.6.6), and providers look at it too. Each of several blocks
  /// is rewritten: which one a provider takes for the newest is not known.
  private func rewriteResentFrom(in header: inout Header, _ declared: DeclaredCharset?, _ touched: inout FieldNames) {
    guard header.contains(.resentFrom) else { return }
    header.mend { old in
      guard old.name == .resentFrom else { return nil }
      let original = HeaderAddresses(parsing: old.value, declared: declared)
      if isOurs(original) { return nil }
      let new = field(.resentFrom, from: [original])
      if new.bytes == old.bytes { return nil }
      touched.insert(.resentFrom)
      return new
    }
  }

  /// Sender and Return-Path would show an address that the mailbox may not send as; Bcc would show hidden recipients.
  /// The same holds for the fields of a resent message. X-Letterhead-Entity is an app's word to the relay.
  private func removeSenders(from header: inout Header, _ touched: inout FieldNames) {
    for name in [FieldName.sender, .returnPath, .bcc, .resentSender, .resentBcc, .xLetterheadEntity]
    where header.contains(name) {
      remove(name, from: &header, &touched)
    }
  }

  private func remove(_ name: FieldName, from header: inout Header, _ touched: inout FieldNames) {
    header.remove(name)
    touched.insert(name)
  }

  /// The message goes out with the mailbox as sender in place of the null sender, so that only this field keeps
  /// machines from answering (RFC 3834 §5). An app's own `no` is replaced.
  private func markAutomatic(_ header: inout Header, _ touched: inout FieldNames) {
    let isMarked = header.all(.autoSubmitted).contains { field in
      let keyword = field.value.drop { $0 <= .space }.prefix { $0.isFieldName && $0 != UInt8(ascii: ";") }
      return !keyword.isEmpty && !keyword.map(\.lowercased).elementsEqual("no".utf8)
    }
    if isMarked { return }
    header.set(Header.Field(.autoSubmitted, value: "auto-generated".utf8))
    touched.insert(.autoSubmitted)
  }

  private func addMissing(to header: inout Header, now: Date, id: String, _ touched: inout FieldNames) {
    if needs(.date, in: &header, &touched) { header.set(Header.Field(.date, value: MailDate.octets(now))) }
    if needs(.messageID, in: &header, &touched) {
      let messageID = MessageIDWriter.octets(now: now, id: id, hostname: hostname, domain: identity.address.domain)
      header.set(Header.Field(.messageID, value: messageID))
    }
  }

  /// Whether no field of this name has a value. Empty ones beside another go: providers refuse them.
  private func needs(_ name: FieldName, in header: inout Header, _ touched: inout FieldNames) -> Bool {
    let all = header.all(name)
    if !all.isEmpty, !all.contains(where: \.isEmpty) { return false }
    touched.insert(name)
    if all.allSatisfy(\.isEmpty) { return true }
    header.removeAll(name, where: \.isEmpty)
    return false
  }
}
