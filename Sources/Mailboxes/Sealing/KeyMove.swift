// Moving the key of saved sign-ins out of the state directory, into the service manager's keeping. It is copied first. Here it
// is deleted only when a relay has been started with the copy, so a power cut in between leaves two keys and never none.

import Glibc
import Platform

/// The key of one state directory, on its way.
package struct KeyMove: Sendable {
  private let directory: StateDirectory
  private let file: KeyFile

  /// - Throws: `.directory` where there is no state directory.
  package init(in path: String) throws(StoreError) {
    directory = try inStateDirectory { () throws(StateDirectoryError) in try StateDirectory(existing: path) }
    file = KeyFile(in: directory, credentials: nil)
  }

  /// Whether a relay has been started with a key as a credential.
  package var isTaken: Bool { access(directory.file("key.credential"), F_OK) == 0 }

  /// The key as it lies in the state directory. Makes one where nothing has been sealed yet.
  ///
  /// - Returns: `nil` when it has left the state directory.
  package func key() throws(StoreError) -> Secret? {
    if let key = try file.read().first { return key }
    return isTaken ? nil : try file.make().first
  }

  /// To be called when the service manager's copy has been compared with `key()`.
  package func deleteKey() throws(StoreError) {
    let path = directory.file("key")
    guard unlink(path) == 0 || errno == ENOENT else { throw .unusable(path: path, reason: "\(SystemError())") }
    try inStateDirectory { () throws(StateDirectoryError) in try directory.synchronize() }
  }
}
