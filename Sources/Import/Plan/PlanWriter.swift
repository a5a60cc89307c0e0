// From a plan to the configuration file. Each line says where it comes from; no line says a secret.

import Access
import Letterhead
import Mailboxes
import SMTP

/// Writes one plan.
struct PlanWriter {
  private let plan: MigrationPlan
  private var lines: [String] = []

  init(_ plan: MigrationPlan) {
    self.plan = plan
  }

  static func text(of plan: MigrationPlan) -> String {
    var writer = PlanWriter(plan)
    writer.write()
    return writer.lines.joined(separator: "\n") + "\n"
  }

  private mutating func write() {
    lines.append(
      "# Taken over from \(plan.system.label) by letterhead import. Behind each value stands where it comes from.")
    if let hostname = plan.hostname {
      lines.append("")
      key("hostname", .text(hostname.value), [hostname.source])
    }
    // A configuration without a listener is none, and this one is free where no port was.
    if plan.system.isSendmail || plan.listeners.isEmpty { submitSocket() }
    for listener in plan.listeners { write(listener) }
    for entity in plan.entities { write(entity) }
    for app in plan.apps { write(app) }
    for registration in plan.registrations { write(registration) }
    writeLimits()
  }

  private mutating func submitSocket() {
    table("[[listener]]", "For letterhead-sendmail.")
    key("address", "/run/letterhead/submit.sock")
  }

  private mutating func write(_ listener: PlannedListener) {
    table("[[listener]]")
    key("address", .text(listener.address), [listener.source])
    if !listener.allow.isEmpty {
      key("allow", .texts(listener.allow.map(\.value.description)), listener.allow.map(\.source))
    }
    if let certificate = listener.certificate, let privateKey = listener.key {
      key("security", .text((listener.isTLS ? Security.tls : .starttls).rawValue), [certificate.source])
      key("certificate", .text(certificate.value), [certificate.source])
      key("key", .text(privateKey.value), [privateKey.source])
    }
    if let entity = listener.entityIndex { key("entity", .text(plan.entities[entity].key), [listener.source]) }
    if let source = listener.requiresSignIn { key("require_sign_in", true, [source]) }
  }

  private mutating func write(_ entity: PlannedEntity) {
    table("[entity.\(entity.key)]", "Connect it: \(PlannedConnect(entity, in: plan).command)")
    if let name = entity.name { key("name", .text(name.value), [name.source]) }
    if plan.hasDefault, plan.entities.first?.key == entity.key { key("default", true, [entity.server.source]) }
    if !entity.senders.isEmpty { key("senders", .texts(entity.senders.map(\.value)), entity.senders.map(\.source)) }
    if !entity.localRecipients.isEmpty {
      key(
        "local_recipients", .texts(entity.localRecipients.map(\.value.text)), entity.localRecipients.map(\.source))
    }
    if entity.maxConnections == nil, entity.messagesPerMinute == nil { return }
    table("[entity.\(entity.key).limits]")
    if let most = entity.maxConnections { key("max_connections", .number(most.value), [most.source]) }
    if let most = entity.messagesPerMinute { key("messages_per_minute", .number(most.value), [most.source]) }
  }

  private mutating func write(_ app: PlannedApp) {
    table("[app.\(app.name)]")
    if !app.match.isEmpty { key("match", .texts(app.match.map(\.value)), app.match.map(\.source)) }
    if let source = app.signsIn { key("sign_in", true, [source]) }
    if let entity = app.entityIndex {
      key("entities", .texts([plan.entities[entity].key]), [app.match.first?.source ?? app.signsIn])
    }
    if !app.senders.isEmpty { key("senders", .texts(app.senders.map(\.value)), app.senders.map(\.source)) }
  }

  private mutating func write(_ registration: PlannedRegistration) {
    table("[oauth.\(registration.provider)]")
    if !registration.clientID.isEmpty { key("client_id", .text(registration.clientID), [registration.source]) }
    if let tenant = registration.tenant { key("tenant", .text(tenant.value), [tenant.source]) }
    if let file = registration.certificateFile { key("certificate", .text(file.value), [file.source]) }
    if let file = registration.keyFile { key("key", .text(file.value), [file.source]) }
    if registration.needsSecretFile {
      lines.append("# The client secret of \(registration.source.text), in a file of mode 0600:")
      lines.append("# client_secret_file = \"/etc/letterhead/\(registration.provider)-secret\"")
    }
  }

  private mutating func writeLimits() {
    if plan.limits.isEmpty { return }
    table("[limits]")
    for limit in plan.limits {
      switch limit.amount {
      case .number(let number): key(limit.name, .number(number), [limit.source])
      case .text(let text): key(limit.name, .text(text), [limit.source])
      }
    }
  }

  private mutating func table(_ header: String, _ comment: String? = nil) {
    lines += ["", header]
    if let comment { lines.append("# \(comment.onOneLine)") }
  }

  private mutating func key(_ name: String, _ value: ConfigurationValue, _ sources: [SourceLine?] = []) {
    let places = sources.compactMap { $0?.text }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let shown = places.prefix(3).joined(separator: ", ") + (places.count > 3 ? ", …" : "")
    lines.append("\(name) = \(value.toml)" + (shown.isEmpty ? "" : "  # \(shown)"))
  }
}

extension SourceLine {
  fileprivate var text: String { description.onOneLine }
}

extension String {
  /// A comment of TOML ends with its line, and takes no control characters.
  var onOneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }))
  }
}
