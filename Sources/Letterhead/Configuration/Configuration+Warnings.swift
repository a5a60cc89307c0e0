// What is no mistake in the configuration, and perhaps not what was meant: `letterhead check` tells it.

package import Access
import Mailboxes
import SMTP
import Submission

extension Configuration {
  /// In the files' order.
  ///
  /// - Parameters:
  ///   - drop: the folders above the drop folder.
  ///   - knows: whether this host has the user or group of a pattern. Asked of each; may block.
  package func warnings(above drop: DropPath, knows: (AppPattern) -> Bool) -> [ConfigurationProblem] {
    var warnings = dropInDanger(drop) + patternsOfTwoApps + signInsWithoutListener
    warnings += listenersWithoutSignIn + listenersInClear + entitiesOfNobody
    for (path, patterns) in patterns {
      for pattern in patterns {
        if let sentence = doubt(about: pattern, knows: knows) { warnings.append((path, sentence)) }
      }
    }
    return warnings.map { (place: positions.place(of: $0.path), sentence: $0.sentence) }
      .sorted { $0.place < $1.place }.map { positions.problem($0.sentence, at: $0.place) }
  }

  private typealias Warning = (path: [String], sentence: String)

  /// Every list of patterns, and its key.
  private var patterns: [(path: [String], patterns: [AppPattern])] {
    let match = access.apps.map { (path: ["app", $0.name, "match"], patterns: $0.match) }
    return match + entities.map { (path: ["entity", $0.key, "allow"], patterns: access.allow[$0.key] ?? []) }
  }

  private func dropInDanger(_ drop: DropPath) -> [Warning] {
    guard let danger = drop.danger else { return [] }
    let sentence =
      "Others may put another folder in the place of \(dropDirectory), and take the mail that letterhead-sendmail leaves "
      + "there: \(danger)"
    return [(["drop_dir"], sentence)]
  }

  private func doubt(about pattern: AppPattern, knows: (AppPattern) -> Bool) -> String? {
    switch pattern {
    case .user("root"), .user("0"):
      "\(pattern.text) is also docker-proxy and whatever else forwards connections as root: whoever reaches a port that it "
        + "publishes counts as root. Root of a container is not meant by it, as long as the kernel names control groups "
        + "(cgroup v2). Better name a unit: unit:NAME.service."
    case .user(let name) where Self.usersOfMany.contains(name), .group(let name) where Self.groupsOfMany.contains(name):
      "\(pattern.text) is shared by programs that have nothing to do with each other, and each of them may send. Better name "
        + "a unit: unit:NAME.service, or give the program a user of its own."
    case .user where !knows(pattern): "This host has no user for \(pattern.text)."
    case .group where !knows(pattern): "This host has no group for \(pattern.text)."
    default: nil
    }
  }

  /// Debian's, each with its number: users without a program of their own, as which anything may run.
  private static let usersOfMany: Set = ["nobody", "65534", "daemon", "1", "bin", "2", "sys", "3"]
  private static let groupsOfMany: Set = ["nogroup", "nobody", "daemon", "bin", "sys"]

  private var patternsOfTwoApps: [Warning] {
    var owners: [AppPattern: String] = [:]
    return access.apps.flatMap { app in
      app.match.compactMap { pattern -> Warning? in
        guard let owner = owners[pattern], owner != app.name else {
          owners[pattern] = app.name
          return nil
        }
        let sentence =
          "[app.\(owner)] has \(pattern.text) as well and stands first, so \(app.name) never matches by it."
        return (["app", app.name, "match"], sentence)
      }
    }
  }

  private var signInsWithoutListener: [Warning] {
    if listeners.contains(where: \.takesPasswords) { return [] }
    return access.apps.filter(\.signsIn).map { app in
      let sentence =
        "No listener takes a password of \(app.name): beyond this host that needs TLS. Add security = \"starttls\" to one."
      return (["app", app.name, "sign_in"], sentence)
    }
  }

  private var listenersWithoutSignIn: [Warning] {
    listeners.enumerated().filter { $1.requiresSignIn }.compactMap { index, listener in
      let path = ["listener", "\(index)", "require_sign_in"]
      if !listener.takesPasswords {
        let sentence =
          "Nobody can sign in at \(listener.address): beyond this host that needs TLS. Add security = \"starttls\"."
        return (path, sentence)
      }
      if access.apps.contains(where: \.signsIn) { return nil }
      return (path, "No app here signs in, so nobody can send to \(listener.address). Add sign_in = true to an app.")
    }
  }

  /// Where apps of other hosts are known by nothing but a password, and the listener takes none of them.
  private var listenersInClear: [Warning] {
    guard access.apps.contains(where: \.signsIn), listeners.contains(where: \.takesPasswords) else { return [] }
    return listeners.enumerated().filter { $1.isInClear && needsSignIn(at: $1) }.map { index, listener in
      let sentence =
        "Apps on other hosts cannot sign in at \(listener.address): without TLS, which keeps passwords from being read on "
        + "the way, AUTH is offered to this host alone. Add security = \"starttls\", certificate and key."
      return (["listener", "\(index)", "security"], sentence)
    }
  }

  /// Whether a client of another host is nobody there without a password.
  private func needsSignIn(at listener: ListenerSettings) -> Bool {
    // Where nobody can sign in at all, another warning says so.
    if listener.requiresSignIn { return listener.takesPasswords }
    return fateOfUnknown(at: listener) != .allow
      && !access.apps.contains { !$0.signsIn && $0.match.contains { $0.isOfOtherHosts(at: listener.address) } }
  }

  // MARK: Entities

  private var entitiesOfNobody: [Warning] {
    entities.filter { !isOpenToSomebody($0.key) }.map { entity in
      let reason =
        access.allow[entity.key] == nil
        ? "no app has it among its entities, and unknown clients are refused"
        : "the apps that allow names do not have it among their entities"
      return (["entity", entity.key, "allow"], "Nobody may send as \(entity.key): \(reason).")
    }
  }

  private func isOpenToSomebody(_ entity: String) -> Bool {
    let patterns = access.allow[entity]
    let apps = access.apps.filter { $0.entities.isEmpty || $0.entities.contains(entity) }
    if let patterns {
      return patterns.contains { if case .app(let name) = $0 { apps.contains { $0.name == name } } else { true } }
    }
    return !apps.isEmpty || listeners.contains { fateOfUnknown(at: $0) != .refuse }
  }

  private func fateOfUnknown(at listener: ListenerSettings) -> UnknownClients {
    listener.unknown ?? access.unknown ?? (access.apps.isEmpty ? .allow : .hold)
  }
}

extension ListenerSettings {
  /// Of this host's clients at least: a password goes over loopback, a unix socket or TLS.
  fileprivate var takesPasswords: Bool {
    guard security == .none, case .network(let host, _) = ListenerPlace(address) else { return true }
    return ClientNetwork.loopback.contains(host) || ["0.0.0.0", "::"].contains(host)
  }

  /// Other hosts reach it, and nothing is encrypted there.
  fileprivate var isInClear: Bool {
    guard security == .none else { return false }
    return switch ListenerPlace(address) {
    case .network(let host, _): !ClientNetwork.loopback.contains(host)
    // The service manager knows where it listens; who is allowed tells.
    case .activated: !allow.isEmpty
    case .unixSocket, nil: false
    }
  }
}

extension AppPattern {
  fileprivate func isOfOtherHosts(at listener: String) -> Bool {
    switch self {
    case .network: true
    case .listener(let address): address == listener
    case .unit, .user, .group, .container, .app: false
    }
  }
}
