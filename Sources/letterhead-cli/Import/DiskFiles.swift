// The old system's files, from the disk. They are only read.

import Foundation
import Import
import Platform

enum DiskFiles {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static let reader = ForeignFiles { path in
    // Not a pipe, for whose writer one would wait.
    let number = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else {
      return errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
    }
    defer { close(number) }
    var facts = stat()
    guard fstat(number, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return .unreadable("it is no file") }
    guard facts.st_size <= ForeignFiles.sizeLimit else { return .tooLarge }
    return contents(of: number, mode: facts.st_mode & 0o7777)
  }

  private static func contents(of number: Int32, mode: UInt32) -> ForeignFiles.Contents {
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while octets.count <= ForeignFiles.sizeLimit {
      let count = read(number, &buffer, buffer.count)
      if count < 0 { return .unreadable(String(cString: strerror(errno))) }
      if count == 0 { return .octets(octets, mode: mode) }
      octets += buffer.prefix(count)
    }
    return .tooLarge
  }
}
