// Where Postfix took mail, from whom, and how much.

import Access

extension PostfixParser {
  mutating func readListeners() {
    let source = settings.value("inet_interfaces")?.source
    let hosts = (settings.filled("inet_interfaces")?.value ?? "all").listed
    let allow = takeNetworks()
    let certificate = takeCertificate()
    for service in services() {
      for host in hosts.prefix(50) { listen(host, service.port, allow, certificate, source ?? service.source) }
      if let source { context.plan.ledger.join([service.source].compactMap(\.self), to: source) }
    }
    if let networks = settings.value("mynetworks")?.source, let source {
      context.plan.ledger.join([networks], to: source)
    }
    tellTLS()
    if settings.isOn("smtpd_sasl_auth_enable"), let setting = settings.value("smtpd_sasl_auth_enable") {
      context.leftOut(
        setting.source,
        "smtpd_sasl_auth_enable: the users of Dovecot or Cyrus are not carried. For each app that signs in: [app.NAME] with "
          + "sign_in = true, then letterhead app password NAME.")
    }
  }

  private mutating func listen(
    _ host: String, _ port: Int, _ allow: [Sourced<ClientNetwork>],
    _ certificate: (file: Sourced<String>, key: Sourced<String>)?, _ source: SourceLine?
  ) {
    var listener = PlannedListener(host: host, port: port, source: source)
    switch host {
    case "all":
      listener.host = "0.0.0.0"
      listener.allow = allow
    case "loopback-only", "localhost": listener.host = "127.0.0.1"
    default: if !ClientNetwork.loopback.contains(host) { listener.allow = allow }
    }
    if listener.allow.isEmpty, host == "all", settings.filled("mynetworks") != nil {
      // Open to all, and for this host only all the same.
      listener.host = "127.0.0.1"
    }
    (listener.certificate, listener.key) = (certificate?.file, certificate?.key)
    context.listen(listener)
  }

  private mutating func takeNetworks() -> [Sourced<ClientNetwork>] {
    guard let setting = settings.filled("mynetworks") else { return [] }
    return context.networks(setting.value.listed, setting.source, of: "mynetworks")
  }

  private var demandsTLS: Bool { settings.value("smtpd_tls_security_level")?.value == "encrypt" }

  /// Where TLS is demanded of apps.
  private mutating func takeCertificate() -> (file: Sourced<String>, key: Sourced<String>)? {
    guard demandsTLS, let file = context.path(settings.filled("smtpd_tls_cert_file"), of: "smtpd_tls_cert_file")
    else { return nil }
    let key = context.path(settings.filled("smtpd_tls_key_file"), of: "smtpd_tls_key_file")
    context.carried(
      file.source, also: key.map { [$0.source] } ?? [], "Apps have to use TLS; the listeners have the certificate.")
    return (file, key ?? file)
  }

  private mutating func tellTLS() {
    guard let file = settings.filled("smtpd_tls_cert_file"), !demandsTLS, !file.value.contains("snakeoil"),
      settings.filled("smtpd_tls_security_level")?.value != "none"
    else { return }
    context.changed(
      file.source,
      "smtpd_tls_cert_file: TLS was offered to apps and not demanded. The listener here takes none; to demand it, write "
        + "security = \"starttls\" with certificate and key.")
  }

  // MARK: Limits

  mutating func readLimits() {
    readMessageSize()
    if let age = settings.filled("maximal_queue_lifetime") { readAge(age) }
    let concurrency =
      settings.filled("smtp_destination_concurrency_limit") ?? settings.filled("default_destination_concurrency_limit")
    if let concurrency, let most = Int(concurrency.value), most > 0 {
      for index in context.plan.entities.indices {
        context.plan.entities[index].maxConnections = Sourced(min(most, 50), concurrency.source)
      }
      context.carried(concurrency.source, "At most \(min(most, 50)) sessions at a time.")
    }
    let delay = settings.filled("smtp_destination_rate_delay") ?? settings.filled("default_destination_rate_delay")
    if let delay, let seconds = delay.value.postfixSeconds(unit: "s"), seconds > 0 {
      for index in context.plan.entities.indices {
        context.plan.entities[index].messagesPerMinute = Sourced(max(1, 60 / seconds), delay.source)
      }
      context.carried(delay.source, "A message each \(seconds) seconds: \(max(1, 60 / seconds)) in any minute.")
    }
  }

  private mutating func readMessageSize() {
    guard let size = settings.filled("message_size_limit") else { return }
    guard let octets = Int(size.value), octets >= 0 else {
      return context.leftOut(size.source, "message_size_limit: that is no number.")
    }
    let most = 1 << 31
    if octets == 0 {
      context.changed(
        size.source, "message_size_limit = 0: there was no limit. Letterhead has its own of 50 MiB; see [limits].")
      return
    }
    let taken = min(max(octets, 1 << 10), most)
    context.plan.limits.append(PlannedLimit(name: "max_message_bytes", amount: .number(taken), source: size.source))
    context.carried(size.source, "Messages of at most \(taken) octets.")
  }

  private mutating func readAge(_ age: Sourced<String>) {
    context.setAge(age.value.postfixSeconds(unit: "d"), age.source, of: "maximal_queue_lifetime")
  }

  // MARK: Mail for this host

  mutating func readLocalMail() {
    if let setting = settings.value("mydestination"), setting.value.isEmpty { return }
    context.readRootAlias()
    if let setting = settings.filled("mydestination") {
      context.changed(
        setting.source,
        "mydestination: mail for users of this host was delivered here. Letterhead gives recipients without a domain to "
          + "local_recipients, and sends all else out.")
    }
  }
}

extension String {
  /// `3600s`, `5d`, `1w`; without a letter in `unit`.
  func postfixSeconds(unit: Character) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    let letter = last.flatMap { units[$0] == nil ? nil : $0 }
    guard let number = Int(letter == nil ? self[...] : dropLast()), number >= 0, let size = units[letter ?? unit] else {
      return nil
    }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: size)
    return overflow ? nil : seconds
  }
}
