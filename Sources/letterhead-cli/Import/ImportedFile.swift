// The configuration that an import writes.

import Foundation
import Glibc
import Import
import Letterhead
import Platform

enum ImportedFile {
  /// - Throws: `ImportFailure` where the configuration is not right. Nothing has been written then.
  static func check(_ report: ImportReport, as file: String) throws {
    do throws(ConfigurationProblems) {
      _ = try PlacedConfiguration.check(report.toml, at: file)
    } catch {
      throw ImportFailure(
        .notWritten, "What came of the import does not pass letterhead check, so nothing was written:\n\(error)")
    }
  }

  /// The file is whole at every moment. One that says something is replaced only where that is asked for, and is kept under
  /// another name; one of comments alone, as the package brings it, counts as none.
  ///
  /// - Returns: that other name.
  static func write(_ text: String, to file: String, replacing: Bool) throws -> String? {
    do throws(SystemError) {
      let found = Found(file)
      let aside = found == .content && replacing ? try keep(file) : nil
      try PlacedConfiguration.put(text, at: file, replacing: replacing || found == .comments)
      return aside
    } catch {
      guard error.code == EEXIST else { throw ImportFailure(.notWritten, "\(file) cannot be written: \(error).") }
      throw ImportFailure(
        .notWritten,
        replacing
          ? "\(file) is there and is no file, so it was left as it is. Write to another one."
          : "\(file) is there already, and was left as it is. Write to another file, or add --replace.")
    }
  }

  private static func keep(_ file: String) throws(SystemError) -> String {
    let name = FreeName.of(file, ending: ".before-import")
    guard link(file, name) == 0 else { throw SystemError() }
    return name
  }

  private enum Found {
    case nothing, comments, content, noFile

    init(_ path: String) {
      var found = stat()
      guard lstat(path, &found) == 0 else {
        self = .nothing
        return
      }
      switch found.st_mode & S_IFMT {
      case S_IFREG: self = Self.hasOnlyComments(path) ? .comments : .content
      case S_IFLNK: self = .content
      default: self = .noFile
      }
    }

    private static func hasOnlyComments(_ file: String) -> Bool {
      guard let octets = FileManager.default.contents(atPath: file) else { return false }
      return String(decoding: octets, as: UTF8.self).split(whereSeparator: \.isNewline).allSatisfy { line in
        line.first { !$0.isWhitespace } ?? "#" == "#"
      }
    }
  }
}
