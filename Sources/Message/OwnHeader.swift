// The header of messages that Letterhead itself writes: failure reports and notices.

import FoundationEssentials
import SMTP

extension Header {
  /// - Parameters:
  ///   - id: of the message, unique in this relay.
  ///   - references: of the message it is about.
  static func own(
    from: Address, to: [Address], subject: String, id: String, references: [UInt8]? = nil, hostname: String, now: Date
  ) -> Header {
    let identity = MessageIDWriter.octets(now: now, id: id, hostname: hostname, domain: from.domain)
    var fields = [
      Field(
        .from, folding: AddressWriter.mailbox(name: Phrase.encode(Array("Letterhead".utf8)), address: clean(from))),
      Field(.to, folding: Array(to.map(clean).joined(separator: Array(", ".utf8)))),
      Field(.subject, folding: Unstructured.encode(Array(subject.utf8))),
      Field(.date, value: MailDate.octets(now)),
      Field(.messageID, value: identity),
    ]
    if let references { fields.append(Field(.references, folding: references)) }
    fields.append(Field(.autoSubmitted, value: "auto-generated".utf8))
    fields.append(Field(.mimeVersion, value: "1.0".utf8))
    return Header(fields: fields)
  }

  /// Of sentences in UTF-8.
  static let ofSentences: [Field] = [
    Field(.contentType, value: "text/plain; charset=utf-8".utf8),
    Field(.contentTransferEncoding, value: "quoted-printable".utf8),
  ]

  /// Lines for people, in quoted-printable. Control characters in a line are dropped, so that it stays one line.
  static func sentences(_ lines: [String]) -> [UInt8] {
    let text = lines.map { String($0.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }) }
    return QuotedPrintable.encode(text.joined(separator: "\r\n").utf8)
  }

  private static func clean(_ address: Address) -> [UInt8] { address.text.utf8.filter { !$0.isControl } }
}
