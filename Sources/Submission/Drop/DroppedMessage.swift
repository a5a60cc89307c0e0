// A message that letterhead-sendmail has left for the relay, opened and found whole.

import Glibc
package import Message
package import Platform

package final class DroppedMessage: Sendable {
  /// The file's owner, by the file system's word: whoever has written the message. Nothing in the file counts for that.
  package let owner: UInt32
  package let envelope: Envelope
  /// How long the message is.
  package let octets: Int

  private let file: Descriptor
  /// Where it begins in the file.
  private let start: Int

  /// The most that one reading gives.
  private static let pieceOctets = 64 << 10

  init(_ file: consuming Descriptor, owner: UInt32, head: DropHead, start: Int) {
    self.file = file
    self.owner = owner
    envelope = head.envelope
    octets = head.messageOctets
    self.start = start
  }

  /// The octets from `offset` on, or some of them; blocks while the disk is read. As somebody has written them: line ends
  /// may be of any kind, and NUL may be among them.
  ///
  /// - Parameter offset: below `octets`.
  /// - Throws: also when the file has become shorter, in which case the message must not be accepted.
  package func piece(at offset: Int) throws(SystemError) -> [UInt8] {
    let wanted = min(Self.pieceOctets, octets - offset)
    guard lseek(file.number, start + offset, SEEK_SET) >= 0 else { throw SystemError() }
    let piece = try file.read(atMost: wanted)
    if piece.isEmpty { throw SystemError(ENODATA) }
    return piece
  }
}

/// What became of a dropped message.
package enum DropVerdict: Sendable, Equatable {
  /// It is on disk in the spool: its file may go.
  case accepted
  /// Not now (no room, a limit that ends); it is handed in again after a minute.
  case later(String)
  /// Never; why. Nobody is there to be told: the file is set aside and a line is logged.
  case refused(String)
}
