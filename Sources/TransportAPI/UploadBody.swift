// A message on its way up, piece by piece: its header, then its body as it is read from the spool, in base64 where that is
// wanted. One piece at a time is in memory.

import Message
import Synchronization
import Transport

actor UploadBody {
  private var header: [UInt8]
  private let pieces: BodyPieces
  private var encoder: Base64Encoder?
  private let progress: UploadProgress

  init(_ header: [UInt8], _ body: PreparedMessage.Body, inBase64: Bool, telling progress: UploadProgress) {
    self.header = header
    self.progress = progress
    pieces = body.pieces
    encoder = inBase64 ? Base64Encoder() : nil
  }

  /// - Returns: never an empty piece; `nil` at the end.
  func next() async throws -> [UInt8]? {
    let piece = try await encodedPiece()
    if piece != nil { progress.handOver() }
    return piece
  }

  private func encodedPiece() async throws -> [UInt8]? {
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

/// When the last piece of a message was asked for, which is when it went on its way.
final class UploadProgress: Sendable {
  private let moment = Mutex<ContinuousClock.Instant?>(nil)

  /// `nil`: nothing was asked for.
  var lastPieceAt: ContinuousClock.Instant? { moment.withLock { $0 } }

  func handOver() { moment.withLock { $0 = .now } }
}
