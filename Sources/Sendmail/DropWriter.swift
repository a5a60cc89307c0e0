// Leaves a message where the relay will look for it. It is on disk, name and all, when this returns.

import CLinux
import Glibc
package import Message
package import Platform

package struct DropWriter: Sendable {
  private let folder: String

  package init(folder: String) { self.folder = folder }

  package func write(_ message: MessageCopy, to envelope: Envelope) throws(SystemError) {
    let name = DropName.random()
    let unfinished = "\(folder)/\(DropName.whileWritten(name))"
    let file = try Descriptor.open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    do throws(SystemError) {
      try fill(file, with: message, envelope)
      guard rename(unfinished, "\(folder)/\(name)") == 0 else { throw SystemError() }
    } catch {
      unlink(unfinished)
      throw error
    }
    try makeNameDurable(of: file)
  }

  private func fill(
    _ file: borrowing Descriptor, with message: MessageCopy, _ envelope: Envelope
  ) throws(SystemError) {
    try file.write(DropHead(envelope: envelope, messageOctets: message.count).octets)
    var offset = 0
    while offset < message.count {
      let piece = try message.piece(at: offset)
      if piece.isEmpty { throw SystemError(EIO) }
      try file.write(piece)
      offset += piece.count
    }
    // The relay's user must be able to read it. Others may as well, if they can guess 128 bits.
    guard fchmod(file.number, 0o644) == 0 else { throw SystemError() }
    try file.synchronize()
  }

  /// Nobody but the relay may open the folder for reading, and without that it cannot be synchronized by itself: then
  /// the whole file system is.
  private func makeNameDurable(of file: borrowing Descriptor) throws(SystemError) {
    do throws(SystemError) {
      try Descriptor.open(folder, O_RDONLY | O_DIRECTORY).synchronize()
    } catch {
      guard syncfs(file.number) == 0 else { throw SystemError() }
    }
  }
}
