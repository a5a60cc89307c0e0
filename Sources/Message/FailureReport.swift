// The report to the entity's `notify` addresses about a message that failed. RFC 3464 in RFC 6522's multipart/report.

package import FoundationEssentials
package import SMTP

package struct FailureReport: Sendable {
  /// One recipient who will not get the message, and why.
  package struct Recipient: Sendable {
    package var address: Address
    package var status: EnhancedCode
    /// The provider's reply, verbatim; `nil` when no provider replied.
    package var reply: Reply?
    /// The provider's host.
    package var remoteHost: String?

    package init(address: Address, status: EnhancedCode, reply: Reply?, remoteHost: String?) {
      self.address = address
      self.status = status
      self.reply = reply
      self.remoteHost = remoteHost
    }
  }

  package var hostname: String
  /// The failed message's in this relay, as `letterhead queue show` knows it.
  package var id: String
  package var entityName: String
  /// Who the report is from. It is rewritten like every message when it goes out.
  package var from: Address
  package var to: [Address]
  package var originalSender: Address?
  package var acceptedAt: Date
  package var recipients: [Recipient]
  /// One sentence: what happened.
  package var summary: String
  /// One sentence: what to do.
  package var remedy: String
  package var header: Header
  /// What a command has to end in so that it means this relay.
  package var commandEnding: String

  package init(
    hostname: String, id: String, entityName: String, from: Address, to: [Address], originalSender: Address?,
    acceptedAt: Date, recipients: [Recipient], summary: String, remedy: String, header: Header,
    commandEnding: String = ""
  ) {
    self.hostname = hostname
    self.id = id
    self.entityName = entityName
    self.from = from
    self.to = to
    self.originalSender = originalSender
    self.acceptedAt = acceptedAt
    self.recipients = recipients
    self.summary = summary
    self.remedy = remedy
    self.header = header
    self.commandEnding = commandEnding
  }

  /// With the null sender (RFC 3464 §2), so that no server sends a report about this report.
  package var envelope: Envelope { Envelope(sender: nil, recipients: to) }

  /// Whether a message is a report by its Content-Type. No report is sent about the failure of one.
  package static func isReport(_ header: Header) -> Bool {
    guard let type = header.first(.contentType) else { return false }
    return ParameterizedValue(parsing: type.value).main.elementsEqual("multipart/report".utf8)
  }

  /// The whole message, ready for `Spool.accept`: all ASCII, lines ended by CRLF.
  package func message(now: Date) -> [UInt8] {
    let parts = [
      (Self.textHeader, explanation), (Header(type: "message/delivery-status"), deliveryStatus),
      (Header(type: "text/rfc822-headers"), returnedHeader),
    ]
    let boundary = boundary(for: parts.map(\.1))
    var message = ownHeader(boundary, now: now).serialized()
    for (header, body) in parts { append(part: boundary, header, body, to: &message) }
    message += Array("--".utf8) + boundary
    message.append("--\r\n")
    return message
  }

  /// Occurs in none of the bodies: the returned header or the provider's words may hold anything.
  private func boundary(for bodies: [[UInt8]]) -> [UInt8] {
    var boundary = Array("=_letterhead_".utf8) + id.utf8.filter(\.isAlphanumeric)
    // Not firstRange: Foundation's would be taken, and would bring all of Foundation into letterhead-sendmail.
    while bodies.contains(where: { $0.contains(boundary) }) { boundary.append(UInt8(ascii: "_")) }
    return boundary
  }

  private func append(part boundary: [UInt8], _ header: Header, _ body: [UInt8], to message: inout [UInt8]) {
    message += Array("--".utf8) + boundary + [UInt8].crlf
    header.append(to: &message)
    message += body
    // The line end in front of a boundary belongs to the boundary.
    message += [UInt8].crlf
  }

  private func ownHeader(_ boundary: [UInt8], now: Date) -> Header {
    let own = Header.own(
      from: from, to: to, subject: "Not delivered: \(subject)", id: "\(id).report", references: references,
      hostname: hostname, now: now)
    let type =
      Array("multipart/report; report-type=delivery-status;\r\n\tboundary=\"".utf8) + boundary + Array("\"".utf8)
    return Header(fields: own.fields + [Header.Field(.contentType, value: type)])
  }

  /// Lets mail programs show the report in the conversation of the sender's copy.
  private var references: [UInt8]? {
    guard let original = header.first(.messageID), !original.isEmpty else { return nil }
    let line = AddressTokens.unfolded(original.value).line.filter { !$0.is8Bit }.drop { $0.isBlank }
    return line.count <= Folding.maximumOctets - 20 ? Array(line) : nil
  }
}

extension Header {
  fileprivate init(type: String) { self.init(fields: [Field(.contentType, value: type.utf8)]) }
}
