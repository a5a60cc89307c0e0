// Exim as Debian sets it up: update-exim4.conf.conf, passwd.client, email-addresses. exim4-config_files(5). A configuration
// that was written by hand is not read.

import Access
import Mailboxes
import SMTP

/// One import from Exim.
struct EximParser {
  /// A row of passwd.client.
  private struct Login {
    let target: String
    let user: String
    let password: String
    let source: SourceLine
  }

  private var context: ImportContext
  private var settings = ForeignSettings()

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path) else { return }
    var parser = EximParser(context: context)
    parser.read(file)
    parser.plan(path.halvesOfPath.folder)
    parser.context.tell(parser.settings, of: parser.settings["dc_smarthost"]?.source, by: Self.meaning)
    context = parser.context
  }

  private init(context: ImportContext) { self.context = context }

  /// `dc_smarthost='…'`, as a shell would read it.
  private mutating func read(_ file: ForeignFile) {
    for line in file.statements {
      guard let (name, value) = line.value.halves(at: "=") else { continue }
      settings.set(name.trimmed, Sourced(value.trimmed.unquoted, line.source))
    }
  }

  private mutating func plan(_ folder: String) {
    let kind = settings["dc_eximconfig_configtype"]
    guard let kind, ["smarthost", "satellite"].contains(kind.value) else {
      return context.leftOut(
        settings.stated("dc_eximconfig_configtype")?.source,
        "dc_eximconfig_configtype: the kind is not smarthost or satellite: Exim sends to each recipient's own server, or "
          + "delivers here.")
    }
    guard let hosts = settings["dc_smarthost"] else {
      return context.leftOut(kind.source, "dc_smarthost names no server.")
    }
    let items = Self.items(of: hosts.value)
    guard let first = items.first, let (host, port) = Self.hostAndPort(first) else {
      return context.leftOut(hosts.source, "dc_smarthost: that is no server.")
    }
    planServer(host, port, hosts.source, logins(in: folder + "passwd.client"))
    guard context.plan.isUseful else { return }
    if items.count > 1 {
      context.leftOut(hosts.source, "dc_smarthost: an entity has one server and no second to fall back on.")
    }
    readListeners()
    readNames(kind)
    readAddresses(folder == "/etc/exim4/" ? "/etc/email-addresses" : folder + "email-addresses")
  }

  /// Items are divided by semicolons, or by single colons, a colon in an item being doubled.
  private static func items(of list: String) -> [String] {
    let list = list.hasPrefix("<;") ? String(list.dropFirst(2)) : list
    return list.split(separator: ";").map(\.trimmed).filter { !$0.isEmpty }
  }

  /// `host`, `host::port`, `192.0.2.1::587`.
  private static func hostAndPort(_ item: String) -> (String, UInt16)? {
    guard let colons = item.firstRange(of: "::") else { return (item, 25) }
    guard let port = UInt16(item[colons.upperBound...].trimmed), port > 0 else { return nil }
    return (item[..<colons.lowerBound].trimmed, port)
  }

  private mutating func planServer(_ host: String, _ port: UInt16, _ source: SourceLine, _ logins: [Login]) {
    // Debian's Exim takes TLS where it is offered, and signs in only under it.
    guard
      let server = context.server(host, port, port == 465 ? .tls : nil, source, asked: "TLS only where it is offered")
    else { return }
    let login = login(for: host, source, logins)
    let secret = login.map { PlannedSecret.clear(Sourced(Secret($0.password), $0.source)) } ?? .missing
    var entity = PlannedEntity(
      server: server, signIn: logins.isEmpty ? .none : .password(username: login?.user ?? "", secret))
    if let login, let address = Address(login.user), !address.domain.isEmpty {
      entity.address = Sourced(address, login.source)
    }
    guard context.add(entity) != nil else { return }
    for other in logins where other.source != login?.source {
      context.plan.ledger.group(other.source, .leftOut, "Sign-ins at other servers are not carried")
    }
    context.plan.ledger.join(login.map { [$0.source] } ?? [], to: source)
    context.carried(
      source,
      "Mail goes through \(host), port \(port)\(entity.signIn.phrase).")
  }

  // MARK: passwd.client

  /// `target:login:password`; the password may hold colons.
  private mutating func logins(in path: String) -> [Login] {
    guard let file = context.file(path, holdsSecrets: true, isExpected: false) else { return [] }
    return file.statements.compactMap { line in
      let parts = line.value.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3, !parts[1].isEmpty else { return nil }
      return Login(target: parts[0].lowercased(), user: parts[1], password: parts[2], source: line.source)
    }
  }

  /// Exim looks for the name that DNS gives for the server's address, which often is another than the configured one.
  private mutating func login(for host: String, _ source: SourceLine, _ logins: [Login]) -> Login? {
    let host = host.lowercased()
    let exact = logins.first { $0.target == host || $0.target == "*" }
    if let exact { return exact }
    if let wild = logins.first(where: { $0.target.hasPrefix("*") && host.hasSuffix($0.target.dropFirst()) }) {
      return wild
    }
    guard let other = logins.first else { return nil }
    if logins.count == 1 {
      context.changed(
        other.source,
        "The name there is not the one in dc_smarthost; Exim compares with the name that DNS gives for the server's "
          + "address. As the only sign-in it was taken for \(host).")
      return other
    }
    context.leftOut(
      source,
      "None of the sign-ins in passwd.client is for \(host). Connect with the right one by hand.")
    return nil
  }

  // MARK: Who may send

  private mutating func readListeners() {
    let setting = settings.stated("dc_local_interfaces")
    let relayed = settings["dc_relay_nets"].map {
      context.networks(Self.items(of: $0.value), $0.source, of: "dc_relay_nets")
    }
    let allow = relayed ?? []
    let interfaces = setting.map { Self.items(of: $0.value) } ?? []
    for interface in interfaces.isEmpty ? ["0.0.0.0"] : interfaces {
      let (host, port) = Self.interface(interface)
      let isLocal = ClientNetwork.loopback.contains(host)
      // Listening everywhere, and relaying for this host alone.
      let place = !isLocal && allow.isEmpty && interfaces.isEmpty ? "127.0.0.1" : host
      context.listen(PlannedListener(host: place, port: port, allow: isLocal ? [] : allow, source: setting?.source))
    }
  }

  /// `127.0.0.1`, `192.0.2.1.587`, `::1` with its colons doubled or not.
  private static func interface(_ text: String) -> (host: String, port: Int) {
    let host = text.replacing("::::", with: "::")
    let parts = host.split(separator: ".")
    guard parts.count == 5, let port = Int(parts[4]) else { return (host, 25) }
    return (parts[..<4].joined(separator: "."), port)
  }

  // MARK: Names and addresses

  private mutating func readNames(_ kind: Sourced<String>) {
    if let domain = settings["dc_readhost"] {
      context.carried(domain.source, "dc_readhost: the mailbox's own address takes the place of every sender.")
    }
    if kind.value == "smarthost", let domains = settings["dc_other_hostnames"] {
      context.changed(
        domains.source,
        "dc_other_hostnames: mail for users of this host was delivered here. Letterhead gives recipients without a domain "
          + "to local_recipients, and sends all else out.")
    }
    context.readRootAlias()
    if let domains = settings["dc_relay_domains"] {
      context.leftOut(domains.source, "dc_relay_domains: Letterhead takes mail from apps, and none for domains.")
    }
  }

  /// `user: address`.
  private mutating func readAddresses(_ path: String) {
    guard let file = context.file(path, isExpected: false) else { return }
    var rows: [(user: String, address: Sourced<Address>)] = []
    for line in file.statements {
      guard let (user, target) = line.value.halves(at: ":"), user.trimmed.isPlainName else { continue }
      if let address = context.address(target, line.source, of: "email-addresses") {
        rows.append((user.trimmed, address))
      }
    }
    guard let first = rows.first else { return }
    if rows.allSatisfy({ $0.address.value.isSame(as: first.address.value) }) {
      context.plan.entities[0].address = first.address
      context.carried(
        first.address.source, also: rows.dropFirst().map(\.address.source), "Mail goes out as \(first.address.value).")
    } else {
      let shown = rows.prefix(10).map { "\($0.user) as \($0.address.value)" }.joined(separator: ", ")
      context.leftOut(
        first.address.source, also: rows.dropFirst().map(\.address.source),
        "Users wrote as several addresses: \(shown). A mailbox has one. Choose it with --entity NAME=ADDRESS, or give each an "
          + "entity and a mailbox of its own.")
    }
  }

  private static func meaning(of name: String, _ value: String) -> SettingMeaning? {
    switch name {
    case "dc_smarthost", "dc_eximconfig_configtype": .part
    case "dc_local_interfaces", "dc_relay_nets", "dc_readhost", "dc_other_hostnames", "dc_relay_domains",
      "dc_minimaldns", "dc_use_split_config", "dc_hide_mailname", "dc_mailname_in_oh", "dc_localdelivery", "CFILEMODE":
      .needless
    default: nil
    }
  }
}
