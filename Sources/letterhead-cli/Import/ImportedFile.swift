// The configuration that an import writes.

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

  static func write(_ text: String, to file: String, replacing: Bool) throws {
    do throws(SystemError) {
      try PlacedConfiguration.put(text, at: file, replacing: replacing)
    } catch {
      guard error.code == EEXIST else { throw ImportFailure(.notWritten, "\(file) cannot be written: \(error).") }
      throw ImportFailure(
        .notWritten,
        replacing
          ? "\(file) is there and is no file, so it was left as it is. Write to another one."
          : "\(file) is there already, and was left as it is. Write to another file, or add --replace.")
    }
  }
}
