// Postfix's master.cf: which ports it opens, and what its other services are. master(5).

extension PostfixParser {
  /// A port that apps can connect to.
  struct PostfixListener {
    let port: Int
    let source: SourceLine?
  }

  /// A line of master.cf.
  private struct MasterService {
    let words: [String]
    let source: SourceLine

    init?(_ line: Sourced<String>) {
      words = line.value.words
      source = line.source
      if words.count < 8 { return nil }
    }

    var command: String { words[7] }
    var isListener: Bool { words[1] == "inet" && (command == "smtpd" || command == "postscreen") }
    /// `smtp`, `587`, `127.0.0.1:10025`.
    var port: Int? {
      let service = words[0].split(separator: ":").last.map(String.init) ?? ""
      return ["smtp": 25, "submission": 587, "smtps": 465, "submissions": 465][service] ?? Int(service)
    }
    var title: String { words[0].isSettingName ? words[0] : "The service" }

    /// The settings that hold for this service alone: `-o name=value`, `-o { name = value }`.
    var options: [String] {
      words.indices.dropFirst(8).filter { words[$0 - 1] == "-o" }.map { index in
        let word = words[index] == "{" ? words.dropFirst(index + 1).first ?? "" : words[index]
        return String(word.drop { $0 == "{" }.prefix { $0 != "=" })
      }.filter { $0 != "syslog_name" }
    }

    var shownOptions: String {
      let names = options.filter(\.isSettingName).prefix(10).joined(separator: ", ")
      return names.isEmpty ? "" : " (\(names))"
    }
  }

  /// Postfix's own, without which it does not run.
  private static let innerCommands: Set = [
    "anvil", "bounce", "cleanup", "discard", "dnsblog", "error", "flush", "lmtp", "local", "nqmgr", "oqmgr", "pickup",
    "postlogd", "postscreen", "proxymap", "qmgr", "scache", "showq", "smtp", "smtpd", "tlsmgr", "tlsproxy",
    "trivial-rewrite", "verify", "virtual",
  ]
  /// Which packages put there, and which do nothing unless a setting of main.cf names them.
  private static let sparePipes: Set = [
    "maildrop", "uucp", "ifmail", "bsmtp", "scalemail-backend", "mailman", "old-cyrus", "cyrus",
  ]
  private static let mostListeners = 20

  /// Port 25 where there is no master.cf.
  mutating func services() -> [PostfixListener] {
    guard let file = context.file(folder + "master.cf", as: .continued, isExpected: false) else {
      return [PostfixListener(port: 25, source: nil)]
    }
    var listeners: [PostfixListener] = []
    for service in file.statements.compactMap(MasterService.init) {
      tell(service)
      guard service.isListener else { continue }
      if let port = service.port, listeners.count < Self.mostListeners {
        listeners.append(PostfixListener(port: port, source: service.source))
      } else {
        context.leftOut(service.source, "\(service.title): it listens on no port that can be taken over.")
      }
    }
    return listeners
  }

  private mutating func tell(_ service: MasterService) {
    context.plan.ledger.name(service.source, service.words[0])
    if !service.options.isEmpty, Self.innerCommands.contains(service.command) {
      context.leftOut(
        service.source,
        "\(service.title): the -o settings of a service\(service.shownOptions) are not carried"
          + (service.isListener ? "; its port is." : "."))
    } else if Self.innerCommands.contains(service.command) || Self.sparePipes.contains(service.words[0]) {
      context.plan.ledger.group(service.source, .carried, "Nothing needs to take the place of these services")
    }
  }
}
