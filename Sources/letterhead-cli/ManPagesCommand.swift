// `letterhead man-pages`: what `make install` and the package put under share/man.

import ArgumentParser
import Foundation
import Letterhead

struct ManPagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man-pages", abstract: "Write the manual pages into a folder.",
    discussion: """
      One for the program and for each command, and letterhead.toml(5). Their day is SOURCE_DATE_EPOCH's, else none: the \
      same program writes the same pages.

      Example: letterhead man-pages /usr/share/man
      """,
    shouldDisplay: false)

  @Argument(
    help: ArgumentHelp("The folder; man1 and man5 are made in it.", valueName: "folder"), completion: .directory)
  var folder: String

  func run() throws {
    let edition = ManPageEdition(day: Self.day)
    let commands = try CommandDump(json: LetterheadCommand._dumpHelp())
    let pages = CommandManPages(commands, topics: LetterheadCommand.topics, edition).all
    for page in pages + [ConfigurationManPage.page(edition)] {
      let section = "\(folder)/man\(page.section)"
      try FileManager.default.createDirectory(atPath: section, withIntermediateDirectories: true)
      try Data(page.text.utf8).write(to: URL(fileURLWithPath: "\(section)/\(page.fileName)"))
    }
  }

  private static var day: String {
    guard let text = getenv("SOURCE_DATE_EPOCH").map({ String(cString: $0) }), let seconds = TimeInterval(text) else {
      return ""
    }
    return String(Date(timeIntervalSince1970: seconds).ISO8601Format().prefix(10))
  }
}
