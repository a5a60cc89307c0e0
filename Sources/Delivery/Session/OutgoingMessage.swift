// A message as one provider is to get it: rewritten, in an encoding it takes, its size known to the octet where it can
// be. Made anew at each attempt, because the mailbox and what its server offers may be others by then.

import Foundation
package import Message
package import SMTP
package import Spool

package struct OutgoingMessage: Sendable {
  /// What follows the header. In memory it is the tail of the message as it was received, shared and not copied.
  package enum Body: Sendable {
    case octets(ArraySlice<UInt8>)
    /// All of the file but the octets at its beginning, which were the header; through the encoder where there is one.
    case file(any StoredBody, skipping: Int, encoder: BodyEncoder?)
  }

  package var envelope: Envelope
  /// With the empty line that ends it.
  package var header: [UInt8]
  package var body: Body
  package var uses8BitMIME: Bool
  package var usesSMTPUTF8: Bool

  package init(
    envelope: Envelope, header: [UInt8], body: Body, uses8BitMIME: Bool = false, usesSMTPUTF8: Bool = false
  ) {
    self.envelope = envelope
    self.header = header
    self.body = body
    self.uses8BitMIME = uses8BitMIME
    self.usesSMTPUTF8 = usesSMTPUTF8
  }

  /// As it goes out, dots not stuffed. `nil`: only known when it has been encoded.
  package var octetCount: Int? {
    switch body {
    case .octets(let octets): header.count + octets.count
    case .file(let file, let skipped, nil): header.count + file.octetCount - skipped
    case .file: nil
    }
  }
}

extension OutgoingMessage {
  /// Puts a message under the mailbox's address and into what this server takes.
  ///
  /// - Throws: `.unfitMessage`, `.needsSMTPUTF8` or `.bodyUnreadable`.
  package init(
    _ message: SpooledMessage, rewrittenBy rewrite: SenderRewrite, for extensions: Extensions
  ) async throws(UpstreamError) {
    let (top, scan) = try await Self.read(message.content)
    let received = Header(parsing: top)
    let (header, envelope) = rewrite.apply(
      header: received, envelope: message.envelope, now: message.receivedAt, id: message.id.description)
    let upstream = TransferEncoding.Upstream(
      takes8BitMIME: extensions.has(.eightBitMIME), takesSMTPUTF8: extensions.has(.smtpUTF8))
    do {
      let body = scan ?? BodyScan(top[received.bodyStart...])
      var encoding = try TransferEncoding(header: header, envelope: envelope, body: body, upstream: upstream)
      if encoding.mustExamineBody {
        try await Self.forEachPiece(of: message.content, from: received.bodyStart) { encoding.examine($0) }
      }
      let fitted = try encoding.finish()
      self.init(
        envelope: envelope, header: fitted.header.serialized(),
        body: Self.body(of: message.content, from: received.bodyStart, fitted.encoder),
        uses8BitMIME: fitted.uses8BitMIME, usesSMTPUTF8: fitted.usesSMTPUTF8)
    } catch let refusal as TransferEncoding.Refusal {
      if case .address = refusal { throw .needsSMTPUTF8 }
      throw .unfitMessage(refusal.reply.lines.joined(separator: " "))
    } catch let error as UpstreamError {
      throw error
    } catch {
      throw .bodyUnreadable("\(error)")
    }
  }

  /// The header as it was received.
  static func header(of content: MessageContent) async throws(UpstreamError) -> Header {
    if case .octets(let octets) = content { return Header(parsing: octets) }
    return Header(parsing: try await read(content).top)
  }

  private static func body(of content: MessageContent, from start: Int, _ encoder: BodyEncoder?) -> Body {
    switch content {
    case .stored(let body): return .file(body, skipping: start, encoder: encoder)
    case .octets(let octets):
      guard var encoder else { return .octets(octets[start...]) }
      var encoded: [UInt8] = []
      encoded.reserveCapacity(octets.count * 5 / 4)
      octets[start...].withUnsafeBytes { encoder.feed($0, into: &encoded) }
      encoder.finish(into: &encoded)
      return .octets(encoded[...])
    }
  }

  /// - Returns: the message's beginning, which holds the header whole; and for a file a scan of its body, since the
  ///   file goes by anyway.
  private static func read(_ content: MessageContent) async throws(UpstreamError) -> (top: [UInt8], scan: BodyScan?) {
    guard case .stored = content else {
      guard case .octets(let octets) = content else { return ([], nil) }
      return (octets, nil)
    }
    var top: [UInt8] = []
    var scan: BodyScan?
    try await forEachPiece(of: content, from: 0) { piece in
      if scan != nil {
        scan?.feed(piece)
      } else {
        top.append(contentsOf: piece)
        let header = Header(parsing: top)
        if header.isEnded || top.count > Header.maximumOctets { scan = BodyScan(top[header.bodyStart...]) }
      }
    }
    return (top, scan ?? BodyScan())
  }

  /// Hands over the octets from `start` on, 64 KiB at a time where they are in a file.
  private static func forEachPiece(
    of content: MessageContent, from start: Int, _ take: (UnsafeRawBufferPointer) -> Void
  ) async throws(UpstreamError) {
    switch content {
    case .octets(let octets): octets[start...].withUnsafeBytes(take)
    case .stored(let body):
      let pieces = FilePieces(of: body, from: start)
      while let piece = try await pieces.next() { piece.withUnsafeBytes(take) }
    }
  }
}

/// A large body, piece by piece, from some octet on.
final class FilePieces {
  private let reader: any StoredBodyReader
  private var skip: Int

  init(of file: any StoredBody, from start: Int) {
    reader = file.reader()
    skip = start
  }

  func next() async throws(UpstreamError) -> ArraySlice<UInt8>? {
    do {
      while let piece = try await reader.next() {
        let rest = piece.dropFirst(skip)
        skip -= piece.count - rest.count
        if !rest.isEmpty { return rest }
      }
      return nil
    } catch {
      throw .bodyUnreadable("\(error)")
    }
  }
}
