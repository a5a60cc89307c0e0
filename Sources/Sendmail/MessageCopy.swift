// A message kept until it has been taken: standard input cannot be read twice, and a relay may stop in the middle of it.
// What is large lies in a file without a name.

import Glibc
package import Platform

/// Used by one thread.
package final class MessageCopy {
  /// More than this goes to the file.
  package static let memoryOctets = 256 << 10
  private static let pieceOctets = 64 << 10

  private let folders: [String]
  private var memory: [UInt8] = []
  private var file = Descriptor(owning: -1)
  package private(set) var count = 0

  /// - Parameter folders: where a file may be made; the first that lets it.
  package init(folders: [String] = ["/var/tmp", "/tmp"]) { self.folders = folders }

  package func append(_ octets: [UInt8]) throws(SystemError) {
    count += octets.count
    memory += octets
    if memory.count > Self.memoryOctets { try moveToFile() }
  }

  /// The octets from `offset` on, or some of them; none at the end.
  package func piece(at offset: Int) throws(SystemError) -> [UInt8] {
    let inFile = count - memory.count
    if offset >= inFile { return Array(memory[(offset - inFile)...].prefix(Self.pieceOctets)) }
    guard lseek(file.number, offset, SEEK_SET) >= 0 else { throw SystemError() }
    return try file.read(atMost: min(Self.pieceOctets, inFile - offset))
  }

  private func moveToFile() throws(SystemError) {
    if file.number < 0 { file = try Self.nameless(in: folders) }
    guard lseek(file.number, 0, SEEK_END) >= 0 else { throw SystemError() }
    try file.write(memory)
    memory.removeAll(keepingCapacity: true)
  }

  private static func nameless(in folders: [String]) throws(SystemError) -> Descriptor {
    var failure = SystemError(ENOENT)
    for folder in folders {
      var path = Array("\(folder)/letterhead.XXXXXX".utf8CString)
      let file = Descriptor(owning: mkstemp(&path))
      guard file.number < 0 else {
        unlink(path)
        return file
      }
      failure = SystemError()
    }
    throw failure
  }
}
