import Message
import SMTP
import Testing

/// Whatever an app sends, what goes out is from the mailbox, once, and holds nothing the app smuggled in.
struct `Any message, however broken,` {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `goes out from the mailbox alone, with its body untouched`(seed: UInt64) {
    var mutations = Mutations(seed: seed)
    for round in 0..<600 {
      let message = mutations.message()
      let identity = Identity.office.with {
        $0.displayName = Identity.DisplayName.allCases[round % 3]
        $0.replyTo = round % 2 == 0 ? .original : .none
      }
      let first = rewrite(message, as: identity, sender: round % 5 == 0 ? nil : Address("erp@app.example"))
      if let fault = fault(of: first, from: message, as: identity) {
        Issue.record("seed \(seed), round \(round): \(fault)\n\(text(message))\n—\n\(text(first.message))")
        return
      }
    }
  }

  private func fault(of rewritten: Rewritten, from message: [UInt8], as identity: Identity) -> String? {
    let original = Header(parsing: message)
    let again = Header(parsing: rewritten.message)
    let body = message[original.bodyStart...]
    if Array(rewritten.message[again.bodyStart...]) != Array(body) { return "the body changed" }
    let from = again.all(.from)
    guard from.count == 1 else { return "\(from.count) From fields" }
    let mailboxes = HeaderAddresses(parsing: from[0].value).mailboxes
    guard mailboxes.count == 1, let address = mailboxes[0].address else { return "\(mailboxes.count) senders" }
    guard address.text.lowercased() == identity.address.text else { return "sent from \(address)" }
    for name in [FieldName.sender, .returnPath, .bcc, .resentSender, .resentBcc] where again.contains(name) {
      return "\(name) stayed"
    }
    for name in [FieldName.date, .messageID] where again.first(name)?.isEmpty ?? true { return "\(name) is missing" }
    if let fault = strangeField(in: again, from: original) { return fault }
    if text(rewrite(rewritten.message, as: identity).message) != text(rewritten.message) { return "not the same twice" }
    return nil
  }

  /// Every field that goes out came in byte for byte, or is one of those we write, on clean lines.
  private func strangeField(in header: Header, from original: Header) -> String? {
    let known = Set(original.fields.map { Array($0.bytes) })
    let ours: Set<FieldName> = [
      .from, .resentFrom, .replyTo, .xOriginalFrom, .date, .messageID, .autoSubmitted,
    ]
    for field in header.fields where !known.contains(Array(field.bytes)) {
      guard ours.contains(field.name) else { return "a field that nobody sent: \(text(field.bytes))" }
      let isClean = text(field.bytes.dropLast(2)).replacing("\r\n ", with: " ").utf8.allSatisfy { $0 >= 32 && $0 < 127 }
      guard isClean else { return "not clean: \(text(field.bytes))" }
    }
    return nil
  }
}
