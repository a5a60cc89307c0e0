// Why a file in the drop folder is not taken. The folder is open to everybody: what lies in it may be a trap.

import Glibc
import Message
import Platform

enum DropFault: Error, Equatable {
  /// A link, a FIFO, a device, a folder.
  case notAFile
  /// It has another name elsewhere: somebody may have put another user's file here.
  case linked
  case tooLarge
  case unreadable(SystemError)
  /// The file system knows its owner, this host's user database cannot: a user of a container.
  case unknownOwner
  /// It is no message, or not written by our program.
  case malformed
  /// It is still being written, or its writer has died.
  case unfinished
}

extension DropFault: CustomStringConvertible {
  var description: String {
    switch self {
    case .notAFile: "not a regular file"
    case .linked: "it has a second name"
    case .tooLarge: "larger than max_message_bytes"
    case .unreadable(let error): "cannot be read: \(error)"
    case .unknownOwner: "its owner is no user of this host"
    case .malformed: "not a message of letterhead-sendmail"
    case .unfinished: "not whole"
    }
  }
}

extension DroppedMessage {
  /// Opens a file and looks whether it may be taken.
  ///
  /// - Parameter limit: of the message's octets.
  static func open(_ path: String, limit: Int) throws(DropFault) -> DroppedMessage {
    let file: Descriptor
    // O_NONBLOCK: a FIFO must not keep this thread waiting.
    do throws(SystemError) { file = try .open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) } catch {
      throw error.code == ELOOP || error.code == ENXIO ? .notAFile : .unreadable(error)
    }
    var found = stat()
    guard fstat(file.number, &found) == 0 else { throw .unreadable(SystemError()) }
    try check(found, limit: limit)
    let beginning: [UInt8]
    do throws(SystemError) { beginning = try file.read(atMost: DropHead.maximumOctets) } catch {
      throw .unreadable(error)
    }
    let (head, start) = try head(of: beginning, fileOctets: Int(found.st_size))
    guard head.messageOctets <= limit else { throw .tooLarge }
    return DroppedMessage(file, owner: found.st_uid, head: head, start: start)
  }

  static func check(_ found: stat, limit: Int) throws(DropFault) {
    guard found.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    guard found.st_nlink == 1 else { throw .linked }
    guard found.st_size <= limit + DropHead.maximumOctets else { throw .tooLarge }
    guard found.st_uid != overflowUser else { throw .unknownOwner }
  }

  /// Whom the kernel names where it cannot name the owner (/proc/sys/kernel/overflowuid, which nobody changes).
  private static var overflowUser: uid_t { 65_534 }

  private static func head(of beginning: [UInt8], fileOctets: Int) throws(DropFault) -> (DropHead, Int) {
    do throws(DropHead.Defect) {
      let (head, length) = try DropHead.parse(beginning[...])
      guard length + head.messageOctets == fileOctets else { throw DropHead.Defect.unended }
      return (head, length)
    } catch {
      throw error == .unended ? .unfinished : .malformed
    }
  }
}
