// What is no mistake in the configuration, and perhaps not what was meant: `letterhead check` tells it.

package import Access
import Mailboxes
import SMTP
import Submission

extension Configuration {
  /// In the files' order.
  ///
  /// - Parameter knows: whether this host has the user or group of a pattern. Asked of each; may block.
  package func warnings(knows: (AppPattern) -> Bool) -> [ConfigurationProblem] {
    var warnings = patternsOfTwoApps + signInsWithoutListener
    warnings += listenersWithoutSignIn + entitiesOfNobody
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

  private func doubt(about pattern: AppPattern, knows: (AppPattern) -> Bool) -> String? {
    switch pattern {
    case .user("root"), .user("0"):
      "\(pattern.text) is also docker-proxy and whatever else forwards connections as root: whoever reaches a port that it "
        + "publishes counts as root. Root of a container is not meant by it, as long as the kernel names control groups "
        + "(cgroup v2). Better name a unit: unit:NAME.service."
    case .user where !knows(pattern): "This host has no user for \(pattern.text)."
    case .group where !knows(pattern): "This host has no group for \(pattern.text)."
    default: nil
    }
  }

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
}
