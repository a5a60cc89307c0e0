// msmtp: accounts of /etc/msmtprc or ~/.msmtprc. msmtp(1).

import Mailboxes
import SMTP

/// One import from msmtp.
struct MsmtpParser {
  /// The settings of an account; what it is built upon is in it.
  fileprivate struct MsmtpAccount {
    let name: String
    let source: SourceLine
    var settings: [String: Sourced<String>] = [:]
    var isAlias = false
  }

  private var context: ImportContext
  private var defaults: [String: Sourced<String>] = [:]
  private var accounts: [MsmtpAccount] = []
  private var defaultName: String?
  private static let mostAccounts = 200

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path, holdsSecrets: true) else { return }
    var parser = MsmtpParser(context: context)
    parser.read(file)
    parser.plan()
    context = parser.context
  }

  private init(context: ImportContext) { self.context = context }

  // MARK: Reading

  private mutating func read(_ file: ForeignFile) {
    var isDefaults = false
    for (text, source) in file.placed {
      let line = text.trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      let (name, value) =
        line.halves(at: " ", "\t").map { ($0.before.lowercased(), $0.after.trimmed) } ?? (line.lowercased(), "")
      switch name {
      case "defaults": isDefaults = true
      case "account":
        isDefaults = false
        begin(value, source)
      case "eval": context.leftOut(source, "eval: the command was not run. Write the line that it prints.")
      default:
        let setting = Sourced(value.unquoted, source)
        if isDefaults { defaults[name] = setting } else { add(name, setting) }
      }
    }
  }

  /// `account acme`, `account acme : base, other`, `account default : acme`.
  private mutating func begin(_ text: String, _ source: SourceLine) {
    guard accounts.count < Self.mostAccounts else { return }
    let (name, bases) = text.halves(at: ":").map { ($0.before.trimmed, $0.after.listed) } ?? (text, [])
    var account = MsmtpAccount(name: name, source: source, settings: defaults)
    for base in bases {
      guard let known = accounts.last(where: { $0.name == base }) else {
        context.leftOut(source, "account: the account that it names is not above it.")
        continue
      }
      account.settings.merge(known.settings) { $1 }
    }
    if name == "default", let base = bases.first {
      defaultName = base
      account.isAlias = true
    }
    accounts.append(account)
  }

  private mutating func add(_ name: String, _ setting: Sourced<String>) {
    if accounts.isEmpty { accounts.append(MsmtpAccount(name: "default", source: setting.source, settings: defaults)) }
    accounts[accounts.count - 1].settings[name] = setting
    // It has settings of its own beside those of the account that it is built upon.
    accounts[accounts.count - 1].isAlias = false
  }

  // MARK: Planning

  private mutating func plan() {
    let isDefault: (MsmtpAccount) -> Bool = { [defaultName] in $0.name == (defaultName ?? "default") }
    let real = accounts.filter { !$0.isAlias }
    let first = real.first { $0.name == "default" } ?? real.first(where: isDefault)
    context.plan.hasDefault = first != nil || real.count == 1
    for account in [first].compactMap(\.self) + real.filter({ $0.name != first?.name }) { plan(account) }
    if let file = defaults["aliases"] ?? real.compactMap({ $0.settings["aliases"] }).first {
      context.readRootAlias(file.value)
    }
    tellRest(real)
  }

  private mutating func plan(_ account: MsmtpAccount) {
    guard let host = account.settings["host"] else {
      return context.leftOut(account.source, "\(account.label): it has no host.")
    }
    let port = port(of: account)
    guard let server = context.server(host.value, port, security(of: account, port), host.source, asked: "tls off")
    else {
      return
    }
    var entity = PlannedEntity(server: server, signIn: signIn(of: account))
    let from = account.settings["from"] ?? account.settings["user"]
    if let from, !from.value.contains("%"), !from.value.contains("*"), let address = Address(from.value),
      !address.domain.isEmpty
    {
      entity.address = Sourced(address, from.source)
      entity.addSender(from)
    } else if let from = account.settings["from"] {
      context.leftOut(
        from.source, "from: a pattern is no address. Name the mailbox's with --entity NAME=ADDRESS.")
    }
    if let name = account.settings["from_full_name"], !name.value.isEmpty {
      entity.name = name.map { $0.words.joined(separator: " ") }
    }
    if let file = account.settings["tls_trust_file"], !file.value.isSystemTrust { entity.authoritiesFile = file }
    context.plan.entities.append(entity)
    context.carried(
      host.source, "\(account.label): \(server.value.host), port \(server.value.port)\(entity.signIn.phrase).")
  }

  private func port(of account: MsmtpAccount) -> UInt16 {
    if let port = account.settings["port"].flatMap({ UInt16($0.value) }), port > 0 { return port }
    return account.isOn("tls") && !account.isOn("tls_starttls", usual: true) ? 465 : 25
  }

  /// STARTTLS is on unless it is switched off, at port 465 too, where no server speaks it.
  private mutating func security(of account: MsmtpAccount, _ port: UInt16) -> Security {
    guard account.isOn("tls") else { return .none }
    guard account.isOn("tls_starttls", usual: true) else { return .tls }
    if port == 465, let source = account.settings["port"]?.source ?? account.settings["tls"]?.source {
      context.changed(
        source, "Port 465 with STARTTLS, msmtp's usual: servers speak TLS at once there, and so does Letterhead.")
      return .tls
    }
    return .starttls
  }

  private func signIn(of account: MsmtpAccount) -> PlannedSignIn {
    let method = account.settings["auth"]?.value.lowercased() ?? "off"
    guard method != "off", let user = account.settings["user"] else { return .none }
    if account.usesTokens, let grant = PlannedGrant(newFor: user, at: account.settings["host"]) {
      return .oauth(grant)
    }
    let secret: PlannedSecret =
      if let password = account.settings["password"] {
        .clear(password.map { Secret($0) })
      } else if let command = account.settings["passwordeval"] {
        .command(command)
      } else {
        .missing
      }
    return .password(username: user.value, secret)
  }

  // MARK: What is not carried

  private mutating func tellRest(_ accounts: [MsmtpAccount]) {
    var told: Set<SourceLine> = []
    let settings = accounts.flatMap { account in
      account.settings.filter { !account.usesTokens || $0.key != "passwordeval" }
    }
    for (name, setting) in settings.sorted(by: { $0.value.source.line < $1.value.source.line }) {
      guard let advice = Self.advice(name, setting.value), told.insert(setting.source).inserted else { continue }
      if name == "passwordeval" || name == "allow_from_override" || name == "auth" || name == "tls_certcheck" {
        context.changed(setting.source, "\(name): \(advice)")
      } else {
        context.leftOut(setting.source, "\(name): \(advice)")
      }
    }
  }

  private static func advice(_ name: String, _ value: String) -> String? {
    switch name {
    case "passwordeval":
      "the command is run only with --with-secrets --run-passwordeval. Letterhead keeps the password itself, sealed."
    case "auth":
      ["xoauth2", "oauthbearer"].contains(value.lowercased())
        ? "the command made access tokens, which end within the hour. Letterhead gets them itself: connect with --browser."
        : nil
    case "allow_from_override": value == "off" ? nil : "the mailbox's address takes the place of every From."
    case "tls_certcheck":
      value == "off" ? "Letterhead checks certificates. Name a private authority's with --ca-file." : nil
    case "tls_fingerprint":
      "certificates are checked by their authority and not by a fingerprint. Name it with --ca-file."
    case "tls_cert_file", "tls_key_file": "no client certificate is shown."
    case "proxy_host", "proxy_port": "mail goes through no proxy."
    case "source_ip": "connections leave from the address that the kernel chooses."
    case "socket": "servers are reached over TCP only."
    case "protocol": value.lowercased() == "smtp" ? nil : "LMTP is not spoken."
    case "dsn_notify", "dsn_return": "no delivery reports are asked for; a failure is reported by mail to notify."
    default: nil
    }
  }
}

extension MsmtpParser.MsmtpAccount {
  /// Without its name where that is no word: somebody may have written a password there.
  fileprivate var label: String { name.words.count == 1 ? "account \(name)" : "account" }

  fileprivate var usesTokens: Bool {
    ["xoauth2", "oauthbearer"].contains(settings["auth"]?.value.lowercased())
  }

  fileprivate func isOn(_ name: String, usual: Bool = false) -> Bool {
    guard let value = settings[name]?.value.lowercased() else { return usual }
    return value.isEmpty || value == "on"
  }
}

extension String {
  /// The certificates that the system trusts anyway.
  var isSystemTrust: Bool {
    [
      "", "system", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem", "/etc/pki/tls/certs/ca-bundle.crt",
      "/etc/ssl/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    ].contains(self)
  }
}
