// The relay's state in one line, for whoever shows no more of it: `systemctl status`.

import Mailboxes
import Platform

extension Snapshot {
  /// What is worst, or, where nothing is wrong, what the relay does.
  package var sentence: String {
    if let problem = problems.first(where: \.class.stopsAccepting) { return "Takes no mail: \(problem.summary)" }
    let byName = entities.sorted { $0.key < $1.key }
    if let (key, entity) = byName.first(where: { $0.value.state == .error }) {
      return "Holds the mail of \(key): \(entity.error?.summary ?? "its mailbox needs a person.")"
    }
    let sending = entities.values.count { $0.state == .connected || $0.state == .paused }
    let waiting = entities.values.reduce(0) { $0 + $1.queue.queued }
    let mail = "message waits".counted(waiting, plural: "messages wait")
    let mailboxes = "mailbox".counted(entities.count, plural: "mailboxes")
    return "Takes mail; \(sending) of \(mailboxes) connected; \(mail)."
  }
}
