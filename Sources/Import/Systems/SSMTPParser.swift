// sSMTP: ssmtp.conf and revaliases. ssmtp.conf(5).

import Mailboxes
import SMTP

/// One import from sSMTP.
struct SSMTPParser {
  private var context: ImportContext
  /// By the name in small letters.
  private var settings = ForeignSettings()

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path, holdsSecrets: true) else { return }
    var parser = SSMTPParser(context: context)
    parser.read(file)
    parser.planHub()
    parser.readAliases(path.halvesOfPath.folder + "revaliases")
    parser.tellFrom()
    parser.context.tell(parser.settings, of: parser.settings["mailhub"]?.source, by: Self.meaning)
    context = parser.context
  }

  private init(context: ImportContext) { self.context = context }

  /// `Key=value`; everything behind `#` is a remark, in a password as well.
  private mutating func read(_ file: ForeignFile) {
    for line in file.statements {
      guard let (name, value) = String(line.value.prefix { $0 != "#" }).halves(at: "=") else { continue }
      settings.set(name.trimmed.lowercased(), Sourced(value.trimmed.unquoted, line.source))
    }
  }

  private func isOn(_ key: String) -> Bool { settings[key]?.value.lowercased() == "yes" }

  private mutating func planHub() {
    guard let hub = settings["mailhub"] else {
      return context.leftOut(
        settings.stated("mailhub")?.source, "There is no mailhub, so no server to send through.")
    }
    guard let entity = entity(hub), context.add(entity) != nil else { return }
    let server = entity.server.value
    context.carried(hub.source, "Mail goes through \(server.host), port \(server.port)\(entity.signIn.phrase).")
    if let root = settings["root"], let address = Address(root.value), !address.domain.isEmpty {
      context.setLocalRecipients([Sourced(address, root.source)], "Root: mail to users of this host")
    }
    if let name = settings["hostname"] { context.setHostname(name, of: "hostname") }
  }

  private mutating func entity(_ hub: Sourced<String>) -> PlannedEntity? {
    let parts = hub.value.halves(at: ":")
    let host = parts?.before ?? hub.value
    let port = parts.map { UInt16($0.after) ?? 0 }
    let isTLS = isOn("usetls") || isOn("usestarttls")
    let security: Security = isOn("usestarttls") ? .starttls : isTLS ? .tls : .none
    let number = port ?? (security == .tls ? 465 : 25)
    guard number > 0 else {
      context.leftOut(hub.source, "mailhub: its port is none.")
      return nil
    }
    guard let server = context.server(host, number, security, hub.source, asked: "UseTLS and UseSTARTTLS are off")
    else {
      return nil
    }
    var entity = PlannedEntity(server: server, signIn: signIn)
    if let user = settings["authuser"], let address = Address(user.value), !address.domain.isEmpty {
      entity.address = Sourced(address, user.source)
    }
    entity.authoritiesFile = context.authorities(settings["tls_ca_file"], of: "TLS_CA_File")
    return entity
  }

  private var signIn: PlannedSignIn {
    guard let user = settings["authuser"] else { return .none }
    let secret = settings["authpass"].map { password in PlannedSecret.clear(password.map { Secret($0) }) } ?? .missing
    return .password(username: user.value, secret)
  }

  // MARK: revaliases

  /// `user:address[:mailhub[:port]]`.
  private mutating func readAliases(_ path: String) {
    guard context.plan.isUseful, let file = context.file(path, isExpected: false) else { return }
    for line in file.statements {
      let parts = line.value.split(separator: ":", maxSplits: 2).map(String.init)
      guard parts.count >= 2, parts[0].isPlainName,
        let address = context.address(parts[1], line.source, of: "revaliases")
      else { continue }
      if parts.count == 3 {
        planUser(parts[0], address, Sourced(parts[2], line.source))
      } else {
        take(address, of: parts[0])
      }
    }
  }

  /// Another server for one user.
  private mutating func planUser(_ user: String, _ address: Sourced<Address>, _ hub: Sourced<String>) {
    guard var entity = entity(hub) else { return }
    if entity.server.value == context.plan.entities[0].server.value { return take(address, of: user) }
    entity.address = address
    entity.addSender(address.map(\.text))
    guard let place = context.add(entity) else { return }
    addApp(user, place, address.source)
    context.carried(
      hub.source, "Mail of the user \(user) goes through \(entity.server.value.host) as \(address.value).")
  }

  private mutating func addApp(_ user: String, _ entity: Int, _ source: SourceLine) {
    let name = EntityNames.plain(user)
    guard !context.plan.apps.contains(where: { $0.name == name }) else { return }
    var app = PlannedApp(name: name)
    app.match = [Sourced("user:\(user)", source)]
    app.entityIndex = entity
    context.plan.apps.append(app)
  }

  private mutating func take(_ address: Sourced<Address>, of user: String) {
    let known = context.plan.entities[0].address
    if known.map({ $0.value.isSame(as: address.value) }) ?? true {
      context.plan.entities[0].address = known ?? address
      context.carried(address.source, "Mail of the user \(user) goes out as \(address.value).")
    } else {
      context.leftOut(
        address.source,
        "revaliases: the user \(user) wrote as \(address.value), and the mailbox has the one address "
          + "\(known.map { "\($0.value)" } ?? ""). Give it an entity of its own, or choose with --entity NAME=ADDRESS.")
    }
  }

  // MARK: What else is told

  private mutating func tellFrom() {
    if let setting = settings["rewritedomain"] {
      context.carried(setting.source, "RewriteDomain: the mailbox's own address takes the place of every sender.")
    }
    if isOn("fromlineoverride"), let setting = settings["fromlineoverride"] {
      context.changed(
        setting.source,
        "FromLineOverride: an app's own From is kept in Reply-To; the mailbox's address takes its place.")
    }
  }

  private static func meaning(of name: String, _ value: String) -> SettingMeaning? {
    switch name {
    case "mailhub", "usetls", "usestarttls", "authuser", "authpass", "authmethod", "tls_ca_file": .part
    case "rewritedomain", "hostname", "fromlineoverride", "root", "debug", "tls_ca_dir", "minuserid", "usetlscert":
      .needless
    case "tlscert", "tlskey": value.isEmpty ? .needless : .leftOut("no client certificate is shown.")
    default: nil
    }
  }
}
