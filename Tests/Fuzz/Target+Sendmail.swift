// What letterhead-sendmail is given, and what it leaves: anybody may call it, and anybody may write into its folder.

import Message
import SMTP
import Sendmail

extension Target {
  /// A head that was taken is the same when it is written again, and names nobody who could end a path.
  static let drop = Target(name: "drop") { octets in
    guard let (head, length) = try? DropHead.parse(octets[...]) else { return }
    try demand(length <= octets.count, "\(length) of \(octets.count) octets")
    try demand(!head.envelope.recipients.isEmpty, "a message for nobody")
    let again = try DropHead.parse(head.octets[...])
    try demand(again.head == head && again.length == head.octets.count, "\(head) became \(again)")
    for address in head.envelope.recipients + [head.envelope.sender].compactMap({ $0 }) {
      try demand(address.text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(address) would end its path")
    }
  }

  /// A message on standard input is the same however it comes. With -t it goes to addresses that can be written, and goes out
  /// with an author and without Bcc.
  static let letter = Target(name: "letter") { octets in
    let message = try same(however: octets, "the message") { pieces in
      var decoder = InputDecoder(endsAtDot: true)
      var message: [UInt8] = []
      for piece in pieces where !decoder.isComplete { decoder.decode(piece, into: &message) }
      decoder.finish(into: &message)
      return message
    }
    try demand(message.hasOnlyWholeLineEnds, "a bare line end was kept")
    var options = SendmailOptions()
    options.readsHeader = true
    let account = SendmailAccount(user: "ada", fullName: nil, host: "host.example")
    guard let letter = try? Letter(of: message, options, by: account) else { return }
    for recipient in letter.envelope.recipients {
      try demand(Address(recipient.text) == recipient, "\(recipient) is no recipient")
    }
    let header = Header(parsing: letter.beginning)
    try demand(!header.contains(.bcc) && !header.contains(.resentBcc), "Bcc goes out")
    try demand(header.contains(.from), "nobody's message")
  }
}
