// Who may send what, and as which entity: one configuration's rules over one directory. Pure; everything that a listener,
// the drop folder and `letterhead route` want to know of a client or a message is asked here.

package import Mailboxes

/// Cheap to make, so that each message is judged by what holds when it comes.
package struct SendingRules: Sendable {
  package let access: AccessRules
  package let directory: Directory

  package init(_ access: AccessRules, over directory: Directory) {
    self.access = access
    self.directory = directory
  }

  /// The app as which the client has signed in; else the one with the pattern that says most of the client, and among
  /// patterns of one kind the first in the file.
  package func app(of client: ClientIdentity) -> App? {
    if let name = client.app { return access.apps.first { $0.name == name } }
    var best: (app: App, rank: Int)?
    for app in access.apps {
      guard let rank = app.match.lazy.filter({ $0.matches(client) }).map(\.rank).min() else { continue }
      if best.map({ rank < $0.rank }) ?? true { best = (app, rank) }
    }
    return best?.app
  }

  /// - Parameter unknown: the listener's own word on unknown clients, where it has one.
  package func standing(of client: ClientIdentity, unknown: UnknownClients? = nil) -> ClientStanding {
    if let app = app(of: client) { return .app(app) }
    let key = PendingKey(client)
    if access.denied.contains("\(key)") { return .refused(.denied(client)) }
    switch unknown ?? access.unknown ?? (access.apps.isEmpty ? .allow : .hold) {
    case .allow: return .unknown
    case .hold: return .pending(key)
    case .refuse: return .refused(.unknownClient(client))
    }
  }

  /// Whether a client may send as an entity: its app's `entities`, and the entity's `allow`.
  func permits(_ client: ClientIdentity, _ app: App?, sendingAs entity: Entity) -> Bool {
    if let app, !app.entities.isEmpty, !app.entities.contains(entity.key) { return false }
    guard let allowed = access.allow[entity.key] else { return true }
    return allowed.contains { $0.matches(client, as: app?.name) }
  }
}

/// What a client is to this relay.
package enum ClientStanding: Sendable, Equatable {
  case app(App)
  /// No app, and let in all the same.
  case unknown
  /// No app: its mail is kept until an administrator decides.
  case pending(PendingKey)
  case refused(SendingRefusal)

  package var app: App? { if case .app(let app) = self { app } else { nil } }
}
