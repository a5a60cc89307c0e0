// `letterhead audit`: every request, decision, change of a connection and act on the queue, and by whom.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes

struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List who asked, decided, connected, tested, made passwords and changed the queue, the newest first.",
    discussion: """
      For administrators. The list only grows; it shows the last thousand entries. Who somebody is was the kernel's word. \
      It also has who has ended the relay by a signal, or had it reload its configuration.

      Example: letterhead audit --entity acme
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Option(help: ArgumentHelp("What was done to this entity only.", valueName: "entity"), completion: .entities)
  var entity: String?

  func run() async throws {
    var entries: [AuditEntry] = []
    let ending = try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(.listAudit(ListAudit(entity: entity))) { reply in
        if case .entry(let entry) = reply { entries.append(entry) }
      }
    }
    if json.isOn { return try printJSON(entries) }
    for entry in entries {
      let words = [
        entry.at.formatted(.iso8601), entry.requester.sentence, "\(entry.verb)", entry.entity, entry.detail,
      ]
      print(words.filter { !$0.isEmpty }.joined(separator: "  "))
    }
    ending.printSentence()
  }
}
