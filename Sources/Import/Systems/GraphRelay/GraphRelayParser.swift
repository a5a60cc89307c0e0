// SMTP2Graph: config.yml. It sends by Microsoft Graph as an app; Letterhead does as an app by SMTP.

import Access
import Letterhead
import Mailboxes
import SMTP

/// One import from SMTP2Graph.
struct GraphRelayParser {
  private var context: ImportContext
  private let folder: String
  private let file: SourceLine

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path, as: .blocks, holdsSecrets: true) else { return }
    var parser = GraphRelayParser(context: context, folder: path.halvesOfPath.folder, file: file.place(of: 0))
    var reader = YAMLSubsetReader(file)
    let top = reader.read()
    for source in reader.refused {
      parser.context.plan.ledger.group(source, .leftOut, "Only plain YAML is read")
    }
    for source in reader.blank {
      parser.context.plan.ledger.group(source, .carried, "Nothing stands there")
    }
    parser.plan(top)
    parser.tellLeaves(of: top)
    context = parser.context
  }

  private init(context: ImportContext, folder: String, file: SourceLine) {
    (self.context, self.folder, self.file) = (context, folder, file)
  }

  private mutating func plan(_ top: YAMLSubset) {
    guard let send = top["send"], let registration = send["appReg"], let id = registration["id"]?.text else {
      return context.leftOut(file, "There is no send.appReg with an id, so nobody to sign in as.")
    }
    planMailbox(send, registration, id)
    if let receive = top["receive"] { planReceiving(receive) } else { listen(nil, nil, []) }
    for key in ["retryLimit", "retryInterval"] {
      if let setting = send[key]?.text {
        context.carried(setting.source, "\(key): messages are tried for queue_max_age, 5 days by default.")
      }
    }
    if let mode = top["mode"]?.text, mode.value != "full" {
      context.changed(
        mode.source, "mode: Letterhead takes mail and sends it. To hold it: letterhead queue hold.")
    }
    if let lines = send["httpProxy"]?.leaves.map(\.source), let first = lines.first {
      context.leftOut(
        first, also: Array(lines.dropFirst()),
        "httpProxy: write it as proxy in [network]; mail itself goes through none.")
    }
  }

  private mutating func planMailbox(_ send: YAMLSubset, _ registration: YAMLSubset, _ id: Sourced<String>) {
    guard let provider = Providers.builtIn.named("microsoft"), let server = provider.servers.first,
      let service = provider.oauth
    else { return }
    let tenant = tenant(registration["tenant"]?.text)
    guard let clientID = context.clientID(id, of: "send.appReg.id") else { return }
    var grant = PlannedGrant(
      username: "", tokenURL: service.tokenURL.replacing("{tenant}", with: tenant ?? service.tenant),
      clientID: clientID,
      flow: .clientCredentials, source: id.source)
    grant.tokenSource = registration["tenant"]?.text?.source
    if let secret = registration["secret"]?.text { grant.clientSecret = .clear(secret.map { Secret($0) }) }
    if let key = registration["certificate"]?["privateKeyPath"]?.text {
      context.changed(
        key.source,
        "certificate: SMTP2Graph knows it by its thumbprint. Letterhead wants the file: in [oauth.microsoft], certificate = "
          + "\"FILE.pem\" and key = \"KEY.pem\", the file that is named there.")
    }
    var entity = PlannedEntity(server: Sourced(server, id.source), signIn: .oauth(grant))
    if let mailbox = send["forceMailbox"]?.text {
      entity.address = context.address(mailbox.value, mailbox.source, of: "forceMailbox")
    }
    grant.username = entity.address?.value.text ?? ""
    entity.signIn = .oauth(grant)
    _ = context.add(entity)
    context.carried(id.source, "The app \(clientID) sends\(entity.address.map { " as \($0.value)" } ?? "").")
    context.changed(
      nil,
      "SMTP2Graph sends by Microsoft Graph with the permission Mail.Send; Letterhead by SMTP, with SMTP.SendAsApp. What to "
        + "register: letterhead connect NAME --provider microsoft --app-only --explain.")
  }

  /// An organisation's id or domain, or the first part of its domain at Microsoft.
  private mutating func tenant(_ setting: Sourced<String>?) -> String? {
    guard let setting else { return nil }
    let name = setting.value
    let tenant = name.contains(".") || name.contains("-") ? name : "\(name).onmicrosoft.com"
    if Configuration.Client.isTenant(tenant) { return tenant }
    context.leftOut(setting.source, "send.appReg.tenant: that is no tenant. Write it into [oauth.microsoft].")
    return nil
  }

  /// A file, which may be meant beside the configuration.
  private mutating func path(_ setting: Sourced<String>?, of key: String) -> Sourced<String>? {
    guard let setting else { return nil }
    if setting.value.isPlainPath { return setting }
    if "/\(setting.value)".isPlainPath { return setting.map { folder + $0 } }
    context.leftOut(setting.source, "\(key): that is no path of a file.")
    return nil
  }

  // MARK: Who may send

  private mutating func planReceiving(_ receive: YAMLSubset) {
    let list = receive["ipWhitelist"]?.texts ?? []
    let allow = list.flatMap { context.networks([$0.value], $0.source, of: "ipWhitelist") }
    listen(receive, list.first?.source, allow)
    planSize(receive)
    planSenders(receive)
    for key in ["rateLimit", "authLimit", "banner", "allowedRcpt"] {
      guard let lines = receive[key]?.leaves.map(\.source), let first = lines.first else { continue }
      context.leftOut(first, also: Array(lines.dropFirst()), "\(key): \(Self.advice[key] ?? "")")
    }
    for user in receive["users"]?.items ?? [] { planUser(user, receive) }
  }

  private static let advice = [
    "rateLimit": "write how much an app may send in [app.NAME.limits].",
    "authLimit": "whoever guesses passwords is slowed down without a setting.",
    "banner": "the greeting has the host's name.",
    "allowedRcpt": "write recipients in [app.NAME].",
  ]

  private mutating func listen(_ receive: YAMLSubset?, _ source: SourceLine?, _ allow: [Sourced<ClientNetwork>]) {
    let host = receive?["listenAddress"]?.text
    let port = receive?["port"]?.text
    var listener = PlannedListener(
      host: host?.value ?? "0.0.0.0", port: port.flatMap { Int($0.value) } ?? 25,
      source: host?.source ?? port?.source ?? source ?? file)
    if listener.host == "localhost" { listener.host = "127.0.0.1" }
    if let port, Int(port.value) == nil { context.changed(port.source, "port: that is no port; 25 is taken.") }
    listener.allow = allow
    if receive?["secure"]?.isOn ?? false, let certificate = path(receive?["tlsCertPath"]?.text, of: "tlsCertPath"),
      let key = path(receive?["tlsKeyPath"]?.text, of: "tlsKeyPath")
    {
      (listener.certificate, listener.key) = (certificate, key)
    }
    if let required = receive?["requireAuth"], required.isOn { listener.requiresSignIn = required.text?.source }
    context.listen(listener)
  }

  /// `25m`, `500k`.
  private mutating func planSize(_ receive: YAMLSubset) {
    guard let size = receive["maxSize"]?.text else { return }
    let unit = size.value.last.flatMap { ["k": 1 << 10, "m": 1 << 20][$0.lowercased()] }
    guard let number = Int(unit == nil ? size.value[...] : size.value.dropLast()), (1...1 << 30).contains(number) else {
      return context.leftOut(size.source, "maxSize: that is no size.")
    }
    let octets = min(max(number * (unit ?? 1), 1 << 10), 1 << 31)
    context.plan.limits.append(PlannedLimit(name: "max_message_bytes", amount: .number(octets), source: size.source))
    context.carried(size.source, "Messages of at most \(octets) octets.")
  }

  private mutating func planSenders(_ receive: YAMLSubset) {
    let senders = receive["allowedFrom"]?.texts ?? []
    guard let first = senders.first, context.plan.isUseful else { return }
    let addresses = senders.compactMap { sender in context.address(sender.value, sender.source, of: "allowedFrom") }
    if context.plan.entities[0].address == nil, addresses.count == 1 {
      context.plan.entities[0].address = addresses[0]
      context.carried(first.source, "Mail goes out as \(addresses[0].value).")
    } else if addresses.count > 1 {
      let shown = addresses.prefix(10).map(\.value.text).joined(separator: ", ")
      context.leftOut(
        first.source, also: senders.dropFirst().map(\.source),
        "allowedFrom: \(shown) each kept its address. A mailbox has one; give each an entity and a mailbox of its own, or "
          + "choose with --entity NAME=ADDRESS.")
    }
  }

  private mutating func planUser(_ user: YAMLSubset, _ receive: YAMLSubset) {
    guard let name = user["username"]?.text else { return }
    guard name.value.isPlainName || Address(name.value).map({ !$0.domain.isEmpty }) ?? false else {
      return context.leftOut(
        name.source, also: user.leaves.map(\.source), "users: that is no name of an app. Write [app.NAME] for it.")
    }
    var app = PlannedApp(name: EntityNames.plain(name.value))
    context.plan.ledger.join(user.leaves.map(\.source), to: name.source)
    guard !context.plan.apps.contains(where: { $0.name == app.name }) else {
      return context.leftOut(name.source, "users: the app \(app.name) is there already.")
    }
    app.signsIn = name.source
    app.senders = (user["allowedFrom"]?.texts ?? []).filter { SenderPattern($0.value) != nil }
    context.plan.apps.append(app)
    context.changed(
      name.source,
      "The user \(name.value) is the app \(app.name) and needs a new password: letterhead app password \(app.name).")
  }

  // MARK: What is said of the rest

  /// Each by the names that lead to it.
  private mutating func tellLeaves(of top: YAMLSubset) {
    let head = top["send"]?["appReg"]?["id"]?.text?.source
    let receive = top["receive"]
    let place =
      (receive?["listenAddress"]?.text ?? receive?["port"]?.text ?? receive?["ipWhitelist"]?.texts.first)?.source
      ?? file
    for leaf in top.leaves {
      let name = leaf.path.joined(separator: ".")
      context.plan.ledger.name(leaf.source, name)
      if Self.known.contains(name), let whole = name.hasPrefix("receive.") ? place : head {
        context.plan.ledger.join([leaf.source], to: whole)
      }
    }
  }

  private static let known: Set = [
    "mode", "send.appReg.id", "send.appReg.tenant", "send.appReg.secret", "send.appReg.certificate.privateKeyPath",
    "send.appReg.certificate.thumbprint", "send.forceMailbox", "send.retryLimit", "send.retryInterval",
    "receive.listenAddress", "receive.port", "receive.secure", "receive.tlsCertPath", "receive.tlsKeyPath",
    "receive.requireAuth", "receive.ipWhitelist", "receive.maxSize", "receive.allowedFrom", "receive.users.username",
    "receive.users.password", "receive.users.allowedFrom",
  ]
}
