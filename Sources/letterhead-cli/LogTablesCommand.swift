// `letterhead log-tables`: prints a table of docs/logs.md. For `make docs`.

import ArgumentParser
import Logs

struct LogTablesCommand: ParsableCommand {
  enum Table: String, ExpressibleByArgument, CaseIterable { case events, fields, ids }

  static let configuration = CommandConfiguration(
    commandName: "log-tables", abstract: "Print the events of the log, its fields, or the journal's ids, as Markdown.",
    shouldDisplay: false)

  @Argument var table: Table

  func run() {
    switch table {
    case .events: print(LogTables.events)
    case .fields: print(LogTables.fields)
    case .ids: print(LogTables.journalIDs)
    }
  }
}
