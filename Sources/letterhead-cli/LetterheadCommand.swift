// The command line: one file a subcommand.

import ArgumentParser

@main
struct LetterheadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "letterhead", abstract: "A local SMTP relay that sends through the company's own mailbox.")
}
