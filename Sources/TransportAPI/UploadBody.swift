// A message on its way up, piece by piece: its header, then its body as it is read from the spool, in base64 where that is
// wanted. One piece at a time is in memory.

import Message
import Transport

actor UploadBody {
  private var header: [UInt8]
  private let pieces: BodyPieces
  private var encoder: Base64Encoder?

  init(_ header: [UInt8], _ body: PreparedMessage.Body, inBase64: Bool) {
    self.header = header
    pieces = body.pieces
    encoder = inBase64 ? Base64Encoder() : nil
  }

  /// - Returns: never an empty piece; `nil` at the end.
  func next() async throws -> [UInt8]? {
    while let piece = try await rawPiece() {
      let encoded = encoder?.feed(piece) ?? Array(piece)
      if !encoded.isEmpty { return encoded }
    }
    let tail = encoder?.finish() ?? []
    return tail.isEmpty ? nil : tail
  }

  private func rawPiece() async throws -> ArraySlice<UInt8>? {
    guard header.isEmpty else {
      defer { header = [] }
      return header[...]
    }
    return try await pieces.next()
  }
}
