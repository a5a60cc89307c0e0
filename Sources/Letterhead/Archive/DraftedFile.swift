// A file that appears under its name only when it is whole, and never in the place of another one.

import Glibc
package import Platform

package struct DraftedFile: Sendable {
  package let path: String
  private var draft: String { path + ".part" }

  private var taken: BackupError { .exists(path: path, aside: FreeName.of(path, ending: ".old")) }

  /// - Throws: `.exists` where the file, or the draft of another process, is there.
  package init(at path: String) throws(BackupError) {
    self.path = path
    if access(path, F_OK) == 0 { throw taken }
  }

  /// - Returns: the draft, mode 0600, open for writing.
  package func open() throws(BackupError) -> Descriptor {
    do throws(SystemError) {
      return try Descriptor.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    } catch {
      throw error.code == EEXIST ? .draftExists(path: draft) : .unwritable(path: draft, error)
    }
  }

  /// The draft takes its name.
  package func keep() throws(BackupError) {
    if access(path, F_OK) == 0 { throw taken }
    guard rename(draft, path) == 0 else { throw .unwritable(path: path, SystemError()) }
    try? AtomicFile.synchronizeDirectory(of: path)
  }

  package func discard() { unlink(draft) }
}
