// Writes a tar archive of this program's own files, and the sums of all of them as its last file, in the form that
// `sha256sum --check` reads.

import Cryptography
package import Foundation
package import Platform

package struct ArchiveWriter: ~Copyable {
  static let sums = "SHA256SUMS"

  private let file: Descriptor
  private let modified: Int64
  private var lines: [String] = []

  /// - Parameter file: open for writing, and empty.
  package init(_ file: consuming Descriptor, at now: Date) {
    self.file = file
    modified = Int64(now.timeIntervalSince1970)
  }

  package mutating func add(_ name: String, _ octets: [UInt8]) throws(SystemError) {
    try write(name, octets)
    note(SHA256.digest(of: octets), of: name)
  }

  package mutating func add(_ name: String, _ text: String) throws(SystemError) { try add(name, Array(text.utf8)) }

  /// - Parameter path: of a file that nobody changes meanwhile.
  package mutating func add(_ name: String, fileAt path: String) throws(SystemError) {
    let source = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
    var found = stat()
    guard fstat(source.number, &found) == 0 else { throw SystemError() }
    let header = TarHeader(name: name, octetCount: Int64(found.st_size), modified: modified)
    try file.write(header.block)
    let stream = SHA256Stream()
    var rest = header.octetCount
    while rest > 0 {
      let piece = try source.read(atMost: Int(min(rest, 1 << 20)))
      guard !piece.isEmpty else { throw SystemError(EIO) }
      try file.write(piece)
      stream.update(piece)
      rest -= Int64(piece.count)
    }
    try file.write([UInt8](repeating: 0, count: header.padding))
    note(stream.digest(), of: name)
  }

  /// The archive is whole and on disk when this returns.
  package consuming func finish() throws(SystemError) {
    try write(Self.sums, Array((lines.joined(separator: "\n") + "\n").utf8))
    try file.write([UInt8](repeating: 0, count: 2 * TarHeader.blockOctets))
    try file.synchronize()
  }

  private func write(_ name: String, _ octets: [UInt8]) throws(SystemError) {
    let header = TarHeader(name: name, octetCount: Int64(octets.count), modified: modified)
    try file.write(header.block + octets + [UInt8](repeating: 0, count: header.padding))
  }

  private mutating func note(_ digest: [UInt8], of name: String) { lines.append("\(hexadecimal(digest))  \(name)") }
}

/// As `sha256sum` writes it.
func hexadecimal(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
