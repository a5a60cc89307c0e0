// The configuration that an import writes.

import Foundation
import Glibc
import Import
import Letterhead

enum ImportedFile {
  /// - Throws: `CommandFailure` where the configuration is not right. Nothing has been written then.
  static func check(_ report: ImportReport, as file: String) throws {
    do throws(ConfigurationProblems) {
      _ = try Configuration.parse(report.toml, file: file)
    } catch {
      throw CommandFailure("What came of the import does not pass letterhead check, so nothing was written:\n\(error)")
    }
  }

  /// A file that is replaced is there whole at every moment, the old one or the new one.
  static func write(_ text: String, to file: String, replacing: Bool) throws {
    let path = replacing ? "\(file).new" : file
    let number = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (replacing ? O_TRUNC : O_EXCL), 0o644)
    if number < 0, errno == EEXIST {
      throw CommandFailure("\(file) is there already, and was left as it is. Write to another file, or add --replace.")
    }
    guard number >= 0, isWritten(text, to: number), !replacing || rename(path, file) == 0 else {
      throw CommandFailure("\(file) cannot be written: \(String(cString: strerror(errno))).")
    }
  }

  /// Closes the file.
  private static func isWritten(_ text: String, to number: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
      guard count > 0 else {
        close(number)
        return false
      }
      rest = rest.dropFirst(count)
    }
    let isOnDisk = fsync(number) == 0
    return close(number) == 0 && isOnDisk
  }
}
