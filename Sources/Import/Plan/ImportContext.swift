// What every parser works with: the files, the plan that grows, and the rules that hold for all systems: what becomes
// of a file that cannot be read, of a server without TLS, of a mailbox that is there twice.

import Access
import Diagnosis
import Mailboxes
import Platform
import SMTP

/// One import under way.
struct ImportContext {
  private let files: ForeignFiles
  let isFree: @Sendable (_ host: String, _ port: Int) -> Bool
  private static let mostEntities = 500
  private var filesRead: [String: [StatementFormat: ForeignFile]] = [:]
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

  mutating func carried(_ source: SourceLine?, also others: [SourceLine] = [], _ sentence: String) {
    tell(.carried, source, others, sentence)
  }
  mutating func changed(_ source: SourceLine?, also others: [SourceLine] = [], _ sentence: String) {
    tell(.changed, source, others, sentence)
  }
  mutating func leftOut(_ source: SourceLine?, also others: [SourceLine] = [], _ sentence: String) {
    tell(.leftOut, source, others, sentence)
  }

  private mutating func tell(
    _ kind: ImportFinding.Kind, _ source: SourceLine?, _ others: [SourceLine], _ sentence: String
  ) {
    plan.ledger.tell(ImportFinding(kind, (source.map { [$0] } ?? []) + others, sentence))
  }

  // MARK: Files

  /// Reads a file whose place is known, and tells what is wrong with it.
  ///
  /// - Parameters:
  ///   - holdsSecrets: others should not read it.
  ///   - isExpected: it is told when it is not there.
  mutating func file(
    _ path: String, as format: StatementFormat = .lines, holdsSecrets: Bool = false, isExpected: Bool = true
  ) -> ForeignFile? {
    do throws(UnreadFile) {
      return try read(path, format, holdsSecrets)
    } catch {
      guard isExpected || error != .missing, told.insert(path).inserted else { return nil }
      leftOut(SourceLine(file: path, line: 1), error.sentence)
      return nil
    }
  }

  /// Reads a file that a setting names. Where it is not read, its path is not shown: something else may stand there.
  mutating func file(
    named path: Sourced<String>, by key: String, as format: StatementFormat = .lines, holdsSecrets: Bool = false,
    isExpected: Bool = true
  ) -> ForeignFile? {
    guard path.value.hasPrefix("/") else {
      if isExpected { leftOut(path.source, "\(key): it names no file by its whole path.") }
      return nil
    }
    do throws(UnreadFile) {
      return try read(path.value, format, holdsSecrets)
    } catch {
      if isExpected || error != .missing { leftOut(path.source, "\(key): the file that it names: \(error.sentence)") }
      return nil
    }
  }

  /// Whether there is a file that the parsers do not read.
  func exists(_ path: String) -> Bool {
    if case .missing = files.contents(path) { false } else { true }
  }

  private mutating func read(
    _ path: String, _ format: StatementFormat, _ holdsSecrets: Bool
  ) throws(UnreadFile) -> ForeignFile {
    if let known = filesRead[path]?[format] { return known }
    guard filesRead.count < ForeignFiles.countLimit else { throw .tooMany }
    switch files.contents(path) {
    case .octets(let octets, let mode):
      guard octets.count <= ForeignFiles.sizeLimit else { throw .tooLarge }
      let file = ForeignFile(path: path, octets: octets, as: format)
      filesRead[path, default: [:]][format] = file
      for statement in file.statements { plan.ledger.expect(statement.source) }
      tellOddities(of: file, holdsSecrets ? mode : 0)
      return file
    case .missing: throw .missing
    case .tooLarge: throw .tooLarge
    case .unreadable(let words): throw .unreadable(words)
    }
  }

  /// Of the file as a whole, so in no line's place.
  private mutating func tellOddities(of file: ForeignFile, _ mode: UInt32) {
    if file.hadNUL, told.insert("\(file.path) nul").inserted {
      leftOut(nil, "\(file.path): it has NUL octets; they were left out of the text.")
    }
    if !file.isUTF8, told.insert("\(file.path) latin").inserted {
      changed(nil, "\(file.path): it is not UTF-8 and was read as Latin-1. Look at names with accents.")
    }
    if mode & 0o077 != 0, told.insert("\(file.path) mode").inserted {
      changed(
        nil,
        "\(file.path) holds secrets and others may read it. Letterhead keeps them sealed; close this one: chmod 600 "
          + shellWord(file.path))
    }
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
  /// - Parameters:
  ///   - security: what the old system did; `nil`: it took TLS where it was offered, and else went without.
  ///   - asked: the setting by which it went without, and where that stands.
  mutating func server(
    _ host: String, _ port: UInt16, _ security: Security?, _ source: SourceLine, asked: String,
    at place: SourceLine? = nil
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
      place ?? source,
      "\(asked): mail could leave this host in clear. Letterhead demands TLS with a certificate that is right, "
        + "or does not send.")
    return Sourced(Server(host: host, port: port, security: .usual(for: port, elseSTARTTLS: true)), source)
  }

  /// The port that a setting names; `usual` where it names none.
  mutating func port(_ setting: Sourced<String>?, of key: String, usual: UInt16) -> UInt16 {
    guard let setting else { return usual }
    if let port = UInt16(setting.value), port > 0 { return port }
    changed(setting.source, "\(key): that is no port; \(usual) is taken.")
    return usual
  }

  /// A file for Letterhead to read later.
  mutating func path(_ setting: Sourced<String>?, of key: String) -> Sourced<String>? {
    guard let setting else { return nil }
    if setting.value.isPlainPath { return setting }
    leftOut(setting.source, "\(key): it names no file by its whole path, or by a path that has to be quoted.")
    return nil
  }

  /// A file of authorities to trust, where it is not the system's own.
  mutating func authorities(_ setting: Sourced<String>?, of key: String) -> Sourced<String>? {
    guard let setting, !setting.value.isSystemTrust else { return nil }
    return path(setting, of: key)
  }

  /// Takes a mailbox into the plan, or what is new in it into the one that is there.
  ///
  /// - Returns: its place; `nil` where there are too many.
  mutating func add(_ entity: PlannedEntity) -> Int? {
    if let place = plan.entities.firstIndex(where: { $0.isSame(as: entity) }) {
      plan.entities[place].absorb(entity)
      return place
    }
    guard !isFull else { return nil }
    plan.entities.append(entity)
    return plan.entities.count - 1
  }

  /// Several senders with one sign-in leave as one address now.
  mutating func tellSharedMailboxes() {
    for entity in plan.entities where entity.senders.count(where: { !$0.value.hasPrefix("*") }) > 1 {
      let senders = entity.senders.prefix(10).map(\.value).joined(separator: ", ")
      let address = entity.address.map { "\($0.value)" } ?? "one address"
      changed(
        entity.senders[0].source, also: entity.senders.dropFirst().map(\.source),
        "\(senders) shared one sign-in, and all go out as \(address) now. Who must keep an address needs a mailbox of its own."
      )
    }
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
  /// A whole path without blanks and signs: what follows a path may be something else.
  var isPlainPath: Bool { wholeMatch(of: #/\/[\w.\/@+=,:~\-]*/#) != nil }

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
}

/// Why a file was not read.
private enum UnreadFile: Error, Equatable {
  case missing
  case tooLarge
  case tooMany
  /// The system's words.
  case unreadable(String)

  var sentence: String {
    switch self {
    case .missing: "There is no such file."
    case .tooLarge: "Larger than \(ForeignFiles.sizeLimit >> 20) MiB, and not read."
    case .tooMany: "More than \(ForeignFiles.countLimit) files are named; this one was not read."
    case .unreadable(let words): "Not readable (\(words)). Run the import as root."
    }
  }
}
