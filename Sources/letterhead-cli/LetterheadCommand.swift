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
      does not. `letterhead --version --json` also names the libraries. Exit codes: 0 done, 1 it did not work (the reason \
      is on standard error), 64 the command was written wrongly, 75 it waits for an administrator's approval, 78 (serve) \
      nothing is configured yet. `letterhead status` has its own: see its help.
      """,
    version: Version.current,
    subcommands: [
      SetupCommand.self, ImportCommand.self, Serve.self, Check.self, Connect.self, Reconnect.self, Disconnect.self,
      Test.self,
      StatusCommand.self, MetricsCommand.self,
      QueueCommand.self, SentCommand.self, TraceCommand.self, AppCommand.self, Who.self, RouteCommand.self,
      ProvidersCommand.self, Explain.self, Requests.self, Approve.self, Deny.self, Audit.self,
      Doctor.self, SupportBundleCommand.self, BackupCommand.self, RestoreCommand.self,
      KeyCommand.self, RefreshToken.self, TroubleshootingCommand.self, ManPagesCommand.self, LogTablesCommand.self,
    ])
}
