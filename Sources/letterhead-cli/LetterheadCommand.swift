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

        mkdir -p /etc/letterhead
        letterhead check --example > /etc/letterhead/letterhead.toml
        letterhead check
        letterhead connect acme --smtp smtp.acme.example \\
          --address office@acme.example --password-file -
        letterhead serve

      Every command takes --config FILE and --help. Exit codes: 0 done, 1 it did not work (the reason is on standard \
      error), 64 the command was written wrongly, 75 it waits for an administrator's approval. `letterhead status` has its own: see its help.
      """,
    version: Version.current,
    subcommands: [
      Serve.self, Check.self, Connect.self, Reconnect.self, Disconnect.self, Test.self, StatusCommand.self,
      QueueCommand.self, AppCommand.self, Who.self, RouteCommand.self,
      ProvidersCommand.self, Explain.self, Requests.self, Approve.self, Deny.self, Audit.self,
      RefreshToken.self, TroubleshootingCommand.self,
    ])
}
