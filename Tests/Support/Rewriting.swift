// A message rewritten for a mailbox, and what must hold of it whatever an app had put into it.

internal import FoundationEssentials
package import Message
package import SMTP

/// Goes out from the mailbox, once, with its body untouched and nothing in it that the app smuggled in.
package struct Rewriting {
  private let original: [UInt8]
  private let identity: Identity
  /// Header, empty line and body, as they go upstream.
  package let message: [UInt8]

  package init(of message: [UInt8], as identity: Identity, sender: Address?) {
    original = message
    self.identity = identity
    self.message = Self.rewritten(message, as: identity, sender: sender)
  }

  private static func rewritten(_ message: [UInt8], as identity: Identity, sender: Address?) -> [UInt8] {
    let header = Header(parsing: message)
    let envelope = Envelope(sender: sender, recipients: [Address(localPart: "ada", domain: "example.org")])
    let result = SenderRewrite(identity, hostname: "relay.example")
      .apply(header: header, envelope: envelope, now: Date(timeIntervalSince1970: 1_795_334_400), id: "42")
    return result.header.serialized() + message[header.bodyStart...]
  }

  /// What does not hold, in words.
  package var fault: String? {
    let before = Header(parsing: original)
    let after = Header(parsing: message)
    if !message[after.bodyStart...].elementsEqual(original[before.bodyStart...]) { return "the body changed" }
    let from = after.all(.from)
    guard from.count == 1 else { return "\(from.count) From fields" }
    let mailboxes = HeaderAddresses(parsing: from[0].value).mailboxes
    guard mailboxes.count == 1, let address = mailboxes[0].address else { return "\(mailboxes.count) senders" }
    guard address.text.lowercased() == identity.address.text else { return "sent from \(address)" }
    for name in [FieldName.sender, .returnPath, .bcc, .resentSender, .resentBcc] where after.contains(name) {
      return "\(name) stayed"
    }
    for name in [FieldName.date, .messageID] where after.first(name)?.isEmpty ?? true { return "\(name) is missing" }
    if let fault = strangeField(in: after, from: before) { return fault }
    let again = Self.rewritten(message, as: identity, sender: Address(localPart: "erp", domain: "app.example"))
    // Nobody who is already the mailbox has an original From to tell of.
    var expected = after
    expected.remove(.xOriginalFrom)
    return again == expected.serialized() + message[after.bodyStart...] ? nil : "not the same twice"
  }

  /// Every field that goes out came in byte for byte, or is one of those we write, on clean lines.
  private func strangeField(in header: Header, from original: Header) -> String? {
    let known = Set(original.fields.map { Array($0.bytes) })
    let ours: Set<FieldName> = [
      .from, .resentFrom, .replyTo, .xOriginalFrom, .date, .messageID, .autoSubmitted,
    ]
    for field in header.fields where !known.contains(Array(field.bytes)) {
      let text = String(decoding: field.bytes, as: UTF8.self)
      guard ours.contains(field.name) else { return "a field that nobody sent: \(text)" }
      let lines = text.dropLast(1).split(separator: "\r\n", omittingEmptySubsequences: false)
      let isClean =
        text.hasSuffix("\r\n") && lines.dropFirst().allSatisfy { $0.hasPrefix(" ") }
        && lines.joined().utf8.allSatisfy { $0 >= 32 && $0 < 127 }
      guard isClean else { return "not clean: \(text)" }
    }
    return nil
  }
}
