// One entry of an app's `match`, or of an entity's `allow`: by what a client is recognised.

/// `unit:erp.service`, `user:erp`, `group:staff`, `container:4f1c2ab09d7e`, `net:192.0.2.0/24`,
/// `listener:127.0.0.1:2525`; in `allow` also `app:erp`.
package enum AppPattern: Sendable, Hashable {
  /// A unit of the system's manager. What a user's own manager calls so does not match.
  case unit(String)
  /// A name, or a uid in digits. Programs in a container never match: their users are not the host's.
  case user(String)
  case group(String)
  /// The first digits of its id, 12 at least; or, of a container that has a name instead, its whole name.
  case container(String)
  case network(ClientNetwork)
  case listener(String)
  /// Whoever is recognised as this app.
  case app(String)

  /// - Returns: `nil` for what can match nobody.
  package init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let value = String(text[text.index(after: colon)...])
    guard !value.isEmpty, !value.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return nil }
    switch text[..<colon] {
    case "unit": self = .unit(value)
    case "user": self = .user(value)
    case "group": self = .group(value)
    case "container":
      guard value.utf8.count <= 64 else { return nil }
      self = .container(Self.isID(value) ? value.lowercased() : value)
    case "net":
      guard let network = ClientNetwork(value) else { return nil }
      self = .network(network)
    case "listener": self = .listener(value)
    case "app": self = .app(value)
    default: return nil
    }
  }

  /// As the configuration writes it.
  package var text: String {
    switch self {
    case .unit(let name): "unit:\(name)"
    case .user(let name): "user:\(name)"
    case .group(let name): "group:\(name)"
    case .container(let id): "container:\(id)"
    case .network(let network): "net:\(network)"
    case .listener(let address): "listener:\(address)"
    case .app(let name): "app:\(name)"
    }
  }

  /// Kinds that say more of a client come first: 0 for a container, then unit, user, group, network, listener.
  var rank: Int {
    switch self {
    case .app, .container: 0
    case .unit: 1
    case .user: 2
    case .group: 3
    case .network: 4
    case .listener: 5
    }
  }

  private static func isID(_ text: String) -> Bool {
    (12...64).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  /// - Parameter app: as which the client has been recognised.
  func matches(_ client: ClientIdentity, as app: String? = nil) -> Bool {
    switch self {
    case .unit(let name): client.service == .unit(name)
    case .user(let name): client.hostUser.map { $0.name == name || "\($0.uid)" == name } ?? false
    case .group(let name): client.hostUser?.groups.contains(name) ?? false
    case .container(let id):
      if case .container(let whole) = client.service {
        whole == id || Self.isID(id) && whole.hasPrefix(id)
      } else {
        false
      }
    case .network(let network): network.contains(client.address)
    case .listener(let address): client.listener == address
    case .app(let name): app == name
    }
  }
}

extension ClientIdentity {
  /// Its user, where that is one of this host's.
  package var hostUser: LocalUser? {
    if case .container = service { nil } else { user }
  }
}
