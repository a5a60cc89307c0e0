// Email OAuth 2.0 Proxy: emailproxy.config, with the tokens that it has kept there.

import Mailboxes
import SMTP

/// One import from the proxy.
struct ProxyParser {
  /// `[SMTP-1587]`.
  private struct LocalServer {
    let port: Int
    let section: INIFile.Section
    var server: Sourced<Server>
    var accounts: [Int] = []
  }

  private var context: ImportContext
  private var servers: [LocalServer] = []
  private static let kinds = ["IMAP-", "POP-", "SMTP-"]

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path, as: .sections, holdsSecrets: true) else { return }
    var parser = ProxyParser(context: context)
    let sections = INIFile(file).sections
    for section in sections { parser.readServer(section) }
    for section in sections where section.name.contains("@") { parser.readAccount(section) }
    parser.planListeners()
    for section in sections where section.name == "emailproxy" {
      parser.context.plan.ledger.group(section.source, .carried, "The settings below are the proxy's own")
      parser.context.tell(section.settings, of: nil, by: Self.switchMeaning)
    }
    context = parser.context
  }

  private init(context: ImportContext) { self.context = context }

  // MARK: Servers

  private mutating func readServer(_ section: INIFile.Section) {
    guard let kind = Self.kinds.first(where: { section.name.hasPrefix($0) }) else { return }
    guard kind == "SMTP-" else {
      return context.leftOut(
        section.source, also: section.settings.lines,
        "The section \(kind)…: Letterhead sends mail and reads none. Keep the proxy for \(kind.dropLast()).")
    }
    guard let port = Int(section.name.dropFirst(kind.count)), let address = section["server_address"] else {
      return context.leftOut(
        section.source, also: section.settings.lines, "The section has no port or no server_address.")
    }
    let remote = context.port(section["server_port"], of: "server_port", usual: 465)
    let isSTARTTLS = section.isOn("server_starttls") || section.isOn("starttls")
    guard
      let server = context.server(
        address.value, remote, isSTARTTLS ? .starttls : .tls, address.source, asked: "")
    else { return }
    servers.append(LocalServer(port: port, section: section, server: server))
  }

  // MARK: Accounts

  private mutating func readAccount(_ section: INIFile.Section) {
    if section.name.hasPrefix("@") {
      return context.leftOut(
        section.source, also: section.settings.lines,
        "A section for all of a domain is not carried. Give each mailbox an entity: [entity.NAME] with "
          + "senders = [\"address\"], and letterhead connect NAME.")
    }
    guard let address = context.address(section.name, section.source, of: "the section") else { return }
    if section["client_id"]?.value.hasPrefix("***") ?? false {
      return context.leftOut(
        section.source, also: section.settings.lines,
        "[\(section.name)]: it still has the example's client_id, so it was never used.")
    }
    guard let tokenURL = section["token_url"], tokenURL.value.isPlainURL, let place = server(for: tokenURL.value) else {
      return context.leftOut(
        section.source, also: section.settings.lines,
        "[\(section.name)]: no token_url that is one, or no [SMTP-…] section to send through.")
    }
    let grant = grant(section, tokenURL)
    var entity = PlannedEntity(server: servers[place].server, signIn: .oauth(grant), address: address)
    entity.addSender(address.map(\.text))
    entity.source = section.source
    guard let index = context.add(entity) else { return }
    if !servers[place].accounts.contains(index) { servers[place].accounts.append(index) }
    let host = entity.server.value
    context.carried(
      section.source,
      "[\(section.name)]: mail goes through \(host.host), port \(host.port), by OAuth\(grant.clientID.isEmpty ? "" : " as client \(grant.clientID)")."
    )
    tellSignIn(as: address.value)
    context.tell(section.settings, of: section.source, by: Self.accountMeaning)
  }

  /// Any account may use any server; the one of the provider that issues its tokens is meant, else the first.
  private func server(for tokenURL: String) -> Int? {
    let matching = servers.firstIndex { candidate in
      let host = candidate.server.value.host.lowercased()
      return Providers.builtInOAuth.contains { $0.host == host && tokenURL.isToken(of: $0.oauth) }
    }
    return matching ?? servers.indices.first
  }

  private mutating func grant(_ section: INIFile.Section, _ tokenURL: Sourced<String>) -> PlannedGrant {
    var grant = PlannedGrant(
      username: section.name, tokenURL: tokenURL.value, clientID: clientID(section),
      flow: .person(refreshToken: .missing), source: section["client_id"]?.source ?? section.source)
    grant.tokenSource = tokenURL.source
    grant.scope = context.scope(section["oauth2_scope"], of: "oauth2_scope")
    grant.clientSecret = clientSecret(section)
    grant.certificateFile = context.path(section["jwt_certificate_path"], of: "jwt_certificate_path")
    grant.keyFile = context.path(section["jwt_key_path"], of: "jwt_key_path")
    let flow = section["oauth2_flow"]
    switch flow?.value {
    case "client_credentials": grant.flow = .clientCredentials
    case "service_account": grant.flow = serviceAccount(section, &grant)
    case "password":
      context.changed(
        flow?.source,
        "oauth2_flow = password: providers end it, and Letterhead has none. Somebody signs in with a browser once.")
    default: grant.flow = .person(refreshToken: refreshToken(section))
    }
    return grant
  }

  /// Of a service account it is the word for where its key is.
  private mutating func clientID(_ section: INIFile.Section) -> String {
    context.clientID(section["client_id"], of: "client_id") ?? ""
  }

  /// `client_id = file` and the path in `client_secret`; or `key`, and the JSON itself there.
  private mutating func serviceAccount(_ section: INIFile.Section, _ grant: inout PlannedGrant) -> PlannedGrant.Flow {
    let secret = section["client_secret"]
    grant.clientSecret = .missing
    if grant.clientID == "file", let secret = context.path(secret, of: "client_secret") {
      grant.clientID = ""
      grant.keyFile = secret
      return .serviceAccount(keyFile: secret.value)
    }
    grant.clientID = ""
    context.changed(
      secret?.source ?? section.source,
      "The service account's key stands in the configuration. Write it into a file of mode 0600, and name that with --key."
    )
    return .serviceAccount(keyFile: nil)
  }

  private func clientSecret(_ section: INIFile.Section) -> PlannedSecret {
    if let secret = section["client_secret"] { return .clear(secret.map { Secret($0) }) }
    if let secret = encrypted("client_secret_encrypted", in: section) { return .encrypted(secret) }
    return .missing
  }

  private mutating func refreshToken(_ section: INIFile.Section) -> PlannedSecret {
    guard let token = section["refresh_token"] else {
      context.changed(
        section.source, "[\(section.name)]: no token is kept here. Somebody signs in with a browser once.")
      return .missing
    }
    if let scope = section["oauth2_scope"], !scope.value.coversSMTP {
      context.changed(
        scope.source, "oauth2_scope: the token is not for sending. Somebody signs in with a browser once.")
      return .missing
    }
    guard let secret = encrypted("refresh_token", in: section) else {
      context.changed(
        token.source, "refresh_token: without token_salt it cannot be read. Somebody signs in with a browser once.")
      return .missing
    }
    context.carried(
      token.source, "[\(section.name)]: its token, with --with-secrets and the password that the app has.")
    return .encrypted(secret)
  }

  private func encrypted(_ key: String, in section: INIFile.Section) -> Sourced<EncryptedSecret>? {
    guard let token = section[key], let salt = section["token_salt"] else { return nil }
    // Versions that did not write the number had this one.
    let iterations = section["token_iterations"].map { Int($0.value) ?? 0 } ?? 100_000
    return token.compactMap { EncryptedSecret(token: $0, salt: salt.value, iterations: iterations) }
  }

  private mutating func tellSignIn(as address: Address) {
    context.changed(
      nil,
      "The app signed in as \(address) with a password of its own. On this host it needs none now: switch its sign-in off. Or "
        + "give it one: [app.NAME] with sign_in = true, letterhead app password NAME.")
  }

  // MARK: Listeners

  private mutating func planListeners() {
    context.plan.hasDefault = context.plan.entities.count == 1
    for local in servers where !local.accounts.isEmpty {
      let address = local.section["local_address"]
      let host = address.map { $0.value == "localhost" ? "127.0.0.1" : $0.value } ?? "::"
      var listener = PlannedListener(host: host, port: local.port, source: address?.source ?? local.section.source)
      if local.accounts.count == 1, servers.count > 1 { listener.entityIndex = local.accounts[0] }
      let certificate = context.path(local.section["local_certificate_path"], of: "local_certificate_path")
      if let certificate, let key = context.path(local.section["local_key_path"], of: "local_key_path") {
        (listener.certificate, listener.key) = (certificate, key)
        listener.isTLS = !local.section.isOn("local_starttls")
      }
      context.listen(listener)
      context.plan.ledger.join([local.section.source], to: address?.source ?? local.section.source)
      context.tell(local.section.settings, of: address?.source ?? local.section.source, by: Self.serverMeaning)
    }
    for local in servers where local.accounts.isEmpty {
      context.leftOut(
        local.section.source, also: local.section.settings.lines, "[\(local.section.name)]: no account here uses it.")
    }
  }

  // MARK: What is said of the rest

  private static func serverMeaning(of name: String, _ value: String) -> SettingMeaning? {
    switch name {
    case "server_address", "server_port", "server_starttls", "starttls", "local_address", "local_certificate_path",
      "local_key_path", "local_starttls":
      .part
    case "plugins": value.isEmpty ? .needless : .leftOut("plug-ins are not carried.")
    default: nil
    }
  }

  private static func accountMeaning(of name: String, _ value: String) -> SettingMeaning? {
    switch name {
    case "permission_url", "token_url", "oauth2_scope", "oauth2_flow", "redirect_uri", "client_id", "client_secret",
      "client_secret_encrypted", "jwt_certificate_path", "jwt_key_path", "token_salt", "token_iterations",
      "refresh_token", "use_pkce":
      .part
    case "access_token", "access_token_expiry", "last_activity", "redirect_listen_address": .needless
    default: nil
    }
  }

  private static func switchMeaning(of name: String, _ value: String) -> SettingMeaning? {
    switch name {
    case "documentation", "delete_account_token_on_password_error", "encrypt_client_secret_on_first_use",
      "use_login_password_as_client_credentials_secret", "allow_catch_all_accounts":
      .needless
    default: nil
    }
  }
}

extension String {
  /// Microsoft's scopes name each protocol; others have one for all of mail.
  fileprivate var coversSMTP: Bool {
    let scope = lowercased()
    return !scope.contains("outlook.office") || scope.contains("smtp.send") || scope.contains("/.default")
  }
}
