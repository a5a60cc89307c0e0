// Where Postfix took mail, from whom, and how much.

import Access
import Platform

extension PostfixParser {
  mutating func readListeners() {
    handled.insert("mynetworks")
    let source = settings.value("inet_interfaces")?.source
    let hosts = (settings.filled("inet_interfaces")?.value ?? "all").listed
    let allow = takeNetworks()
    for port in ports().prefix(20) {
      for host in hosts.prefix(50) { listen(host, port, allow, source ?? port.source) }
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
    _ host: String, _ port: Sourced<Int>, _ allow: [Sourced<ClientNetwork>], _ source: SourceLine?
  ) {
    var listener = PlannedListener(host: host, port: port.value, source: source)
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
    (listener.certificate, listener.key) = certificate
    context.listen(listener)
  }

  private mutating func takeNetworks() -> [Sourced<ClientNetwork>] {
    guard let setting = settings.filled("mynetworks") else { return [] }
    return context.networks(setting.value.listed, setting.source, of: "mynetworks")
  }

  /// Of the services of master.cf; 25 where that file is not there.
  private mutating func ports() -> [Sourced<Int>] {
    guard let file = context.file(folder + "master.cf", isExpected: false) else {
      return [Sourced(25, settings.filled("inet_interfaces")?.source ?? SourceLine(file: folder + "main.cf", line: 1))]
    }
    let names = ["smtp": 25, "submission": 587, "smtps": 465, "submissions": 465]
    return MainCF.logicalLines(of: file).compactMap { line in
      let words = line.value.words
      guard words.count >= 8, words[1] == "inet", words[7] == "smtpd" || words[7] == "postscreen" else { return nil }
      let service = words[0].split(separator: ":").last.map(String.init) ?? ""
      let isOptioned = words.dropFirst(8).contains("-o")
      if isOptioned {
        context.leftOut(line.source, "\(words[0]): the -o settings of a service are not carried; its port is.")
      }
      return (names[service] ?? Int(service)).map { Sourced($0, line.source) }
    }
  }

  /// Where TLS is demanded of apps.
  private var certificate: (Sourced<String>?, Sourced<String>?) {
    guard settings.value("smtpd_tls_security_level")?.value == "encrypt" else { return (nil, nil) }
    let certificate = settings.filled("smtpd_tls_cert_file")
    return certificate == nil ? (nil, nil) : (certificate, settings.filled("smtpd_tls_key_file") ?? certificate)
  }

  private mutating func tellTLS() {
    guard let file = settings.filled("smtpd_tls_cert_file"), certificate.0 == nil, !file.value.contains("snakeoil"),
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
    if let age = take("maximal_queue_lifetime") { readAge(age) }
    let concurrency = take("smtp_destination_concurrency_limit") ?? take("default_destination_concurrency_limit")
    if let concurrency, let most = Int(concurrency.value), most > 0 {
      for index in context.plan.entities.indices {
        context.plan.entities[index].maxConnections = Sourced(min(most, 50), concurrency.source)
      }
      context.carried(concurrency.source, "At most \(min(most, 50)) sessions at a time.")
    }
    let delay = take("smtp_destination_rate_delay") ?? take("default_destination_rate_delay")
    if let delay, let seconds = delay.value.postfixSeconds(unit: "s"), seconds > 0 {
      for index in context.plan.entities.indices {
        context.plan.entities[index].messagesPerMinute = Sourced(max(1, 60 / seconds), delay.source)
      }
      context.carried(
        delay.source, "A message each \("second".counted(seconds)): \(max(1, 60 / seconds)) in any minute.")
    }
  }

  private mutating func readMessageSize() {
    guard let size = take("message_size_limit") else { return }
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
    handled.formUnion(["mydestination", "alias_maps"])
    if let setting = settings.value("mydestination"), setting.value.isEmpty { return }
    context.readRootAlias("/etc/aliases")
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
