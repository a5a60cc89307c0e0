// Messages that apps hand in, whatever they hold.

import Foundation
import Support

@testable import Message
@testable import SMTP

extension Target {
  /// A header that is written and read again has the same fields, and nobody's name in it can steer a terminal or a
  /// header.
  static let header = Target(name: "header") { octets in
    let header = Header(parsing: octets)
    let again = Header(parsing: header.serialized())
    try demand(
      again.fields.map { Array($0.bytes) } == header.fields.map { Array($0.bytes) }, "other fields when written")
    let declared = DeclaredCharset(of: header)
    for field in header.fields {
      let readings = [HeaderAddresses(parsing: field.value), HeaderAddresses(parsing: field.value, declared: declared)]
      for mailbox in readings.flatMap(\.mailboxes) {
        guard let name = mailbox.name else { continue }
        try demand(name.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "a name that steers")
        let encoded = name.encoded ?? []
        try demand(encoded.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a name that is not clean: \(encoded.text)")
      }
      _ = ParameterizedValue(parsing: field.value).encoded(declared: declared)
      _ = Unstructured.encode(Charset.guess(AddressTokens.unfolded(field.value).line))
    }
    for index in octets.indices { _ = EncodedWord.read(octets, at: index) }
    _ = Trace(hostname: "relay.example", instance: "x").passages(in: header)
  }

  /// What goes out parses, has one From with the mailbox's address, an untouched body, and is one message on the wire.
  static let rewrite = Target(name: "rewrite") { octets in
    let names = Identity.DisplayNamePolicy.allCases
    var identity = Identity(
      address: Address(localPart: "billing", domain: "firm.example"), mailboxName: "Firm Billing",
      entityName: "Firm Ltd")
    identity.displayName = names[octets.count % names.count]
    identity.replyTo = octets.count % 2 == 0 ? .original : .none
    let sender = octets.count % 5 == 0 ? nil : Address(localPart: "erp", domain: "app.example")
    let rewriting = Rewriting(of: octets, as: identity, sender: sender)
    if let fault = rewriting.fault { throw Fault(description: fault) }
    var sent: [UInt8] = []
    var encoder = DotEncoder()
    rewriting.message.withUnsafeBytes { encoder.encode($0, into: &sent) }
    encoder.finish(into: &sent)
    try demandOneMessage(sent)
  }

  /// Made fit for any server, a message is the same however it passes; a plain server gets nothing beyond ASCII, and no
  /// server a header line that it may cut.
  static let encoding = Target(name: "encoding") { octets in
    for (eightBit, utf8) in [(false, false), (true, false), (true, true)] {
      let upstream = TransferEncoding.Upstream(takes8BitMIME: eightBit, takesSMTPUTF8: utf8)
      guard let sent = try fitted(octets, for: upstream) else { continue }
      if !eightBit { try demand(!sent.contains { $0 >= 0x80 }, "8-bit text for a server without 8BITMIME") }
      let again = Header(parsing: sent)
      try demand(again.isEnded || again.fields.isEmpty, "a header that does not end")
      let lines = sent[..<again.bodyStart].split(separator: 0x0A)
      try demand(lines.allSatisfy { $0.count <= 999 }, "a header line over 998 octets")
    }
  }

  private static func fitted(_ octets: [UInt8], for upstream: TransferEncoding.Upstream) throws -> [UInt8]? {
    let header = Header(parsing: octets)
    let envelope = Envelope(
      sender: Address(localPart: "a", domain: "app.example"),
      recipients: [Address(localPart: "b", domain: "example.org")])
    return try same(however: Array(octets[header.bodyStart...]), "the message") { pieces in
      var scan = BodyScan()
      for piece in pieces { piece.withUnsafeBytes { scan.feed($0) } }
      do throws(TransferEncoding.Refusal) {
        var encoding = try TransferEncoding(header: header, envelope: envelope, body: scan, upstream: upstream)
        if encoding.mustExamineBody { for piece in pieces { piece.withUnsafeBytes { encoding.examine($0) } } }
        let fitted = try encoding.finish()
        var sent = fitted.header.serialized()
        guard var encoder = fitted.encoder else { return sent + pieces.joined() }
        for piece in pieces { piece.withUnsafeBytes { encoder.feed($0, into: &sent) } }
        encoder.finish(into: &sent)
        return sent
      } catch {
        return nil
      }
    }
  }

  /// Up to an empty line a provider's reply, then the header of the message it refused. The report on it is plain text
  /// in four parts whatever the two hold.
  static let report = Target(name: "report") { octets in
    let cut = octets.firstRange(of: Array("\n\n".utf8))
    let lines = octets[..<(cut?.lowerBound ?? octets.endIndex)].split(separator: 0x0A).map(\.text)
    let header = Header(parsing: stored(octets[(cut?.upperBound ?? octets.endIndex)...]))
    let ada = Address(localPart: "ada", domain: "example.org")
    let reply = Reply(550, EnhancedCode(5, 1, 1), lines: lines)
    let recipient = FailureReport.Recipient(
      address: ada, status: EnhancedCode(5, 1, 1), reply: reply, remoteHost: "mx.example.org")
    let message = FailureReport(
      hostname: "relay.example", id: "42", entityName: "Acme", from: ada, to: [ada], originalSender: ada,
      acceptedAt: morning, recipients: [recipient], summary: lines.first ?? "", remedy: "", header: header
    ).message(now: morning)
    try demand(message.hasOnlyWholeLineEnds && message.allSatisfy { $0 < 0x80 }, "a report that is not plain")
    let all = message.split(separator: 0x0A, omittingEmptySubsequences: false)
    let ours = Header(parsing: message)
    try demand(FailureReport.isReport(ours), "a report that does not say so")
    let border = ours.first(.contentType).flatMap { ParameterizedValue(parsing: $0.value).parameter("boundary") } ?? []
    let borders = all.count { $0.starts(with: Array("--".utf8) + border) }
    try demand(borders == 4, "a report in \(borders) parts")
  }
}

/// As the spool has it: lines ended by CRLF.
private func stored(_ octets: ArraySlice<UInt8>) -> [UInt8] {
  var decoder = ChunkDecoder()
  var stored: [UInt8] = []
  decoder.begin(octets: octets.count)
  _ = octets.withUnsafeBytes { decoder.decode($0, into: &stored) }
  decoder.finish(into: &stored)
  return stored
}

/// Sunday, 22 November 2026, 08:00 UTC.
let morning = Date(timeIntervalSince1970: 1_795_334_400)
