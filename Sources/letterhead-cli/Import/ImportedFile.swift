// The configuration that an import writes.

import Foundation
import Glibc
import Import
import Letterhead
import Platform

enum ImportedFile {
  /// - Throws: `CommandFailure` where the configuration is not right. Nothing has been written then.
  static func check(_ report: ImportReport, as file: String) throws {
    do throws(ConfigurationProblems) {
      _ = try Configuration.parse(report.toml, file: file)
    } catch {
      throw CommandFailure("What came of the import does not pass letterhead check, so nothing was written:\n\(error)")
    }
  }

  /// The file is whole at every moment, the old one or the new one. One that says something is replaced only where that is
  /// asked for, and keeps its content under another name; one of comments alone, as the package brings it, counts as none.
  ///
  /// - Returns: that other name.
  static func write(_ text: String, to file: String, replacing: Bool) throws -> String? {
    var aside: String?
    do throws(SystemError) {
      if try says(file) {
        guard replacing else { throw SystemError(EEXIST) }
        let name = FreeName.of(file, ending: ".before-import")
        guard link(file, name) == 0 else { throw SystemError() }
        aside = name
      }
      var found = stat()
      let mode = stat(file, &found) == 0 ? found.st_mode & 0o777 : 0o644
      let result = Array(text.utf8).withUnsafeBytes { octets in
        Result { () throws(SystemError) in
          try AtomicFile.replace(file, with: octets, mode: mode, isDurable: true)
        }
      }
      try result.get()
    } catch {
      throw CommandFailure(
        error.code == EEXIST && !replacing
          ? "\(file) is there already, and was left as it is. Write to another file, or add --replace."
          : "\(file) cannot be written: \(error).")
    }
    return aside
  }

  /// Whether there is more in it than comments.
  private static func says(_ file: String) throws(SystemError) -> Bool {
    guard access(file, F_OK) == 0 else { return false }
    guard let octets = FileManager.default.contents(atPath: file) else { throw SystemError() }
    return String(decoding: octets, as: UTF8.self).split(whereSeparator: \.isNewline).contains { line in
      !line.allSatisfy(\.isWhitespace) && line.first { !$0.isWhitespace } != "#"
    }
  }
}
