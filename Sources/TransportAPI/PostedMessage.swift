// A message as it is posted: its header names the recipients, and its length is known to the octet.

import Diagnosis
import HTTP
import Message
import SMTP
import Transport

struct PostedMessage: Sendable {
  let header: [UInt8]
  let body: PreparedMessage.Body
  let octetCount: Int
  /// Addresses that the app has shown are not shown any more.
  let isReduced: Bool

  /// - Throws: `.unfitMessage`, `.bodyUnreadable`
  init(_ message: PreparedMessage, to recipients: [Address]) async throws(TransportError) {
    guard recipients.allSatisfy(RecipientFields.canName) else {
      throw .unfitMessage("a recipient's address cannot be written into a header")
    }
    let fields = RecipientFields(Header(parsing: message.header), naming: recipients)
    var top = fields.header
    top.dropAddressAsName()
    header = top.serialized()
    body = message.body
    isReduced = fields.isReduced
    octetCount = header.count + (try await Self.octetCount(of: message))
  }

  /// Of the body alone. What goes through an encoder is only known when it has been encoded.
  private static func octetCount(of message: PreparedMessage) async throws(TransportError) -> Int {
    if let known = message.octetCount { return known - message.header.count }
    var count = 0
    let pieces = message.body.pieces
    while let piece = try await pieces.next() { count += piece.count }
    return count
  }

  /// For one request; each further one gets its own.
  func upload(inBase64: Bool, telling progress: UploadProgress) -> HTTPRequest.Body {
    let upload = UploadBody(header, body, inBase64: inBase64, telling: progress)
    let length = inBase64 ? Base64Encoder.digitCount(of: octetCount) : octetCount
    return .pieces(length: Int64(length)) { try await upload.next() }
  }
}
