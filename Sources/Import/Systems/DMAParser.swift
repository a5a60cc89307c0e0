// dma, the DragonFly Mail Agent: dma.conf and auth.conf. dma(8).

import Mailboxes
import SMTP

/// One import from dma.
struct DMAParser {
  private var context: ImportContext
  private var settings = ForeignSettings()

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path) else { return }
    var parser = DMAParser(context: context)
    parser.read(file)
    parser.plan(path.halvesOfPath.folder)
    parser.context.tell(parser.settings, of: parser.settings["SMARTHOST"]?.source, by: Self.meaning)
    context = parser.context
  }

  private init(context: ImportContext) { self.context = context }

  /// `KEY value`, or `KEY` alone.
  private mutating func read(_ file: ForeignFile) {
    for line in file.statements {
      let text = line.value.prefix { $0 != "#" }.trimmed
      let (key, value) = text.halves(at: " ", "\t") ?? (text, "")
      settings.set(key.uppercased(), Sourced(value.trimmed, line.source))
    }
  }

  private mutating func plan(_ folder: String) {
    guard let host = settings["SMARTHOST"] else {
      return context.leftOut(
        settings.stated("SMARTHOST")?.source, "There is no SMARTHOST: dma delivers to each recipient's own server.")
    }
    let port = context.port(settings["PORT"], of: "PORT", usual: 25)
    let isOpportunistic = settings.stated("OPPORTUNISTIC_TLS") != nil
    guard
      let server = context.server(
        host.value, port, security, host.source, asked: isOpportunistic ? "OPPORTUNISTIC_TLS" : "SECURETRANSFER is off",
        at: settings.stated("OPPORTUNISTIC_TLS")?.source)
    else { return }
    var entity = PlannedEntity(server: server, signIn: signIn(at: host, folder))
    if let user = entity.signIn.username, let address = Address(user), !address.domain.isEmpty {
      entity.address = Sourced(address, host.source)
    }
    _ = context.add(entity)
    context.carried(
      host.source, "Mail goes through \(server.value.host), port \(server.value.port)\(entity.signIn.phrase).")
    readNames()
    context.readRootAlias(settings["ALIASES"], of: "ALIASES")
  }

  private var security: Security? {
    guard settings.stated("SECURETRANSFER") != nil else { return Security.none }
    guard settings.stated("STARTTLS") != nil else { return .tls }
    return settings.stated("OPPORTUNISTIC_TLS") == nil ? .starttls : nil
  }

  /// `user|host:password`; the password may hold colons.
  private mutating func signIn(at host: Sourced<String>, _ folder: String) -> PlannedSignIn {
    let file =
      if let path = settings["AUTHPATH"] {
        context.file(named: path, by: "AUTHPATH", holdsSecrets: true)
      } else {
        context.file(folder + "auth.conf", holdsSecrets: true, isExpected: false)
      }
    let rows = (file?.statements ?? []).compactMap { line in
      line.value.halves(at: "|").flatMap { user, rest in
        rest.halves(at: ":").map { (user: user, host: $0.before, password: Sourced($0.after, line.source)) }
      }
    }
    let row = rows.first { $0.host == host.value }
    for other in rows where other.password.source != row?.password.source {
      context.plan.ledger.group(other.password.source, .leftOut, "Sign-ins at other servers are not carried")
    }
    guard let row else { return .none }
    context.plan.ledger.join([row.password.source], to: host.source)
    return .password(username: row.user, .clear(row.password.map { Secret($0) }))
  }

  private mutating func readNames() {
    if let name = settings["MAILNAME"], !name.value.hasPrefix("/") { context.setHostname(name, of: "MAILNAME") }
    guard let masquerade = settings["MASQUERADE"] else { return }
    guard let address = Address(masquerade.value), !address.domain.isEmpty else {
      return context.carried(
        masquerade.source, "MASQUERADE: the mailbox's own address takes the place of every sender.")
    }
    context.plan.entities[0].address = Sourced(address, masquerade.source)
    context.carried(masquerade.source, "MASQUERADE: mail goes out as \(address).")
  }

  private static func meaning(of name: String, _ value: String) -> SettingMeaning? {
    switch name {
    case "SMARTHOST", "PORT", "AUTHPATH", "SECURETRANSFER", "STARTTLS", "OPPORTUNISTIC_TLS": .part
    case "MAILNAME", "MASQUERADE", "FULLBOUNCE", "NULLCLIENT", "VERIFYCERT", "SECURE": .needless
    case "INSECURE": .changed("a password is never sent in clear.")
    case "FINGERPRINT":
      .leftOut("certificates are checked by their authority and not by a fingerprint. Name it with --ca-file.")
    case "CERTFILE": .leftOut("no client certificate is shown.")
    case "DEFER": .leftOut("messages are sent at once. To hold them: letterhead queue hold.")
    case "SPOOLDIR": .leftOut("messages that wait there are dma's to send: dma -q.")
    default: nil
    }
  }
}
