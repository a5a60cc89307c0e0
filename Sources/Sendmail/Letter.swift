// A message as it is handed in, made ready: its recipients found, Bcc taken out, From put in. A pure function of the
// message's beginning, the command line and the account.

package import Message
import SMTP

package struct Letter: Equatable, Sendable {
  package let envelope: Envelope
  /// What goes in the place of the beginning that was read.
  package let beginning: [UInt8]

  /// - Parameter octets: the message with its whole header, and perhaps more.
  package init(
    of octets: [UInt8], _ options: SendmailOptions, by account: SendmailAccount
  ) throws(SendmailFailure) {
    var header = Header(parsing: octets)
    let body = octets[header.bodyStart...]
    envelope = Envelope(
      sender: try Self.sender(options.sender, account),
      recipients: try Self.recipients(of: header, options),
      is8BitMIME: options.is8BitMIME)
    if options.readsHeader {
      header.remove(.bcc)
      header.remove(.resentBcc)
    }
    if !header.contains(.from) { header.addAuthor(account.address, name: options.fullName ?? account.fullName) }
    beginning = header.serialized() + body
  }

  private static func sender(
    _ written: String?, _ account: SendmailAccount
  ) throws(SendmailFailure) -> Address? {
    guard let written else { return account.address }
    if written.isEmpty || written == "<>" { return nil }
    let addresses = try addresses(in: Array(written.utf8)[...])
    guard let first = addresses.first, addresses.count == 1 else { throw notAnAddress(written) }
    return account.qualified(first)
  }

  private static func recipients(
    of header: Header, _ options: SendmailOptions
  ) throws(SendmailFailure) -> [Address] {
    var recipients: [Address] = []
    for argument in options.recipients { recipients += try addresses(in: Array(argument.utf8)[...]) }
    if options.readsHeader {
      for field in addressed(header) { recipients += try addresses(in: field.value) }
    }
    guard recipients.isEmpty else { return recipients }
    throw options.readsHeader
      ? SendmailFailure(.badAddress, "Neither To, Cc and Bcc nor the command line name a recipient.")
      : SendmailFailure(.usage, "Nobody is named as a recipient. With -t the header's To, Cc and Bcc name them.")
  }

  /// A resent message goes to those it is resent to (RFC 5322 §3.6.6), and not once more to those who had it.
  private static func addressed(_ header: Header) -> [Header.Field] {
    let resent = [FieldName.resentTo, .resentCc, .resentBcc].flatMap { header.all($0) }
    return resent.isEmpty ? [FieldName.to, .cc, .bcc].flatMap { header.all($0) } : resent
  }

  private static func addresses(in value: ArraySlice<UInt8>) throws(SendmailFailure) -> [Address] {
    var addresses: [Address] = []
    for mailbox in HeaderAddresses(parsing: value).mailboxes {
      guard let address = mailbox.address.flatMap({ Address($0.text) }) else {
        throw notAnAddress(mailbox.address?.text ?? mailbox.name?.text ?? String(decoding: value, as: UTF8.self))
      }
      addresses.append(address)
    }
    return addresses
  }

  private static func notAnAddress(_ text: String) -> SendmailFailure {
    SendmailFailure(.badAddress, "This is not an address: \(text)")
  }
}
