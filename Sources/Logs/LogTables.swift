// The tables of docs/logs.md.

import Logging

/// The events and fields as Markdown.
package enum LogTables {
  package static var events: String {
    let rows = LoggedEvent.allCases.map { event in
      "| `\(event.rawValue)` | \(event.level.rawValue) | \(event.sentence) |"
    }
    return (["| event | level | means |", "|---|---|---|"] + rows).joined(separator: "\n")
  }

  package static var fields: String {
    let rows = LogField.allCases.map { "| `\($0.rawValue)` | \($0.sentence) |" }
    return (["| field | holds |", "|---|---|"] + rows).joined(separator: "\n")
  }

  package static var journalIDs: String {
    let rows = LoggedEvent.allCases.compactMap { event in
      event.journalID.map { "| `\(event.rawValue)` | `\($0)` |" }
    }
    return (["| event | MESSAGE_ID |", "|---|---|"] + rows).joined(separator: "\n")
  }
}
