// To, Cc and Bcc for ways out without an envelope: there the header alone says who gets the message. It must name the
// recipients, and nobody beside them. Pure.

package import SMTP

/// A header whose fields name just these recipients.
///
/// To and Cc stay as they are where each of their addresses is a recipient. Else they keep the recipients among them, and
/// what they were goes to `X-Original-To` and `X-Original-Cc`. Groups never stay. Whoever is in neither gets a Bcc. Where
/// nothing is left of To and there is one recipient, To names it; of several, none is shown to the others.
package struct RecipientFields: Sendable {
  package private(set) var header: Header
  /// Addresses that the app has shown are not shown any more.
  package private(set) var isReduced = false

  private let wanted: Set<[UInt8]>
  private var shown: Set<[UInt8]> = []
  private var touched = FieldNames()

  /// - Parameters:
  ///   - header: as the sender's rewriting has left it.
  ///   - recipients: all of them can be named: see ``canName(_:)``.
  package init(_ header: Header, naming recipients: [Address]) {
    self.header = header
    wanted = Set(recipients.map(Self.key))
    for (name, original) in [(FieldName.to, FieldName.xOriginalTo), (.cc, .xOriginalCc)] {
      fit(name, keepingAs: original)
    }
    // Some servers take the recipients of a resent message from these.
    for name in [FieldName.resentTo, .resentCc] where !fits(name) { drop(name) }
    for name in [FieldName.bcc, .resentBcc] where self.header.contains(name) { remove(name) }
    nameOthers(among: recipients)
    removeSignatures()
  }

  /// Whether the address can stand in a field without being read as something else.
  package static func canName(_ recipient: Address) -> Bool {
    NamedAddress(name: nil, localPart: Array(recipient.localPart.utf8), domain: Array(recipient.domain.utf8))
      .isWellFormed
  }

  // MARK: To and Cc

  private mutating func fit(_ name: FieldName, keepingAs original: FieldName) {
    if !fits(name) { reduce(name, keepingAs: original) }
    for mailbox in mailboxes(of: name) { shown.insert(Self.key(mailbox)) }
  }

  /// There is no such field, or one that every reader reads alike and that names recipients only.
  private func fits(_ name: FieldName) -> Bool {
    let fields = header.all(name)
    guard let field = fields.first else { return true }
    let list = HeaderAddresses(parsing: field.value)
    return fields.count == 1 && list.isStrict && !list.hasGroup && !list.mailboxes.isEmpty
      && list.mailboxes.allSatisfy { wanted.contains(Self.key($0)) }
  }

  private mutating func reduce(_ name: FieldName, keepingAs original: FieldName) {
    let fields = header.all(name)
    let lists = fields.map { HeaderAddresses(parsing: $0.value) }
    let all = lists.flatMap(\.mailboxes)
    let kept = all.filter { wanted.contains(Self.key($0)) && $0.isWellFormed }
    if kept.count < all.count || lists.contains(where: \.hasGroup) {
      isReduced = true
      keep(fields, as: original)
    }
    if kept.isEmpty { remove(name) } else { set(name, to: kept) }
  }

  private mutating func keep(_ fields: [Header.Field], as original: FieldName) {
    let text = fields.map { HeaderEncoding.line(of: $0) }.filter { !$0.isEmpty }.joined(separator: ", ".utf8)
    set(original, value: SenderRewrite.shortened(Array(text)))
  }

  private mutating func drop(_ name: FieldName) {
    isReduced = true
    remove(name)
  }

  // MARK: The others

  private mutating func nameOthers(among recipients: [Address]) {
    var seen = shown
    let others = recipients.filter { seen.insert(Self.key($0)).inserted }.map(Self.named)
    if others.isEmpty { return }
    if isReduced, recipients.count == 1, !header.contains(.to) {
      set(.to, to: others)
    } else {
      set(.bcc, to: others)
    }
  }

  // MARK: Fields

  private func mailboxes(of name: FieldName) -> [NamedAddress] {
    header.all(name).flatMap { HeaderAddresses(parsing: $0.value).mailboxes }
  }

  private mutating func set(_ name: FieldName, to mailboxes: [NamedAddress]) {
    let written = mailboxes.map { mailbox in
      AddressWriter.mailbox(
        name: mailbox.name?.encoded, address: mailbox.localPart + [UInt8(ascii: "@")] + mailbox.domain)
    }
    set(name, value: Array(written.joined(separator: ", ".utf8)))
  }

  private mutating func set(_ name: FieldName, value: [UInt8]) {
    header.set(Header.Field(name, folding: value))
    touched.insert(name)
  }

  private mutating func remove(_ name: FieldName) {
    header.remove(name)
    touched.insert(name)
  }

  private mutating func removeSignatures() {
    guard !touched.isEmpty, header.contains(.dkimSignature) else { return }
    header.removeAll(.dkimSignature) { Signatures.signs(anyOf: touched, $0.value) }
  }

  // MARK: The same address

  /// Providers ignore case in both parts.
  private static func key(_ mailbox: NamedAddress) -> [UInt8] {
    (mailbox.localPart + [UInt8(ascii: "@")] + mailbox.domain).map(\.lowercased)
  }

  private static func key(_ address: Address) -> [UInt8] { key(named(address)) }

  private static func named(_ address: Address) -> NamedAddress {
    NamedAddress(name: nil, localPart: Array(address.localPart.utf8), domain: Array(address.domain.utf8))
  }
}

extension Header {
  /// Takes a display name that is an address off the From field: Exchange takes it for the sender, and refuses it.
  package mutating func dropAddressAsName() {
    guard let field = first(.from) else { return }
    let authors = HeaderAddresses(parsing: field.value).mailboxes
    guard authors.count == 1, let name = authors[0].name, name.text.utf8.contains(UInt8(ascii: "@")) else { return }
    set(Field(.from, folding: authors[0].localPart + [UInt8(ascii: "@")] + authors[0].domain))
    removeAll(.dkimSignature) { Signatures.signs(anyOf: FieldNames([.from]), $0.value) }
  }
}
