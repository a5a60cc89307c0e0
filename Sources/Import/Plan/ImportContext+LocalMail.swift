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
  ///
  /// - Parameter setting: names the file; otherwise it is where it usually is.
  mutating func readRootAlias(_ setting: Sourced<String>? = nil, of key: String = "") {
    let named = setting.map { self.file(named: $0, by: key) }
    guard let file = named ?? self.file("/etc/aliases", isExpected: false) else { return }
    if let setting {
      plan.ledger.group(setting.source, .carried, "Of the aliases only those that lead to root's mail are carried")
    }
    let aliases = file.statements.compactMap { line in
      line.value.halves(at: ":").map {
        (name: $0.before.trimmed.lowercased(), target: Sourced($0.after.trimmed, line.source))
      }
    }
    guard let root = aliases.first(where: { $0.name == "root" })?.target else { return leaveOut(aliases.map(\.target)) }
    let addresses = root.value.listed.compactMap { Address($0) }.filter { !$0.domain.isEmpty }
    if addresses.isEmpty { return leaveOut(aliases.map(\.target)) }
    setLocalRecipients(addresses.map { Sourced($0, root.source) }, "root's mail")
    // Mail to everybody without a domain goes where root's does.
    var names: Set = ["root"]
    for _ in 0..<3 { names.formUnion(aliases.filter { names.contains($0.target.value.lowercased()) }.map(\.name)) }
    plan.ledger.join(aliases.filter { names.contains($0.name) }.map(\.target.source), to: root.source)
    leaveOut(aliases.filter { !names.contains($0.name) }.map(\.target))
  }

  private mutating func leaveOut(_ aliases: [Sourced<String>]) {
    for alias in aliases {
      plan.ledger.group(
        alias.source, .leftOut,
        "Aliases are not carried, but for root's. Write the addresses that are meant in the apps")
    }
  }

  mutating func setLocalRecipients(_ addresses: [Sourced<Address>], _ what: String) {
    guard let first = addresses.first, !plan.entities.isEmpty else { return }
    guard plan.entities[0].localRecipients.isEmpty else {
      return leftOut(first.source, "\(what): such mail has a recipient by another line.")
    }
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
