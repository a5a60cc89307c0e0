// A message as one provider is to get it: rewritten, in an encoding that the provider takes, its size known to the octet
// where that can be. Made anew at each attempt, because the mailbox and what its server offers may be others by then.

package import Diagnosis
package import Foundation
package import Message
import SMTP

package struct PreparedMessage: Sendable {
  /// What follows the header. In memory it is the tail of the message as it was received, shared and not copied.
  package enum Body: Sendable {
    case octets(ArraySlice<UInt8>)
    /// All octets but those at the beginning, which were the header; through the encoder where there is one.
    case stored(any StoredBody, skipping: Int, encoder: BodyEncoder?)
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
    case .stored(let stored, let skipped, nil): header.count + stored.octetCount - skipped
    case .stored: nil
    }
  }
}

extension PreparedMessage {
  /// Puts a message under the mailbox's address and into what its server takes.
  ///
  /// - Parameters:
  ///   - receivedAt: when the message was accepted; each attempt sends the same bytes.
  ///   - id: the message's own in this relay.
  ///   - keepingBcc: it is for the sender's own eyes.
  /// - Throws: `.unfitMessage`, `.needsSMTPUTF8` or `.bodyUnreadable`.
  package init(
    _ content: MessageContent, to envelope: Envelope, receivedAt: Date, id: String,
    rewrittenBy rewrite: SenderRewrite, for capabilities: Capabilities,
    keepingBcc: Bool = false
  ) async throws(TransportError) {
    let (top, scan) = try await Self.read(content)
    let received = Header(parsing: top)
    var (header, envelope) = rewrite.apply(header: received, envelope: envelope, now: receivedAt, id: id)
    if keepingBcc { for field in received.all(.bcc) { header.append(field) } }
    let upstream = TransferEncoding.Upstream(
      takes8BitMIME: capabilities.takes8BitMIME, takesSMTPUTF8: capabilities.takesSMTPUTF8)
    do {
      let body = scan ?? BodyScan(top[received.bodyStart...])
      var encoding = try TransferEncoding(header: header, envelope: envelope, body: body, upstream: upstream)
      if encoding.mustExamineBody {
        try await Self.forEachPiece(of: content, from: received.bodyStart) { encoding.examine($0) }
      }
      let fitted = try encoding.finish()
      self.init(
        envelope: envelope, header: fitted.header.serialized(),
        body: Self.body(of: content, from: received.bodyStart, fitted.encoder),
        uses8BitMIME: fitted.uses8BitMIME, usesSMTPUTF8: fitted.usesSMTPUTF8)
    } catch let refusal as TransferEncoding.Refusal {
      if case .address = refusal { throw .needsSMTPUTF8 }
      throw .unfitMessage(refusal.reply.lines.joined(separator: " "))
    } catch let error as TransportError {
      throw error
    } catch {
      throw .bodyUnreadable("\(error)")
    }
  }

  /// The header as it was received.
  package static func header(of content: MessageContent) async throws(TransportError) -> Header {
    if case .octets(let octets) = content { return Header(parsing: octets) }
    return Header(parsing: try await read(content).top)
  }

  private static func body(of content: MessageContent, from start: Int, _ encoder: BodyEncoder?) -> Body {
    switch content {
    case .stored(let stored): return .stored(stored, skipping: start, encoder: encoder)
    case .octets(let octets):
      guard var encoder else { return .octets(octets[start...]) }
      var encoded: [UInt8] = []
      encoded.reserveCapacity(octets.count * 5 / 4)
      octets[start...].withUnsafeBytes { encoder.feed($0, into: &encoded) }
      encoder.finish(into: &encoded)
      return .octets(encoded[...])
    }
  }

  /// - Returns: the message's beginning, which holds the header whole; and for a stored body a scan of it, since
  ///   all of it is read anyway.
  private static func read(_ content: MessageContent) async throws(TransportError) -> (top: [UInt8], scan: BodyScan?) {
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

  /// Hands over the octets from `start` on, piece by piece where they are not in memory.
  private static func forEachPiece(
    of content: MessageContent, from start: Int, _ take: (UnsafeRawBufferPointer) -> Void
  ) async throws(TransportError) {
    switch content {
    case .octets(let octets): octets[start...].withUnsafeBytes(take)
    case .stored(let stored):
      let pieces = StoredPieces(of: stored, from: start)
      while let piece = try await pieces.next() { piece.withUnsafeBytes(take) }
    }
  }
}

/// A stored body, piece by piece, from some octet on.
final class StoredPieces {
  private let reader: any StoredBodyReader
  private var skip: Int

  init(of stored: any StoredBody, from start: Int) {
    reader = stored.reader()
    skip = start
  }

  /// - Returns: never an empty piece; `nil` at the end.
  func next() async throws(TransportError) -> ArraySlice<UInt8>? {
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
