// `letterhead queue`: sees and steers the spool.

import ArgumentParser

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "See and steer the mail that waits.",
    discussion: """
      For administrators; list, show and export tell everybody else of the mail that he has handed in himself. Works \
      whether or not the relay is running.

      What a listing with --entity, --app, --recipient, --older-than and --state shows is what retry, hold, release and \
      delete change with the same options.

      Exit codes:
        0  done, also where the options fit no message
        1  a message that is named is not there, or in no state for that; what could
           be done for the others was done

      Examples:
        letterhead queue --entity acme --older-than 1h
        letterhead queue show 17
        letterhead queue retry --all
        letterhead queue hold --entity acme
        letterhead queue delete --state failed --older-than 7d
      """,
    subcommands: [
      QueueList.self, QueueDamaged.self, QueueShow.self, QueueExport.self, QueueRetry.self, QueueHold.self,
      QueueRelease.self, QueueResolve.self, QueueDelete.self,
    ],
    defaultSubcommand: QueueList.self)
}
