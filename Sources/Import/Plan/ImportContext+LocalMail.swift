// What several systems have in common beside their servers: who reads root's mail, and how long a queue keeps a message.

import SMTP

extension ImportContext {
  /// The name in greetings, where it is a full one.
  mutating func setHostname(_ name: Sourced<String>, of key: String) {
    guard name.value.isHostName else {
      return leftOut(name.source, "\(key): that is no full host name; this host's own is used.")
    }
    plan.hostname = name
    carried(name.source, "\(key): Letterhead greets as \(name.value).")
  }

  /// `root: it@acme.example` of an aliases file, as who gets mail to local users.
  mutating func readRootAlias(_ path: String) {
    guard let file = file(path, isExpected: false) else { return }
    for (text, source) in file.placed {
      guard let (name, target) = text.halves(at: ":"), name.trimmed.lowercased() == "root" else { continue }
      let addresses = target.listed.compactMap { Address($0) }.filter { !$0.domain.isEmpty }
      setLocalRecipients(addresses.map { Sourced($0, source) }, "root's mail")
      return
    }
  }

  mutating func setLocalRecipients(_ addresses: [Sourced<Address>], _ what: String) {
    guard let first = addresses.first, !plan.entities.isEmpty, plan.entities[0].localRecipients.isEmpty else { return }
    plan.entities[0].localRecipients = addresses
    let names = addresses.map(\.value.text).joined(separator: ", ")
    carried(first.source, "\(what) goes to \(names), and so does mail to all other recipients without a domain.")
  }

  /// How long a message is tried.
  mutating func setAge(_ seconds: Int?, _ source: SourceLine, of key: String) {
    guard let seconds else { return leftOut(source, "\(key): that is no time.") }
    let taken = min(max(seconds, 3600), 60 * 86_400)
    let text = taken % 86_400 == 0 ? "\(taken / 86_400)d" : taken % 3600 == 0 ? "\(taken / 3600)h" : "\(taken)s"
    plan.limits.append(PlannedLimit(name: "queue_max_age", amount: .text(text), source: source))
    if taken == seconds {
      carried(source, "A message is tried for \(text).")
    } else {
      changed(source, "\(key): a message is tried for \(text); Letterhead takes from an hour to 60 days.")
    }
  }
}
