// Filing: APPEND into the folder, read and dated as it was sent. RFC 3501 §6.3.11, 4315, 7888, 7889.

package import Foundation
import SMTP
import Sockets
package import Transport

extension IMAPSession {
  package func file(_ copy: PreparedMessage, sentAt: Date) async throws(SentFolderError) -> FiledCopy {
    try await unlessItEnds { () async throws(SentFolderError) in
      let octets = try await size(of: copy)
      if let limit = capabilities.appendLimit, octets > limit {
        throw .refused(words: "the copy has \(octets) octets, and the server takes \(limit)")
      }
      let folder = try await existingFolder()
      let status = try await append(copy, of: octets, sentAt, to: folder)
      guard status.isOK else { throw SentFolderError(status, hiding: secrets) }
      return FiledCopy(folder: folder.readable, name: status.code?.copyName)
    }
  }

  /// Makes the folder where the mailbox has none yet.
  private func existingFolder() async throws(SentFolderError) -> FolderName {
    if let folder { return folder }
    for name in choice.namesToCreate {
      let status = try await run(Array("CREATE ".utf8) + name.quoted)
      guard status.isOK || status.code?.name == "ALREADYEXISTS" else { continue }
      // Mail programs show what is subscribed to. If it fails, the copy is there all the same.
      _ = try await run(Array("SUBSCRIBE ".utf8) + name.quoted)
      madeFolder = name
      return name
    }
    throw .noFolder
  }

  private func append(
    _ copy: PreparedMessage, of octets: Int, _ sentAt: Date, to folder: FolderName
  ) async throws(SentFolderError) -> IMAPStatus {
    let (tag, atOnce) = (nextTag(), capabilities.takesAtOnce(octets))
    var command = Array("\(tag) APPEND ".utf8) + folder.quoted
    command +=
      Array(" (\\Seen) \"".utf8) + InternalDate.octets(sentAt) + Array("\" {\(octets)\(atOnce ? "+" : "")}\r\n".utf8)
    try await line.send(command, within: timeouts.block)
    if !atOnce, let refusal = try await refusal(of: tag) { return refusal }
    try await write(copy, of: octets)
    return try await untilEnd(of: tag, within: timeouts.append)
  }

  /// - Returns: `nil` where the server waits for the literal.
  private func refusal(of tag: String) async throws(SentFolderError) -> IMAPStatus? {
    let deadline = Instant.now + timeouts.command
    while true {
      switch try await line.response(until: deadline) {
      case .continuation: return nil
      case .completed(tag: tag, let status): return status
      case .status(let status) where status.kind == .bye: throw SentFolderError(status, hiding: secrets)
      case .completed: throw .unreachable(words: "it answered to something that was not asked")
      default: break
      }
    }
  }

  /// If it throws, the line is of no use any more: the server waits for the rest.
  private func write(_ copy: PreparedMessage, of octets: Int) async throws(SentFolderError) {
    try await line.send(copy.header, within: timeouts.block)
    var written = copy.header.count
    let pieces = copy.body.pieces
    while let piece = try await next(of: pieces) {
      written += piece.count
      try await line.send(piece, within: timeouts.block)
    }
    guard written == octets else { throw .refused(words: "the message changed while it was read") }
    try await line.send(.crlf, within: timeouts.block)
  }

  /// Known without reading it, but where it is encoded on its way.
  private func size(of copy: PreparedMessage) async throws(SentFolderError) -> Int {
    if let octets = copy.octetCount { return octets }
    var octets = copy.header.count
    let pieces = copy.body.pieces
    while let piece = try await next(of: pieces) { octets += piece.count }
    return octets
  }

  private func next(of pieces: BodyPieces) async throws(SentFolderError) -> ArraySlice<UInt8>? {
    do {
      return try await pieces.next()
    } catch {
      throw .refused(words: "the message could not be read back from the disk")
    }
  }
}
