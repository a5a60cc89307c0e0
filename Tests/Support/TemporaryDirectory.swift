// A directory of one test's own, gone when the test lets go of it.

internal import Foundation

/// Private (0700) and short, because UNIX sockets may stand below it. Removed at deinit.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    var template = Array("/tmp/lh-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file below it and returns its path.
  @discardableResult
  package func write(_ content: some Sequence<UInt8>, to name: String, mode: Int = 0o600) throws -> String {
    let path = path(name)
    try Data(content).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  @discardableResult
  package func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
    try write(text.utf8, to: name, mode: mode)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
