// A client assertion that something else on this host keeps fresh in a file: Kubernetes, a cloud's agent, SPIFFE. RFC 7523
// §2.2. Read anew for each request, because it lives an hour or less.

import Cryptography
import FoundationEssentials
import Glibc
import Mailboxes
import Platform

struct AssertionFile {
  /// In octets: many times the size of those that identity providers take.
  static let longest = 64 << 10

  let path: String

  /// Blocks the thread: the file may be on any file system.
  func read(now: Date) throws(ClientProofFault.FileFault) -> Secret {
    let assertion = try octets().trimmingLineEnds
    guard !assertion.isEmpty else { throw .empty }
    guard assertion.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notAnAssertion }
    if let end = Self.end(of: String(decoding: assertion, as: UTF8.self)), end <= now { throw .expired(end) }
    return Secret(octets: assertion)
  }

  /// When it ends, where it is a JWT that says so.
  static func end(of assertion: String) -> Date? {
    struct Claims: Decodable { let exp: Double? }
    let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let claims = Base64URL.decode(String(parts[1])) else { return nil }
    let exp = (try? JSONDecoder().decode(Claims.self, from: Data(claims)))?.exp
    return exp.flatMap { (0...253_402_300_799).contains($0) ? Date(timeIntervalSince1970: $0) : nil }
  }

  private func octets() throws(ClientProofFault.FileFault) -> [UInt8] {
    var found = stat()
    var octets: [UInt8] = []
    do throws(SystemError) {
      // O_NONBLOCK: a FIFO must not block this thread before it is refused. Links are followed: Kubernetes renews by one.
      let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
      guard fstat(file.number, &found) == 0 else { throw SystemError() }
      if found.isRegularFile { octets = try file.read(atMost: Self.longest + 1) }
    } catch {
      throw error.code == ENOENT ? .missing : .unreadable("\(error)")
    }
    guard found.isRegularFile else { throw .notRegular }
    guard found.st_mode & S_IWOTH == 0 else { throw .writableByAll }
    guard octets.count <= Self.longest else { throw .tooLong(limit: Self.longest) }
    return octets
  }
}

extension stat {
  fileprivate var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
}

extension [UInt8] {
  /// Without the blanks and line ends around it, which editors and `echo` leave.
  var trimmingLineEnds: [UInt8] {
    let isBlank: (UInt8) -> Bool = { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return []
    }
    return Array(self[first...last])
  }
}
