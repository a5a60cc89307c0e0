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
    guard let file = context.file(path, holdsSecrets: true) else { return }
    var parser = ProxyParser(context: context)
    let sections = INIFile(file).sections
    for section in sections { parser.readServer(section) }
    for section in sections where section.name.contains("@") { parser.readAccount(section) }
    parser.planListeners()
    for section in sections where section.name == "emailproxy" { parser.tellSwitches(section) }
    context = parser.context
  }

  private init(context: ImportContext) { self.context = context }

  // MARK: Servers

  private mutating func readServer(_ section: INIFile.Section) {
    guard let kind = Self.kinds.first(where: { section.name.hasPrefix($0) }) else { return }
    guard kind == "SMTP-" else {
      return context.leftOut(
        section.source,
        "The section \(kind)…: Letterhead sends mail and reads none. Keep the proxy for \(kind.dropLast()).")
    }
    guard let port = Int(section.name.dropFirst(kind.count)), let address = section["server_address"] else {
      return context.leftOut(section.source, "The section has no port or no server_address.")
    }
    let remote = section["server_port"].flatMap { UInt16($0.value) } ?? 465
    let isSTARTTLS = section.isOn("server_starttls") || section.isOn("starttls")
    guard
      let server = context.server(
        address.value, max(remote, 1), isSTARTTLS ? .starttls : .tls, address.source, asked: "")
    else { return }
    servers.append(LocalServer(port: port, section: section, server: server))
    if let plugins = section["plugins"] {
      context.leftOut(plugins.source, "[\(section.name)] plugins: plug-ins are not carried.")
    }
  }

  // MARK: Accounts

  private mutating func readAccount(_ section: INIFile.Section) {
    if section.name.hasPrefix("@") {
      return context.leftOut(
        section.source,
        "A section for all of a domain is not carried. Give each mailbox an entity: [entity.NAME] with "
          + "senders = [\"address\"], and letterhead connect NAME.")
    }
    guard let address = context.address(section.name, section.source, of: "the section") else { return }
    if section["client_id"]?.value.hasPrefix("***") ?? false {
      return context.leftOut(
        section.source, "[\(section.name)]: it still has the example's client_id, so it was never used.")
    }
    guard let tokenURL = section["token_url"], tokenURL.value.isPlainURL, let place = server(for: tokenURL.value) else {
      return context.leftOut(
        section.source, "[\(section.name)]: no token_url that is one, or no [SMTP-…] section to send through.")
    }
    guard !context.isFull else { return }
    let grant = grant(section, tokenURL)
    var entity = PlannedEntity(server: servers[place].server, signIn: .oauth(grant), address: address)
    entity.addSender(address.map(\.text))
    servers[place].accounts.append(context.plan.entities.count)
    context.plan.entities.append(entity)
    let host = entity.server.value
    context.carried(
      section.source,
      "[\(section.name)]: mail goes through \(host.host), port \(host.port), by OAuth\(grant.clientID.isEmpty ? "" : " as client \(grant.clientID)")."
    )
    tellSignIn(section, address.value)
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
      username: section.name, tokenURL: tokenURL.value, clientID: section["client_id"]?.value ?? "",
      flow: .person(refreshToken: .missing), source: section["client_id"]?.source ?? section.source)
    grant.tokenSource = tokenURL.source
    grant.scope = section["oauth2_scope"]?.value
    grant.clientSecret = clientSecret(section)
    grant.certificateFile = section["jwt_certificate_path"]
    grant.keyFile = section["jwt_key_path"]
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

  /// `client_id = file` and the path in `client_secret`; or `key`, and the JSON itself there.
  private mutating func serviceAccount(_ section: INIFile.Section, _ grant: inout PlannedGrant) -> PlannedGrant.Flow {
    let secret = section["client_secret"]
    grant.clientSecret = .missing
    if grant.clientID == "file", let secret {
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

  private mutating func tellSignIn(_ section: INIFile.Section, _ address: Address) {
    context.changed(
      section.source,
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
      if let certificate = local.section["local_certificate_path"], let key = local.section["local_key_path"] {
        (listener.certificate, listener.key) = (certificate, key)
        listener.isTLS = !local.section.isOn("local_starttls")
      }
      context.listen(listener)
    }
    for local in servers where local.accounts.isEmpty {
      context.leftOut(local.section.source, "[\(local.section.name)]: no account here uses it.")
    }
  }

  private mutating func tellSwitches(_ section: INIFile.Section) {
    for key in section.keys where key != "documentation" {
      guard let setting = section[key], !Self.meaningless.contains(key) else { continue }
      context.leftOut(setting.source, "[emailproxy] \(key): it has no counterpart.")
    }
  }

  private static let meaningless: Set = [
    "delete_account_token_on_password_error", "encrypt_client_secret_on_first_use",
    "use_login_password_as_client_credentials_secret",
    "allow_catch_all_accounts",
  ]
}

extension String {
  /// An address with nothing in it but a host, a port and a path: of https, or on this host.
  fileprivate var isPlainURL: Bool {
    wholeMatch(of: #/(https:\/\/[A-Za-z0-9._\-]+|http:\/\/127\.0\.0\.1)(:[0-9]{1,5})?(\/[A-Za-z0-9._\/\-]*)?/#) != nil
  }

  /// Microsoft's scopes name each protocol; others have one for all of mail.
  fileprivate var coversSMTP: Bool {
    let scope = lowercased()
    return !scope.contains("outlook.office") || scope.contains("smtp.send") || scope.contains("/.default")
  }
}
