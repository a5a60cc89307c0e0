// A message's body as it goes out, piece by piece, so that a large one never stands in memory whole.

package import Diagnosis
import Message

extension PreparedMessage.Body {
  /// A new walk over the body, from its beginning.
  package var pieces: BodyPieces {
    switch self {
    case .octets(let octets): BodyPieces(octets)
    case .stored(let stored, let skipped, let encoder): BodyPieces(StoredPieces(of: stored, from: skipped), encoder)
    }
  }
}

package final class BodyPieces {
  /// What is handed out at once of a body in memory.
  private static let octetsAtOnce = 64 << 10

  private var octets: ArraySlice<UInt8>
  private var stored: StoredPieces?
  private var encoder: BodyEncoder?

  init(_ octets: ArraySlice<UInt8>) {
    self.octets = octets
  }

  init(_ stored: StoredPieces, _ encoder: BodyEncoder?) {
    octets = []
    self.stored = stored
    self.encoder = encoder
  }

  /// - Returns: never an empty piece; `nil` at the end.
  /// - Throws: `.bodyUnreadable`
  package func next() async throws(TransportError) -> ArraySlice<UInt8>? {
    while octets.isEmpty, let stored {
      if let piece = try await stored.next() { octets = encoded(piece) } else { end() }
    }
    guard !octets.isEmpty else { return nil }
    let piece = octets.prefix(Self.octetsAtOnce)
    octets = octets.dropFirst(piece.count)
    return piece
  }

  private func encoded(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard encoder != nil else { return piece }
    var output: [UInt8] = []
    piece.withUnsafeBytes { encoder?.feed($0, into: &output) }
    return output[...]
  }

  private func end() {
    var tail: [UInt8] = []
    encoder?.finish(into: &tail)
    octets = tail[...]
    stored = nil
  }
}
