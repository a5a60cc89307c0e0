// What every parser works with: the files, the plan that grows, and the rules that hold for all systems: what becomes
// of a port that is taken, of a server without TLS, of a client that is not on this host.

import Access
import Diagnosis
import Mailboxes
import Platform
import SMTP

/// One import under way.
struct ImportContext {
  private let files: ForeignFiles
  private let isFree: @Sendable (_ host: String, _ port: Int) -> Bool
  private static let mostEntities = 500
  private static let mostListeners = 100
  private var filesRead = 0
  private(set) var told: Set<String> = []
  var plan: MigrationPlan

  init(
    _ system: ForeignSystem, _ files: ForeignFiles, isFree: @escaping @Sendable (_ host: String, _ port: Int) -> Bool
  ) {
    self.files = files
    self.isFree = isFree
    plan = MigrationPlan(system)
  }

  // MARK: Findings

  mutating func carried(_ source: SourceLine?, _ sentence: String) { add(.carried, source, sentence) }
  mutating func changed(_ source: SourceLine?, _ sentence: String) { add(.changed, source, sentence) }
  mutating func leftOut(_ source: SourceLine?, _ sentence: String) { add(.leftOut, source, sentence) }

  private mutating func add(_ kind: ImportFinding.Kind, _ source: SourceLine?, _ sentence: String) {
    // A hostile file may repeat itself a million times.
    guard plan.findings.count < 1000 else { return }
    plan.findings.append(ImportFinding(kind: kind, source: source, sentence: sentence.capped))
  }

  // MARK: Files

  /// Reads a file, and tells what is wrong with it.
  ///
  /// - Parameters:
  ///   - holdsSecrets: others should not read it.
  ///   - isExpected: it is told when it is not there.
  mutating func file(_ path: String, holdsSecrets: Bool = false, isExpected: Bool = true) -> ForeignFile? {
    guard filesRead < ForeignFiles.countLimit else {
      tellOnce(path, "More than \(ForeignFiles.countLimit) files are named; this one was not read.")
      return nil
    }
    filesRead += 1
    switch files.contents(path) {
    case .octets(let octets, let mode): return accepted(octets, mode, path, holdsSecrets)
    case .missing: if isExpected { tellOnce(path, "There is no such file.") }
    case .tooLarge: tellOnce(path, "Larger than \(ForeignFiles.sizeLimit >> 20) MiB, and not read.")
    case .unreadable(let words): tellOnce(path, "Not readable (\(words)). Run the import as root.")
    }
    return nil
  }

  /// Whether there is a file that the parsers do not read.
  func exists(_ path: String) -> Bool {
    if case .missing = files.contents(path) { false } else { true }
  }

  private mutating func accepted(
    _ octets: [UInt8], _ mode: UInt32, _ path: String, _ holdsSecrets: Bool
  ) -> ForeignFile? {
    guard octets.count <= ForeignFiles.sizeLimit else {
      tellOnce(path, "Larger than \(ForeignFiles.sizeLimit >> 20) MiB, and not read.")
      return nil
    }
    let file = ForeignFile(path: path, octets: octets)
    if file.hadNUL { tellOnce(path, "It has NUL octets; they were left out of the text.") }
    if !file.isUTF8, told.insert("\(path) latin").inserted {
      changed(file.place(of: 0), "The file is not UTF-8 and was read as Latin-1. Look at names with accents.")
    }
    if holdsSecrets, mode & 0o077 != 0, told.insert("\(path) mode").inserted {
      changed(
        file.place(of: 0),
        "The file holds secrets and others may read it. Letterhead keeps them sealed; close this one: chmod 600 \(shellWord(path))"
      )
    }
    return file
  }

  private mutating func tellOnce(_ path: String, _ sentence: String) {
    guard told.insert(path).inserted else { return }
    leftOut(SourceLine(file: path, line: 1), sentence)
  }

  // MARK: Rules for all systems

  /// More mailboxes than anybody has; told when it comes to that.
  var isFull: Bool {
    mutating get {
      guard plan.entities.count >= Self.mostEntities else { return false }
      if told.insert("entities").inserted {
        leftOut(nil, "More than \(Self.mostEntities) mailboxes; the others were not read.")
      }
      return true
    }
  }

  /// The server with a connection that Letterhead makes: encrypted, but to this host.
  ///
  /// - Parameter security: what the old system did; `nil`: it took TLS where it was offered, and else went without.
  mutating func server(
    _ host: String, _ port: UInt16, _ security: Security?, _ source: SourceLine, asked: String
  ) -> Sourced<Server>? {
    guard host.isHost else {
      leftOut(source, "What stands there for a server is no host that can be connected to.")
      return nil
    }
    if let security, security != .none || isLoopback(host) {
      return Sourced(Server(host: host, port: port, security: security), source)
    }
    if isLoopback(host) { return Sourced(Server(host: host, port: port, security: .none), source) }
    changed(
      source,
      "\(asked): mail could leave this host in clear. Letterhead demands TLS with a certificate that is right, "
        + "or does not send.")
    return Sourced(Server(host: host, port: port, security: .usual(for: port, elseSTARTTLS: true)), source)
  }

  /// A listener at `host` and `port`, at another port while that one is taken. Other hosts are served only by `allow`.
  mutating func listen(_ listener: PlannedListener) {
    var listener = listener
    guard plan.listeners.count < Self.mostListeners else { return }
    guard (1...65_535).contains(listener.port) else {
      return leftOut(listener.source, "Port \(listener.port): there is no such port.")
    }
    if listener.host.contains("/") || listener.host.contains("%") || ClientNetwork(listener.host) == nil {
      changed(
        listener.source,
        "What stands there for port \(listener.port) is no numeric address, and Letterhead listens on those only: on this "
          + "host's own here. Write the one that is meant into address of the listener.")
      listener.host = "127.0.0.1"
    }
    let wanted = listener.address
    let onLoopback = ClientNetwork.loopback.contains(listener.host)
    if onLoopback { listener.allow = [] }
    if !onLoopback, listener.allow.isEmpty {
      let isIPv6 = listener.host.contains(":") && listener.host != "::"
      changed(
        listener.source,
        "Port \(listener.port) was open to other hosts, and nothing says which of them may send. Letterhead listens on "
          + "this host only; to serve others, give the listener their networks: allow = [\"192.0.2.0/24\"].")
      listener.host = isIPv6 ? "::1" : "127.0.0.1"
    }
    guard !plan.listeners.contains(where: { $0.address == listener.address }) else { return }
    guard let port = freePort(for: listener) else {
      leftOut(listener.source, "Port \(listener.port) is taken, and so are the 20 that were tried in its place.")
      return
    }
    if port != listener.port {
      let after = listener.address
      listener.port = port
      plan.switchedPorts.append(SwitchedPort(wanted: after, meanwhile: listener.address))
      changed(
        listener.source, "\(after) is in use. Letterhead listens on \(listener.address) until you switch over.")
    } else if wanted == listener.address {
      carried(listener.source, "Apps speak SMTP to \(listener.address).")
    }
    plan.listeners.append(listener)
  }

  /// Apps need a place to speak to, also where the old configuration has none that can be taken over.
  mutating func listenSomewhere() {
    guard plan.isUseful, plan.listeners.isEmpty, !plan.system.isSendmail else { return }
    listen(PlannedListener(host: "127.0.0.1", port: 2525, source: nil))
  }

  private func freePort(for listener: PlannedListener) -> Int? {
    let first = listener.port < 1024 ? (listener.port == 25 ? 2525 : 2000 + listener.port) : listener.port + 1
    let candidates = [listener.port] + Array(first..<first + 20)
    return candidates.first { port in
      (1...65_535).contains(port) && isFree(listener.host, port)
        && !plan.listeners.contains { $0.port == port && $0.host == listener.host }
    }
  }

  /// Networks that may send, this host left out.
  mutating func networks(_ texts: [String], _ source: SourceLine, of key: String) -> [Sourced<ClientNetwork>] {
    var networks: [Sourced<ClientNetwork>] = []
    for text in texts {
      let plain = text.replacing("[", with: "").replacing("]", with: "")
      if plain.lowercased().hasPrefix("::ffff:127.") { continue }
      if text.hasPrefix("!") {
        leftOut(source, "\(key): allow has no exceptions (!). Name smaller networks there.")
        continue
      }
      guard let network = ClientNetwork(plain) else {
        leftOut(
          source, "\(key): a part of it is no network. Add what is meant to allow of the listener as 192.0.2.0/24.")
        continue
      }
      if ClientNetwork.loopback.contains(network.address) { continue }
      if network.isEverybody {
        leftOut(source, "\(key): \(network) would let the whole Internet send. Name your own networks in allow.")
      } else {
        networks.append(Sourced(network, source))
      }
    }
    return networks
  }

  /// An address of a file, or a finding that it is none.
  mutating func address(_ text: String, _ source: SourceLine, of key: String) -> Sourced<Address>? {
    if let address = Address(text.trimmed), !address.domain.isEmpty { return Sourced(address, source) }
    leftOut(source, "\(key): that is no mail address.")
    return nil
  }
}

extension Security {
  /// The port's usual one, where it has one; a port of somebody's own begins in clear.
  static func usual(for port: UInt16, elseSTARTTLS: Bool) -> Security { port == 465 ? .tls : .starttls }
}

extension String {
  /// A host's name or number that can stand in an address of a server.
  var isHost: Bool {
    let octets = utf8
    guard !isEmpty, octets.count <= 253, !hasPrefix("-") else { return false }
    if contains(":") { return ClientNetwork(self) != nil }
    return octets.allSatisfy { octet in
      octet == 0x2D || octet == 0x2E || octet == 0x5F || (0x30...0x39).contains(octet)
        || (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
    }
  }

  /// No line of a report is longer than people read.
  fileprivate var capped: String { count <= 600 ? self : String(prefix(600)) + "…" }

}
