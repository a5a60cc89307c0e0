// By what unknown clients are told apart, while somebody has to decide on them; and the pattern of the app that one of them
// becomes.

/// `uid:33/php8.2-fpm.service`, `unit:erp.service`, `uid:1000`, `container:4f1c2ab09d7e`, `net:192.0.2.7`,
/// `listener:/run/letterhead/submit.sock`. What a user of this host names himself is not in it, so that nobody has more
/// than one for himself.
package struct PendingKey: Sendable, Hashable {
  private enum Kind: Hashable {
    case container(String)
    case unit(String, uid: UInt32?)
    case user(UInt32)
    case network(String)
    case listener(String)
  }

  private let kind: Kind

  package init(_ client: ClientIdentity) {
    switch (client.service, client.user) {
    case (.container(let id), _): kind = .container(id.utf8.count == 64 ? String(id.prefix(12)) : id)
    case (.unit(let name), let user) where Self.isPlain(name): kind = .unit(name, uid: user?.uid)
    case (_, let user?): kind = .user(user.uid)
    case (_, nil): kind = Self.address(client.address).map(Kind.network) ?? .listener(client.listener)
    }
  }

  /// As ``text`` and the spool say it.
  ///
  /// - Returns: `nil` for what is no key.
  package init?(_ text: String) {
    let text = text.hasPrefix("?") ? text.dropFirst() : text[...]
    guard let colon = text.firstIndex(of: ":"), text.utf8.count <= Self.longest else { return nil }
    let value = text[text.index(after: colon)...]
    guard Self.isPrintable(value), let kind = Self.kind(text[..<colon], value) else { return nil }
    self.kind = kind
  }

  private static func kind(_ name: Substring, _ value: Substring) -> Kind? {
    switch name {
    case "container": AppPattern("container:\(value)") == nil ? nil : .container(String(value))
    case "unit": .unit(String(value), uid: nil)
    case "uid": user(value)
    case "net": address(String(value)).map(Kind.network)
    case "listener": .listener(String(value))
    default: nil
    }
  }

  private static func user(_ value: Substring) -> Kind? {
    let parts = value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let uid = UInt32(parts[0]) else { return nil }
    guard parts.count == 2 else { return .user(uid) }
    return isPlain(parts[1]) ? .unit(String(parts[1]), uid: uid) : nil
  }

  /// In one form of the several that an address has.
  private static func address(_ text: String) -> String? {
    text.contains("/") ? nil : ClientNetwork(text)?.address
  }

  private static let longest = 300

  /// ASCII without blanks.
  private static func isPrintable(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// As a unit or a listener may be called.
  private static func isPlain(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 255 && isPrintable(text)
  }
}

extension PendingKey: CustomStringConvertible {
  /// As people type it.
  package var description: String {
    switch kind {
    case .container(let id): "container:\(id)"
    case .unit(let name, let uid?): "uid:\(uid)/\(name)"
    case .unit(let name, nil): "unit:\(name)"
    case .user(let uid): "uid:\(uid)"
    case .network(let address): "net:\(address)"
    case .listener(let address): "listener:\(address)"
    }
  }

  /// Under which the spool keeps the client's mail. No entity can be called so.
  package var spoolKey: String { "?\(description)" }

  /// For people: `uid 33 (php8.2-fpm.service)`.
  package var words: String {
    switch kind {
    case .container(let id): "container \(id)"
    case .unit(let name, let uid?): "uid \(uid) (\(name))"
    case .unit(let name, nil): name
    case .user(let uid): "uid \(uid)"
    case .network(let address): address
    case .listener(let address): "a client of \(address)"
    }
  }
}

// MARK: As an app

extension PendingKey {
  /// Of the user whom the pattern recognises; `nil` where it recognises something else.
  package var uid: UInt32? { if case .user(let uid) = kind { uid } else { nil } }

  /// Whom the client's socket belongs to, where that is a user of this host.
  package var owner: UInt32? {
    switch kind {
    case .unit(_, let uid): uid
    case .user(let uid): uid
    case .container, .network, .listener: nil
    }
  }

  /// By what an app is recognised that sends what this client sent.
  ///
  /// - Parameter name: of the user, where it has one.
  package func pattern(user name: String? = nil) -> AppPattern? {
    switch kind {
    case .container(let id): .container(id)
    case .unit(let unit, _): .unit(unit)
    case .user(let uid): .user(name ?? "\(uid)")
    case .network(let address): AppPattern("net:\(address)")
    case .listener(let address): .listener(address)
    }
  }

  /// Whether an app of this pattern would have been recognised in what is known of the client.
  ///
  /// - Parameter name: of the client's user.
  package func isCovered(by pattern: AppPattern, user name: String? = nil) -> Bool {
    var client = ClientIdentity(address: "", listener: "")
    switch kind {
    case .container(let id): client.service = .container(id)
    case .unit(let unit, let uid):
      client.service = .unit(unit)
      client.user = uid.map { LocalUser(uid: $0, name: name) }
    case .user(let uid): client.user = LocalUser(uid: uid, name: name)
    case .network(let address): client.address = address
    case .listener(let address): client.listener = address
    }
    return pattern.matches(client)
  }
}
