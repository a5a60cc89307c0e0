// The three parts of a report: sentences for people, fields for programs (RFC 3464 §2), and the message's header.

import FoundationEssentials
import SMTP

extension FailureReport {
  // MARK: For people

  static let textHeader = Header(fields: Header.ofSentences)

  var explanation: [UInt8] {
    var lines = [
      "Letterhead on \(hostname) could not deliver a message of \(entityName).",
      "It will not be tried again.",
      "",
      "What happened: \(summary)",
      "What to do: \(remedy)",
      "",
      "The message",
      "  From:     \(readable(.from) ?? originalSender?.text ?? "nobody")",
      "  To:       \(readable(.to) ?? "not said")",
      "  Subject:  \(subject)",
      "  Accepted: \(String(decoding: MailDate.octets(acceptedAt), as: UTF8.self))",
      "",
      "Who did not get it",
    ]
    for recipient in recipients { lines += explanation(of: recipient) }
    lines += ["", "It is kept in the queue: letterhead queue show \(id)\(commandEnding)", ""]
    return Header.sentences(lines)
  }

  private func explanation(of recipient: Recipient) -> [String] {
    let who = "  \(recipient.address)"
    guard let reply = recipient.reply else { return [who] }
    return [who, "  \(recipient.remoteHost ?? "The provider") said:"] + reply.wireLines.map { "    \($0)" }
  }

  /// The original's, decoded as far as it can be, and not longer than a line or two.
  var subject: String { readable(.subject) ?? "(no subject)" }

  private func readable(_ name: FieldName) -> String? {
    guard let field = header.first(name), !field.isEmpty else { return nil }
    // Read as a comment is: free text with encoded-words in it.
    let line = AddressTokens.unfolded(field.value).line.drop { $0.isBlank }
    return DisplayName.readable(Phrase.cut(Array(line), to: 300))
  }

  // MARK: For programs

  var deliveryStatus: [UInt8] {
    var status: [UInt8] = []
    append("Reporting-MTA", "dns; \(hostname)", to: &status)
    append("Arrival-Date", String(decoding: MailDate.octets(acceptedAt), as: UTF8.self), to: &status)
    for recipient in recipients {
      status += [UInt8].crlf
      let type = recipient.address.isASCII ? "rfc822" : "utf-8"
      append("Final-Recipient", "\(type); \(recipient.address)", to: &status)
      append("Action", "failed", to: &status)
      append("Status", recipient.status.description, to: &status)
      if let host = recipient.remoteHost { append("Remote-MTA", "dns; \(host)", to: &status) }
      if let reply = recipient.reply { append("Diagnostic-Code", lines: ["smtp;"] + reply.wireLines, to: &status) }
    }
    return status
  }

  private func append(_ name: String, _ value: String, to status: inout [UInt8]) {
    append(name, lines: [value], to: &status)
  }

  /// Each line of the provider's reply on a line of its own, as the provider sent it.
  private func append(_ name: String, lines: [String], to status: inout [UInt8]) {
    status.append(name)
    status.append(":")
    for (number, line) in lines.prefix(100).enumerated() {
      // `smtp;` and the first of its lines stand together.
      if number > 1 { status.append("\r\n") }
      status.append(" ")
      status += Self.ascii(line)
    }
    status += [UInt8].crlf
  }

  /// Characters beyond ASCII as `\x{E9}` (RFC 6533 §3), control characters not at all.
  private static func ascii(_ line: String) -> [UInt8] {
    var ascii: [UInt8] = []
    for scalar in line.unicodeScalars where ascii.count < 900 {
      if scalar.value >= 0x80 {
        ascii += Array("\\x{\(String(scalar.value, radix: 16, uppercase: true))}".utf8)
      } else if scalar.value >= 0x20, scalar.value != 0x7f {
        ascii.append(UInt8(scalar.value))
      }
    }
    return ascii
  }

  // MARK: What failed

  /// Without Bcc, which the report's readers must not see, and at most 32 KiB of it.
  var returnedHeader: [UInt8] {
    var returned = header
    returned.remove(.bcc)
    returned.remove(.resentBcc)
    _ = HeaderEncoding.mend(&returned, allASCII: true)
    var bytes: [UInt8] = []
    for field in returned.fields where bytes.count + field.bytes.count <= 32 << 10 {
      bytes += field.bytes.filter { !$0.is8Bit && $0 != 0 }
    }
    return bytes
  }
}

extension Reply {
  /// As the server said it, line by line, without line ends.
  fileprivate var wireLines: [String] {
    lines.enumerated().map { number, line in
      let words = [enhanced.map(\.description), line].compactMap { $0 }.joined(separator: " ")
      return "\(code)\(number == lines.count - 1 ? " " : "-")\(words)"
    }
  }
}

extension DisplayName {
  /// Free text with its encoded-words decoded.
  static func readable(_ text: [UInt8]) -> String {
    let backslash = UInt8(ascii: "\\")
    let escaped = text.flatMap { $0 == backslash ? [backslash, backslash] : [$0] }
    return DisplayName(comment: [UInt8(ascii: "(")] + escaped[...] + [UInt8(ascii: ")")]).text
  }
}
