// dma, the DragonFly Mail Agent: dma.conf and auth.conf. dma(8).

import Mailboxes
import SMTP

/// One import from dma.
struct DMAParser {
  private var context: ImportContext
  private var settings: [String: Sourced<String>] = [:]
  private var order: [String] = []

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path) else { return }
    var parser = DMAParser(context: context)
    parser.read(file)
    parser.plan(path.halvesOfPath.folder)
    context = parser.context
  }

  private init(context: ImportContext) { self.context = context }

  /// `KEY value`, or `KEY` alone.
  private mutating func read(_ file: ForeignFile) {
    for (text, source) in file.placed {
      let line = text.prefix { $0 != "#" }.trimmed
      if line.isEmpty { continue }
      let (key, value) = line.halves(at: " ", "\t") ?? (line, "")
      if settings[key.uppercased()] == nil { order.append(key.uppercased()) }
      settings[key.uppercased()] = Sourced(value.trimmed, source)
    }
  }

  private mutating func plan(_ folder: String) {
    guard let host = settings["SMARTHOST"], !host.value.isEmpty else {
      return context.leftOut(
        settings["SMARTHOST"]?.source, "There is no SMARTHOST: dma delivers to each recipient's own server.")
    }
    let port = settings["PORT"].flatMap { UInt16($0.value) } ?? 25
    guard
      let server = context.server(
        host.value, max(port, 1), security, host.source,
        asked: settings["OPPORTUNISTIC_TLS"] == nil ? "SECURETRANSFER is off" : "OPPORTUNISTIC_TLS")
    else { return }
    var entity = PlannedEntity(server: server, signIn: signIn(at: host.value, folder))
    if let user = entity.signIn.username, let address = Address(user), !address.domain.isEmpty {
      entity.address = Sourced(address, host.source)
    }
    context.plan.entities.append(entity)
    context.carried(
      host.source, "Mail goes through \(server.value.host), port \(server.value.port)\(entity.signIn.phrase).")
    readNames()
    context.readRootAlias("/etc/aliases")
    tellRest()
  }

  private var security: Security? {
    guard settings["SECURETRANSFER"] != nil else { return Security.none }
    guard settings["STARTTLS"] != nil else { return .tls }
    return settings["OPPORTUNISTIC_TLS"] == nil ? .starttls : nil
  }

  /// `user|host:password`; the password may hold colons.
  private mutating func signIn(at host: String, _ folder: String) -> PlannedSignIn {
    let path = settings["AUTHPATH"]?.value ?? folder + "auth.conf"
    guard let file = context.file(path, holdsSecrets: true, isExpected: settings["AUTHPATH"] != nil) else {
      return .none
    }
    for (text, source) in file.placed where !text.hasPrefix("#") {
      guard let (user, rest) = text.trimmed.halves(at: "|"), let (name, password) = rest.halves(at: ":"), name == host
      else {
        continue
      }
      return .password(username: user, .clear(Sourced(Secret(password), source)))
    }
    return .none
  }

  private mutating func readNames() {
    if let name = settings["MAILNAME"], !name.value.hasPrefix("/") { context.setHostname(name, of: "MAILNAME") }
    guard let masquerade = settings["MASQUERADE"], !masquerade.value.isEmpty else { return }
    guard let address = Address(masquerade.value), !address.domain.isEmpty else {
      return context.carried(
        masquerade.source, "MASQUERADE: the mailbox's own address takes the place of every sender.")
    }
    context.plan.entities[0].address = Sourced(address, masquerade.source)
    context.carried(masquerade.source, "MASQUERADE: mail goes out as \(address).")
  }

  private mutating func tellRest() {
    for key in order {
      guard let setting = settings[key], let advice = Self.advice[key] else { continue }
      if key == "SECURE" || key == "INSECURE" {
        context.changed(setting.source, "\(key): \(advice)")
      } else {
        context.leftOut(setting.source, "\(key): \(advice)")
      }
    }
  }

  private static let advice = [
    "FINGERPRINT": "certificates are checked by their authority and not by a fingerprint. Name it with --ca-file.",
    "CERTFILE": "no client certificate is shown.",
    "ALIASES": "aliases are not carried, but for root's.",
    "DEFER": "messages are sent at once. To hold them: letterhead queue hold.",
    "SPOOLDIR": "messages that wait there are dma's to send: dma -q.",
    "INSECURE": "a password is never sent in clear.",
  ]
}
