// Which address Postfix put on mail: canonical and generic tables, header checks. The mailbox has one address, so one can be
// carried; of several somebody has to choose.

import SMTP

extension PostfixParser {
  private static let tables = ["sender_canonical_maps", "canonical_maps", "smtp_generic_maps"]
  /// Expressions that fit every address, and every From field.
  private static let catchAll: Set = [
    ".*", ".+", "^.*$", "^.+$", "^.*", "^.+", "@.*", ".*@.*", "^(.*)$", "(.*)", "(.+)",
  ]
  private static let everyFrom: Set = [
    "^From:.*", "^From:.*$", "^From:", "^From: .*", "^from:.*", "^From:(.*)", "^From:.+$",
  ]

  mutating func readRewriting() {
    var targets: [Sourced<Address>] = []
    for setting in Self.tables {
      for map in settings.maps(setting) { targets += addresses(in: map, setting) }
    }
    for map in settings.maps("smtp_header_checks") { targets += fromFields(in: map) }
    setAddress(from: targets)
    if let domains = settings.filled("masquerade_domains") {
      context.carried(domains.source, "masquerade_domains: the mailbox's own address takes the place of every sender.")
    }
  }

  private mutating func addresses(in map: Sourced<String>, _ setting: String) -> [Sourced<Address>] {
    guard let table = PostfixMap.read(map, for: setting, &context) else { return [] }
    return table.rows.compactMap { row in
      if table.kind == .expressions, !Self.catchAll.contains(Self.expression(row.key)) {
        context.leftOut(
          row.source, "\(setting): an expression for some senders is not carried.")
        return nil
      }
      // Of a domain: the local part stays, and the mailbox's own takes its place anyway.
      guard !row.value.hasPrefix("@") else {
        context.carried(row.source, "\(setting): the mailbox's own address takes the place of every sender.")
        return nil
      }
      return context.address(row.value, row.source, of: setting)
    }
  }

  private static func expression(_ key: String) -> String {
    guard let mark = key.first, let end = key.dropFirst().lastIndex(of: mark) else { return key }
    return String(key[key.index(after: key.startIndex)..<end])
  }

  /// `/^From:.*/ REPLACE From: Acme <office@acme.example>`.
  private mutating func fromFields(in map: Sourced<String>) -> [Sourced<Address>] {
    guard let table = PostfixMap.read(map, for: "smtp_header_checks", &context) else { return [] }
    return table.rows.compactMap { row in
      let action = row.value.halves(at: " ", "\t")
      if Self.everyFrom.contains(Self.expression(row.key)), action?.before.uppercased() == "REPLACE",
        let address = action.flatMap({ Self.address(inField: $0.after) })
      {
        return Sourced(address, row.source)
      }
      context.leftOut(
        row.source, "smtp_header_checks: no rule but one for every From is carried.")
      return nil
    }
  }

  private static func address(inField field: String) -> Address? {
    guard let (name, value) = field.halves(at: ":"), name.trimmed.lowercased() == "from" else { return nil }
    let inside = value.halves(at: "<").flatMap { $0.after.halves(at: ">") }?.before ?? value
    return Address(inside.trimmed).flatMap { $0.domain.isEmpty ? nil : $0 }
  }

  private mutating func setAddress(from targets: [Sourced<Address>]) {
    guard let first = targets.first, !context.plan.entities.isEmpty else { return }
    let distinct = targets.reduce(into: [Sourced<Address>]()) { list, target in
      if !list.contains(where: { $0.value.isSame(as: target.value) }) { list.append(target) }
    }
    let others = targets.dropFirst().map(\.source)
    guard distinct.count == 1 else { return tellChoices(distinct, others) }
    let known = context.plan.entities[0].address
    if context.plan.hasDefault, known.map({ !$0.value.isSame(as: first.value) }) ?? true {
      context.plan.entities[0].address = first
    }
    context.carried(first.source, also: others, "Mail goes out as \(first.value).")
  }

  private mutating func tellChoices(_ addresses: [Sourced<Address>], _ others: [SourceLine]) {
    let shown = addresses.prefix(10).map { "\($0.value) (line \($0.source.line))" }.joined(separator: ", ")
    context.leftOut(
      addresses[0].source, also: others,
      "Senders were given several addresses: \(shown). A mailbox has one. Choose it with --entity NAME=ADDRESS, or give each "
        + "an entity and a mailbox of its own.")
  }
}
