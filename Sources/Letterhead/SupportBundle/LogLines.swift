// The last lines of the relay's log, of the journal or of a file, for a support bundle. What is shown of a line is decided by
// ShownLogLine, wherever it comes from.

import Foundation
import Glibc
package import Platform

package struct LogLines: Sendable {
  struct RawLogLine: Equatable, Sendable {
    let text: String
    /// Of the journal; `nil`: the line says it itself.
    var time: String?
  }

  static let most = 2000
  /// So much of the end of a file is read.
  private static let mostOctets = 16 << 20

  let lines: [RawLogLine]
  /// For the page that has no lines.
  private let absence: String

  /// The journal's. Blocks, for some seconds at most.
  package static func ofJournal() -> LogLines {
    let words = ["-u", "letterhead", "-n", "\(most)", "-o", "json", "--output-fields=MESSAGE"]
    let octets = ShortCommand.output(of: "journalctl", words, within: .seconds(10), most: mostOctets) ?? []
    let lines = String(decoding: octets, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap(entry)
    return LogLines(
      lines: lines, absence: "No journal answers here, or it has no lines. A log in a file is read with --log FILE.\n")
  }

  /// - Parameter path: of a file of log lines.
  /// - Throws: what keeps it from being read, or `EINVAL` where it is no file.
  package init(endOf path: String) throws(SystemError) {
    // A pipe would be waited for.
    let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
    var found = stat()
    guard fstat(file.number, &found) == 0 else { throw SystemError() }
    guard found.st_mode & S_IFMT == S_IFREG else { throw SystemError(EINVAL) }
    let start = max(0, found.st_size - Self.mostOctets)
    guard lseek(file.number, start, SEEK_SET) >= 0 else { throw SystemError() }
    self.init(text: String(decoding: try file.read(atMost: Self.mostOctets), as: UTF8.self), isWhole: start == 0)
  }

  /// - Parameter isWhole: the first line has its beginning.
  init(text: String, isWhole: Bool) {
    let all = text.split(whereSeparator: \.isNewline).dropFirst(isWhole ? 0 : 1)
    self.init(lines: all.suffix(Self.most).map { RawLogLine(text: String($0)) }, absence: "The file has no events.\n")
  }

  private init(lines: [RawLogLine], absence: String) {
    self.lines = lines
    self.absence = absence
  }

  func text(_ digest: AddressDigest) -> String {
    let shown = ShownLogLine(digest: digest)
    let texts = lines.compactMap { shown.shown($0.text, at: $0.time) }
    return texts.isEmpty ? absence : texts.joined(separator: "\n") + "\n"
  }

  private static func entry(_ line: some StringProtocol) -> RawLogLine? {
    guard let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
      let message = entry["MESSAGE"] as? String
    else { return nil }
    let microseconds = (entry["__REALTIME_TIMESTAMP"] as? String).flatMap(Double.init)
    let time = microseconds.map { Date(timeIntervalSince1970: ($0 / 1_000_000).rounded()).formatted(.iso8601) }
    return RawLogLine(text: message, time: time)
  }
}
