// `letterhead queue damaged`: what the queue's database could not read.

import ArgumentParser
import Control
import Spool

struct QueueDamaged: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "damaged",
    abstract: "List the messages that are set aside because the queue's database cannot read them.",
    discussion: """
      They are kept until somebody deletes them; nothing that can be sent is left of them. `letterhead queue show ID` shows \
      what is known of one.

      Example: letterhead queue damaged --json
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    try await QueuePrinter.list(json: json.isOn, whereEmpty: "No message is damaged.", in: config) { last in
      ListMessages(after: last, state: .damaged)
    }
  }
}
