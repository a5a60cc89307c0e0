// The command line: one file a subcommand.

import ArgumentParser
import Letterhead

struct LetterheadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "letterhead",
    abstract: "A local SMTP relay that sends through the company's own mailbox.",
    discussion: """
      Apps speak plain SMTP to this host; Letterhead puts the company's address on each message and sends it through \
      the one mailbox that is connected. First steps:

        letterhead setup
        letterhead status

      Every command takes --config FILE and --help; LETTERHEAD_CONFIG in the environment names the file where --config \
      does not. Listings take --json. `letterhead --version --json` also names the libraries. Each command's help tells \
      with which exit codes it ends, where that is more than these.

      Exit codes:
        0   done
        1   it did not work; the reason is on standard error
        64  the command was written wrongly
        75  of connect, reconnect and disconnect: the request is filed, and waits for
            an administrator's approval
        78  of serve: nothing is configured yet
      """,
    version: Version.current,
    groupedSubcommands: [
      CommandGroup(
        name: "To begin with",
        subcommands: [SetupCommand.self, ImportCommand.self, Check.self, ProvidersCommand.self, Serve.self]),
      CommandGroup(name: "Mailboxes", subcommands: [Connect.self, Reconnect.self, Disconnect.self, Test.self]),
      CommandGroup(name: "Mail", subcommands: [QueueCommand.self, SentCommand.self, TraceCommand.self]),
      CommandGroup(name: "Apps that send", subcommands: [AppCommand.self, Who.self, RouteCommand.self]),
      CommandGroup(
        name: "Watching, and finding what is wrong",
        subcommands: [
          StatusCommand.self, MetricsCommand.self, Doctor.self, Explain.self, SupportBundleCommand.self,
        ]),
      CommandGroup(name: "Approvals", subcommands: [Requests.self, Approve.self, Deny.self, Audit.self]),
      CommandGroup(name: "The state", subcommands: [BackupCommand.self, RestoreCommand.self, KeyCommand.self]),
      // Nobody types them. Outside a group they would be the first of all.
      CommandGroup(
        name: "For the relay and the build",
        subcommands: [RefreshToken.self, TroubleshootingCommand.self, ManPagesCommand.self, LogTablesCommand.self]),
    ])

  /// The groups that people are told of.
  static var topics: [CommandTopic] {
    configuration.groupedSubcommands.compactMap { group in
      let shown = group.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
      return shown.isEmpty ? nil : CommandTopic(group.name, shown)
    }
  }
}
