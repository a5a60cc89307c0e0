// One line an event, `level=info msg="…" key=value`, on standard error, where systemd and people expect it.

package import Logging

import Foundation
import Platform

/// Writes logfmt lines. The time is left out where the journal adds its own (`JOURNAL_STREAM` is set).
package struct LogfmtHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level
  private let isInJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil

  package init(from level: Logger.Level = .info) { logLevel = level }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var line: [UInt8] = []
    line.reserveCapacity(400)
    if !isInJournal { Self.append("time", Date().formatted(Self.time), to: &line) }
    Self.append("level", event.level.rawValue, to: &line)
    Self.append("msg", event.message.description, to: &line)
    let own = event.metadata ?? [:]
    let all = metadata.isEmpty ? own : metadata.merging(own) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { Self.append(key, value.description, to: &line) }
    line.append(UInt8(ascii: "\n"))
    // One write a line keeps the lines of several threads apart.
    line.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  private static func append(_ key: String, _ value: String, to line: inout [UInt8]) {
    if !line.isEmpty { line.append(UInt8(ascii: " ")) }
    line.append(contentsOf: key.utf8)
    line.append(UInt8(ascii: "="))
    line.append(contentsOf: quoted(value).utf8)
  }

  /// The text alone where that is unambiguous, else in quotes. What steers a terminal is escaped, so that no text can
  /// forge a line.
  static func quoted(_ text: String) -> String {
    let isBare =
      !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C && $0 < 0x7F }
    if isBare { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: if scalar.steers { result += scalar.visible } else { result.unicodeScalars.append(scalar) }
      }
    }
    return result + "\""
  }
}
