// A configuration that a command has written: first it must be right together with `conf.d`, then it is put in its place.

import Foundation
import Glibc
package import Platform

package enum PlacedConfiguration {
  /// - Returns: what `letterhead check` makes of `text` at `path`, with the parts that are there already.
  package static func check(_ text: String, at path: String) throws(ConfigurationProblems) -> Configuration {
    try Configuration.parse([ConfigurationText(file: path, text: text)] + ConfigurationText.parts(beside: path))
  }

  /// Puts the file there, with the folders above it, whole at every moment. Everybody may read it, for nothing in it is
  /// secret and `letterhead-sendmail` of each user needs it; a file that is replaced keeps its rights and its owner. A link
  /// is not followed.
  ///
  /// - Throws: `EEXIST` where something is that must not be replaced, or that is no file.
  package static func put(_ text: String, at path: String, replacing: Bool) throws(SystemError) {
    try makeFolder(of: path)
    let octets = Array(text.utf8)
    guard replacing else {
      return try octets.with { octets throws(SystemError) in
        try AtomicFile.create(path, with: octets, mode: usualMode)
      }
    }
    var found = stat()
    let isThere = lstat(path, &found) == 0
    let isFile = isThere && found.st_mode & S_IFMT == S_IFREG
    if isThere, !isFile, found.st_mode & S_IFMT != S_IFLNK { throw SystemError(EEXIST) }
    try octets.with { octets throws(SystemError) in
      try AtomicFile.replace(path, with: octets, mode: isFile ? found.st_mode & 0o777 : usualMode, isDurable: true)
    }
    if isFile { lchown(path, found.st_uid, found.st_gid) }
  }

  private static let usualMode: mode_t = 0o644

  private static func makeFolder(of path: String) throws(SystemError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard makeDirectories(folder, mode: 0o755) == 0 || errno == EEXIST else { throw SystemError() }
  }
}

extension [UInt8] {
  fileprivate func with(_ body: (UnsafeRawBufferPointer) throws(SystemError) -> Void) throws(SystemError) {
    try withUnsafeBufferPointer { octets throws(SystemError) in try body(UnsafeRawBufferPointer(octets)) }
  }
}
