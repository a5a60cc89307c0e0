// Reads an archive that ArchiveWriter has made, and believes none of it: a file that is cut off, changed or put together by
// somebody else is refused before anybody looks at its content.

import Cryptography
import Glibc
package import Platform

/// Why a file is not read as an archive.
package enum ArchiveError: Error, Equatable, Sendable {
  case unreadable(SystemError)
  /// What was read could not be written where it was to go.
  case unwritable(SystemError)
  /// It is no tar archive, or holds something else than regular files.
  case notAnArchive
  /// It ends before its sums.
  case cutOff
  /// A file in it is not what its sum says, or has none.
  case changed(name: String)
}

package struct ArchiveReader: ~Copyable {
  package struct Entry: Equatable, Sendable {
    package let name: String
    package let octetCount: Int64
    fileprivate let offset: Int64
  }

  private let file: Descriptor
  /// In the archive's order, without the sums.
  package let entries: [Entry]
  private let sums: [String: String]

  /// Reads all heads, and no content but the sums.
  package init(_ file: consuming Descriptor) throws(ArchiveError) {
    let all = try Self.entries(of: file)
    guard let last = all.last, last.name == ArchiveWriter.sums, last.octetCount < 64 << 20 else { throw .cutOff }
    let text = String(decoding: try Self.read(file, last, atMost: Int(last.octetCount)), as: UTF8.self)
    var sums: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { sums[parts[1].trimmingPrefix(" ").description] = String(parts[0]) }
    }
    self.sums = sums
    entries = all.dropLast()
    self.file = file
  }

  private static func entries(of file: borrowing Descriptor) throws(ArchiveError) -> [Entry] {
    var found = stat()
    guard fstat(file.number, &found) == 0 else { throw .unreadable(SystemError()) }
    guard found.st_mode & S_IFMT == S_IFREG else { throw .notAnArchive }
    let end = Int64(found.st_size)
    var entries: [Entry] = []
    var place: Int64 = 0
    while place + Int64(TarHeader.blockOctets) <= end {
      let block = try read(file, at: place, TarHeader.blockOctets)
      if block.allSatisfy({ $0 == 0 }) { return entries }
      guard let header = TarHeader(block: block) else { throw .notAnArchive }
      place += Int64(TarHeader.blockOctets)
      guard header.octetCount <= end - place else { throw .cutOff }
      entries.append(Entry(name: header.name, octetCount: header.octetCount, offset: place))
      place += header.octetCount + Int64(header.padding)
    }
    throw entries.isEmpty ? .notAnArchive : .cutOff
  }

  package func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

  /// - Returns: the first octets.
  package func beginning(of entry: Entry, atMost count: Int) throws(ArchiveError) -> [UInt8] {
    try Self.read(file, entry, atMost: count)
  }

  /// Passes the whole content on in pieces.
  ///
  /// - Throws: `.changed` after the last piece where it is not what its sum says.
  package func read(
    _ entry: Entry, _ each: ([UInt8]) throws(SystemError) -> Void
  ) throws(ArchiveError) {
    let stream = SHA256Stream()
    var done: Int64 = 0
    while done < entry.octetCount {
      let piece = try Self.read(file, at: entry.offset + done, Int(min(entry.octetCount - done, 1 << 20)))
      guard !piece.isEmpty else { throw .cutOff }
      do throws(SystemError) { try each(piece) } catch { throw .unwritable(error) }
      stream.update(piece)
      done += Int64(piece.count)
    }
    guard sums[entry.name] == hexadecimal(stream.digest()) else { throw .changed(name: entry.name) }
  }

  private static func read(
    _ file: borrowing Descriptor, _ entry: Entry, atMost count: Int
  ) throws(ArchiveError) -> [UInt8] {
    try read(file, at: entry.offset, Int(min(Int64(count), entry.octetCount)))
  }

  private static func read(
    _ file: borrowing Descriptor, at place: Int64, _ count: Int
  ) throws(ArchiveError) -> [UInt8] {
    guard lseek(file.number, off_t(place), SEEK_SET) >= 0 else { throw .unreadable(SystemError()) }
    do throws(SystemError) { return try file.read(atMost: count) } catch { throw .unreadable(error) }
  }
}
