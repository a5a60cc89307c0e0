// msmtp: accounts of /etc/msmtprc or ~/.msmtprc. msmtp(1).

import Mailboxes
import SMTP

/// One import from msmtp.
struct MsmtpParser {
  /// The settings of an account; what it is built upon is in it.
  fileprivate struct MsmtpAccount {
    let name: String
    let source: SourceLine
    var settings = ForeignSettings()
    /// `account default : acme` with nothing of its own.
    var base: String?
  }

  /// Where a setting goes.
  private enum MsmtpSection {
    case defaults
    case account
    case passedOver
  }

  private var context: ImportContext
  private var section = MsmtpSection.account
  private var defaults = ForeignSettings()
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
    for line in file.statements {
      let (name, value) =
        line.value.halves(at: " ", "\t").map { ($0.before.lowercased(), $0.after.trimmed) }
        ?? (line.value.lowercased(), "")
      switch name {
      case "defaults":
        section = .defaults
        context.plan.ledger.group(line.source, .carried, "The settings below hold for each account")
      case "account": begin(value, line.source)
      case "eval": context.leftOut(line.source, "eval: the command was not run. Write the line that it prints.")
      default:
        let setting = Sourced(value.unquoted, line.source)
        switch section {
        case .defaults: defaults.set(name, setting)
        case .account: add(name, setting)
        case .passedOver: break
        }
      }
    }
  }

  /// `account acme`, `account acme : base, other`, `account default : acme`.
  private mutating func begin(_ text: String, _ source: SourceLine) {
    guard accounts.count < Self.mostAccounts else {
      if section != .passedOver {
        context.leftOut(nil, "More than \(Self.mostAccounts) accounts; those behind were not read.")
      }
      section = .passedOver
      return
    }
    section = .account
    let (name, bases) = text.halves(at: ":").map { ($0.before.trimmed, $0.after.listed) } ?? (text, [])
    var account = MsmtpAccount(name: name, source: source)
    for base in bases.reversed() {
      guard let known = accounts.last(where: { $0.name == base }) else {
        context.leftOut(source, "account: the account that it names is not above it.")
        continue
      }
      account.settings.inherit(known.settings)
    }
    account.settings.inherit(defaults)
    if name == "default", let base = bases.first {
      defaultName = base
      account.base = base
    }
    accounts.append(account)
  }

  private mutating func add(_ name: String, _ setting: Sourced<String>) {
    if accounts.isEmpty {
      accounts.append(MsmtpAccount(name: "default", source: setting.source, settings: defaults))
    }
    accounts[accounts.count - 1].settings.override(name, setting)
    // It has settings of its own beside those of the account that it is built upon.
    accounts[accounts.count - 1].base = nil
  }

  // MARK: Planning

  private mutating func plan() {
    let real = accounts.filter { $0.base == nil }
    let first = real.first { $0.name == "default" } ?? real.first { [defaultName] in $0.name == defaultName }
    context.plan.hasDefault = first != nil || real.count == 1
    for account in [first].compactMap(\.self) + real.filter({ $0.name != first?.name }) { plan(account) }
    for alias in accounts {
      guard let target = real.first(where: { $0.name == alias.base }) else { continue }
      context.plan.ledger.join([alias.source], to: target.source)
    }
    if let file = defaults["aliases"] ?? real.compactMap({ $0.settings["aliases"] }).first {
      context.readRootAlias(file, of: "aliases")
    }
    tellOverridden(real)
  }

  /// Lines of `defaults` that hold for no account.
  private mutating func tellOverridden(_ accounts: [MsmtpAccount]) {
    let unused = defaults.names.compactMap { name in
      defaults.stated(name).flatMap { setting in
        accounts.contains { $0.settings.stated(name)?.source == setting.source } ? nil : setting.source
      }
    }
    for line in defaults.overridden + unused { context.tellOverridden(line) }
  }

  private mutating func plan(_ account: MsmtpAccount) {
    let head = planMailbox(account) ? account.source : nil
    context.tell(account.settings, of: head) { name, value in
      // Access tokens are not wanted, so neither is the command that makes them.
      name == "passwordeval" && account.usesTokens ? .part : Self.meaning(of: name, value)
    }
  }

  /// - Returns: whether there is one.
  private mutating func planMailbox(_ account: MsmtpAccount) -> Bool {
    guard let host = account.settings["host"] else {
      context.leftOut(account.source, "\(account.title): it has no host.")
      return false
    }
    let port = port(of: account)
    guard
      let server = context.server(
        host.value, port, security(of: account, port), host.source, asked: "tls off",
        at: account.settings.stated("tls")?.source)
    else { return false }
    var entity = PlannedEntity(server: server, signIn: signIn(of: account), source: account.source)
    entity.label = account.name.isPlainName && account.name != "default" ? account.name : nil
    takeFrom(of: account, into: &entity)
    entity.authoritiesFile = context.authorities(account.settings["tls_trust_file"], of: "tls_trust_file")
    let count = context.plan.entities.count
    guard let place = context.add(entity) else { return false }
    let isNew = context.plan.entities.count > count
    let known = context.plan.entities[place].label.map { "of the account \($0)" } ?? "that is there already"
    context.carried(
      account.source,
      "\(account.title): \(server.value.host), port \(server.value.port)\(entity.signIn.phrase)."
        + (isNew ? "" : " It is the mailbox \(known)."))
    return true
  }

  private mutating func takeFrom(of account: MsmtpAccount, into entity: inout PlannedEntity) {
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
    if let name = account.settings["from_full_name"] {
      entity.name = name.map { $0.words.joined(separator: " ") }
    }
  }

  private mutating func port(of account: MsmtpAccount) -> UInt16 {
    let isTLS = account.isOn("tls") && !account.isOn("tls_starttls", usual: true)
    return context.port(account.settings["port"], of: "port", usual: isTLS ? 465 : 25)
  }

  /// STARTTLS is on unless it is switched off, at port 465 too, where no server speaks it.
  private mutating func security(of account: MsmtpAccount, _ port: UInt16) -> Security {
    guard account.isOn("tls") else { return .none }
    guard account.isOn("tls_starttls", usual: true) else { return .tls }
    if port == 465, let source = account.settings["port"]?.source ?? account.settings.stated("tls")?.source {
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

  private static func meaning(of name: String, _ value: String) -> SettingMeaning? {
    switch name {
    case "host", "port", "tls", "tls_starttls", "user", "password", "from", "from_full_name", "tls_trust_file": .part
    case "passwordeval":
      .changed(
        "the command is run only with --with-secrets --run-passwordeval. Letterhead keeps the password itself, sealed.")
    case "auth":
      ["xoauth2", "oauthbearer"].contains(value.lowercased())
        ? .changed(
          "the command made access tokens, which end within the hour. Letterhead gets them itself: connect with --browser."
        )
        : .part
    case "allow_from_override":
      value == "off" ? .part : .changed("the mailbox's address takes the place of every From.")
    case "tls_certcheck":
      value == "off"
        ? .changed("Letterhead checks certificates. Name a private authority's with --ca-file.") : .part
    default: leftOut(name, value) ?? (needless.contains(name) ? .needless : nil)
    }
  }

  private static func leftOut(_ name: String, _ value: String) -> SettingMeaning? {
    if value.isEmpty { return nil }
    switch name {
    case "tls_fingerprint":
      return .leftOut("certificates are checked by their authority and not by a fingerprint. Name it with --ca-file.")
    case "tls_cert_file", "tls_key_file": return .leftOut("no client certificate is shown.")
    case "proxy_host", "proxy_port": return .leftOut("mail goes through no proxy.")
    case "source_ip": return .leftOut("connections leave from the address that the kernel chooses.")
    case "socket": return .leftOut("servers are reached over TCP only.")
    case "protocol": return value.lowercased() == "smtp" ? .needless : .leftOut("LMTP is not spoken.")
    case "dsn_notify", "dsn_return":
      return .leftOut("no delivery reports are asked for; a failure is reported by mail to notify.")
    default: return nil
    }
  }

  private static let needless: Set = [
    "logfile", "logfile_time_format", "syslog", "timeout", "connect_timeout", "domain", "maildomain",
    "auto_from", "add_missing_from_header", "add_missing_date_header", "remove_bcc_headers", "undisclosed_recipients",
    "set_from_header", "set_date_header", "set_msgid_header", "tls_crl_file", "tls_min_dh_prime_bits", "tls_priorities",
    "tls_host_override", "tls_force_sslv3", "ntlmdomain", "protocol", "tls_fingerprint", "tls_cert_file",
    "tls_key_file",
    "proxy_host", "proxy_port", "source_ip", "socket", "dsn_notify", "dsn_return", "keepbcc",
  ]
}

extension MsmtpParser.MsmtpAccount {
  /// Without its name where that is no word: somebody may have written a password there.
  fileprivate var title: String { name.isPlainName ? "account \(name)" : "account" }

  fileprivate var usesTokens: Bool {
    ["xoauth2", "oauthbearer"].contains(settings["auth"]?.value.lowercased())
  }

  fileprivate func isOn(_ name: String, usual: Bool = false) -> Bool {
    guard let value = settings.stated(name)?.value.lowercased() else { return usual }
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
