// Where Postfix sent mail, and as whom it signed in: relayhost, the sender-dependent tables, the passwords.

import Mailboxes
import Platform
import SMTP

extension PostfixParser {
  private struct PostfixLogin {
    let user: String
    let password: String
    let source: SourceLine
  }

  mutating func readServers() {
    let passwords = passwordTable()
    if let host = settings.filled("relayhost"), let server = server(host) {
      let credential = credential(for: host.value, server.value, passwords)
      if credential == nil, dependsOnSender, passwords.rows.contains(where: { $0.key.contains("@") }) {
        context.plan.hasDefault = false
        context.leftOut(
          host.source,
          "Mail of other senders than those with a password of their own went without a sign-in. Letterhead refuses it; to "
            + "take it, give one entity default = true.")
      } else {
        add(server, credential, sender: nil)
      }
      tellMX(host)
    } else {
      context.plan.hasDefault = false
    }
    let hosts = senderHosts()
    for row in hosts where isSender(row) {
      let own = Sourced(row.value, row.source)
      guard let server = server(own) else { continue }
      tellMX(own)
      let found = dependsOnSender ? passwords.row(row.key).flatMap(Self.credential) : nil
      add(server, found ?? credential(for: row.value, server.value, passwords), sender: row)
    }
    readSenderPasswords(passwords, besides: Set(hosts.map { $0.key.lowercased() }))
    if !context.plan.isUseful {
      context.leftOut(
        settings.value("relayhost")?.source,
        "There is no relayhost: Postfix delivers to each recipient's own server. Letterhead sends through a mailbox: "
          + "letterhead setup.")
    }
  }

  /// Perhaps by passwords that are not readable here.
  private var signsIn: Bool {
    settings.isOn("smtp_sasl_auth_enable") && !settings.maps("smtp_sasl_password_maps").isEmpty
  }

  private var dependsOnSender: Bool { settings.isOn("smtp_sender_dependent_authentication") }

  private mutating func senderHosts() -> [PostfixMap.Row] {
    settings.maps("sender_dependent_relayhost_maps").flatMap { map -> [PostfixMap.Row] in
      guard let table = PostfixMap.read(map, for: "sender_dependent_relayhost_maps", &context) else { return [] }
      if table.kind == .keys { return table.rows }
      for row in table.rows {
        context.plan.ledger.group(row.source, .leftOut, "sender_dependent_relayhost_maps: expressions are not carried")
      }
      return []
    }
  }

  /// An address, or all of a domain. What else stands there is not shown.
  private mutating func isSender(_ row: PostfixMap.Row) -> Bool {
    let address = row.key.hasPrefix("@") ? "any\(row.key)" : row.key
    if let sender = Address(address), !sender.domain.isEmpty { return true }
    context.leftOut(row.source, "That is no sender.")
    return false
  }

  /// Senders that sign in by themselves at the relay host of all.
  private mutating func readSenderPasswords(_ passwords: PostfixMap, besides known: Set<String>) {
    guard dependsOnSender, let host = settings.filled("relayhost"), let server = server(host, isTold: false) else {
      return
    }
    for row in passwords.rows where row.key.contains("@") && !known.contains(row.key.lowercased()) && isSender(row) {
      add(server, Self.credential(row), sender: row)
    }
  }

  private mutating func add(_ server: Sourced<Server>, _ credential: PostfixLogin?, sender: PostfixMap.Row?) {
    let pattern = sender.map { Sourced($0.key.hasPrefix("@") ? "*\($0.key)" : $0.key, $0.source) }
    let source = sender?.source ?? server.source
    var entity = PlannedEntity(server: server, signIn: signIn(credential, at: server), source: source)
    let candidates = [pattern, credential.map { Sourced($0.user, $0.source) }].compactMap(\.self)
    // `erp@localhost` is nobody's mailbox, and `*@acme.example` no single one.
    entity.address = candidates.filter { !$0.value.hasPrefix("*") }.compactMap { $0.compactMap { Address($0) } }
      .first { $0.value.domain.contains(".") }
    if let pattern { entity.addSender(pattern) }
    entity.authoritiesFile = context.authorities(settings.filled("smtp_tls_CAfile"), of: "smtp_tls_CAfile")
    guard context.add(entity) != nil else { return }
    context.plan.ledger.join(credential.map { [$0.source] } ?? [], to: source)
    context.carried(source, sentence(of: entity, for: pattern?.value))
  }

  private func sentence(of entity: PlannedEntity, for pattern: String?) -> String {
    let server = entity.server.value
    let who = pattern.map { "Mail of \($0)" } ?? "Mail"
    return "\(who) goes through \(server.host), port \(server.port)\(entity.signIn.phrase)."
  }

  // MARK: Servers

  /// `[host]:port`, `host:port`, `host`, with a service's name for the port.
  private mutating func server(_ text: Sourced<String>, isTold: Bool = true) -> Sourced<Server>? {
    let hosts = text.value.listed
    if hosts.count > 1, isTold {
      context.leftOut(
        text.source, "More than one relay host stands there: an entity has one server and no second."
      )
    }
    guard let first = hosts.first, let (host, port) = Self.hostAndPort(first) else {
      if isTold { context.leftOut(text.source, "What stands there is no relay host.") }
      return nil
    }
    let told = context.plan.ledger
    let place = settings.filled("smtp_tls_security_level") ?? settings.filled("smtp_use_tls")
    let server = context.server(
      host, port, security(for: port), text.source, asked: tlsSetting, at: place?.source)
    if !isTold { context.plan.ledger = told }
    return server
  }

  private static func hostAndPort(_ text: String) -> (String, UInt16)? {
    var (host, port) = (text[...], "25")
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      if rest.hasPrefix(":") { port = String(rest.dropFirst()) }
    } else if let (name, service) = text.halves(at: ":") {
      (host, port) = (name[...], service)
    }
    let services = ["smtp": 25, "submission": 587, "smtps": 465, "submissions": 465] as [String: UInt16]
    guard let number = services[port.lowercased()] ?? UInt16(port), number > 0 else { return nil }
    return (String(host), number)
  }

  private var level: String? { settings.filled("smtp_tls_security_level")?.value.lowercased() }

  /// As it is told.
  private var tlsSetting: String {
    if let level {
      return "smtp_tls_security_level" + (["may", "dane", "none"].contains(level) ? " = \(level)" : "")
    }
    return settings.isOn("smtp_use_tls") ? "smtp_use_tls = yes" : "smtp_tls_security_level is not set"
  }

  /// `nil`: TLS where it is offered.
  private func security(for port: UInt16) -> Security? {
    if settings.isOn("smtp_tls_wrappermode") || port == 465 { return .tls }
    switch level {
    case "may", "dane": return nil
    case "none": return Security.none
    case nil:
      if settings.isOn("smtp_enforce_tls") { return .starttls }
      return settings.isOn("smtp_use_tls") ? nil : Security.none
    default: return .starttls
    }
  }

  /// Without brackets Postfix asks DNS which server takes the domain's mail.
  private mutating func tellMX(_ host: Sourced<String>) {
    guard !host.value.hasPrefix("["), let name = host.value.listed.first, !name.allSatisfy({ !$0.isLetter }) else {
      return
    }
    context.changed(
      host.source,
      "\(name) stands without brackets, so Postfix looked for its MX. Letterhead connects to the host of that name; name "
        + "another with letterhead connect --smtp.")
  }

  // MARK: Passwords

  private mutating func passwordTable() -> PostfixMap {
    let maps = settings.maps("smtp_sasl_password_maps")
    guard settings.isOn("smtp_sasl_auth_enable") else {
      if let first = maps.first {
        context.leftOut(first.source, "smtp_sasl_password_maps: not in use, for smtp_sasl_auth_enable is not yes.")
      }
      return PostfixMap(kind: .keys, rows: [])
    }
    let rows = maps.flatMap { map -> [PostfixMap.Row] in
      guard let table = PostfixMap.read(map, for: "smtp_sasl_password_maps", holdsSecrets: true, &context) else {
        return []
      }
      guard table.kind == .keys else {
        context.leftOut(
          map.source, also: table.rows.map(\.source),
          "smtp_sasl_password_maps: passwords by expressions are not carried. Connect by hand.")
        return []
      }
      for row in table.rows {
        context.plan.ledger.group(
          row.source, .leftOut,
          Self.credential(row) == nil
            ? "What stands there is not user:password" : "Sign-ins at other servers are not carried")
      }
      return table.rows
    }
    return PostfixMap(kind: .keys, rows: rows)
  }

  private func credential(for relayhost: String, _ server: Server, _ passwords: PostfixMap) -> PostfixLogin? {
    let text = relayhost.listed.first ?? relayhost
    let keys = [
      text, "[\(server.host)]:\(server.port)", "\(server.host):\(server.port)", "[\(server.host)]", server.host, "*",
    ]
    return keys.lazy.compactMap { passwords.row($0) }.first.flatMap(Self.credential)
  }

  /// `user:password`; the password may hold colons.
  private static func credential(_ row: PostfixMap.Row) -> PostfixLogin? {
    guard let (user, password) = row.value.halves(at: ":"), !user.isEmpty else { return nil }
    return PostfixLogin(user: user, password: password, source: row.source)
  }

  private mutating func signIn(_ credential: PostfixLogin?, at server: Sourced<Server>) -> PlannedSignIn {
    guard let credential else { return signsIn ? .password(username: "", .missing) : .none }
    let mechanisms = settings.filled("smtp_sasl_mechanism_filter")?.value.lowercased() ?? ""
    if mechanisms.contains("xoauth2") || mechanisms.isEmpty && credential.password.hasPrefix("/") {
      return tokenSignIn(
        credential.user, at: server, tokenFile: Sourced(credential.password, credential.source))
    }
    let secret: PlannedSecret =
      credential.password.isEmpty ? .missing : .clear(Sourced(Secret(credential.password), credential.source))
    return .password(username: credential.user, secret)
  }
}
