// The route of a message: how its entity is found among those that its client may use.

package import Mailboxes
package import SMTP

/// What is known of a message when its route is asked for.
package struct RouteRequest: Sendable {
  package var client: ClientIdentity
  /// `entity` of the listener, where it has one.
  package var listenerEntity: String?
  /// `unknown` of the listener, where it has one.
  package var unknown: UnknownClients?
  /// The entity named at sign-in: `brandb` of `erp+brandb`.
  package var namedAtSignIn: String?
  /// The envelope's sender, before any rewriting; `nil` is the null sender.
  package var sender: Address?
  /// `nil` before the header has come.
  package var header: RouteHeader?

  package init(
    client: ClientIdentity, listenerEntity: String? = nil, unknown: UnknownClients? = nil, namedAtSignIn: String? = nil,
    sender: Address?, header: RouteHeader? = nil
  ) {
    self.client = client
    self.listenerEntity = listenerEntity
    self.unknown = unknown
    self.namedAtSignIn = namedAtSignIn
    self.sender = sender
    self.header = header
  }
}

/// What of a header matters to the route.
package struct RouteHeader: Sendable, Equatable {
  /// Whom From names, before any rewriting.
  package var authors: [Address]
  /// The values of `X-Letterhead-Entity`.
  package var entities: [String]

  package init(authors: [Address], entities: [String] = []) {
    self.authors = authors
    self.entities = entities
  }
}

package enum RouteDecision: Sendable, Equatable {
  /// - Parameter reason: of the choice, for people.
  case entity(Entity, reason: RouteReason)
  /// The header decides: ask again when it has come.
  case undecided
  /// The client's mail is kept until an administrator decides whose it is.
  case pending(PendingKey)
  case refused(SendingRefusal)
}

/// Why a message is an entity's.
package enum RouteReason: Sendable, Equatable {
  case named(App.Choice)
  case listener
  case sender
  case author
  case firstOfApp
  case isDefault
}

extension SendingRules {
  /// The entity that the message names, where its app may choose; else the listener's; else, of those that the client may
  /// use, the first with a pattern for the envelope's sender, else for the header's From; else the app's first; else the
  /// default entity.
  package func route(_ request: RouteRequest) -> RouteDecision {
    let app: App?
    switch standing(of: request.client, unknown: request.unknown) {
    case .refused(let refusal): return .refused(refusal)
    case .pending(let key): return .pending(key)
    case .app(let known): app = known
    case .unknown: app = nil
    }
    if let app, !app.mayUse(sender: request.sender) { return .refused(.sender(request.sender, app)) }
    return route(request, of: app)
  }

  private func route(_ request: RouteRequest, of app: App?) -> RouteDecision {
    if let named = named(in: request, by: app) { return named }
    if request.header == nil, app?.choose.contains(.header) == true { return .undecided }
    if let key = request.listenerEntity { return decision(key, .listener, request, app) }
    let usable = directory.entities.filter { permits(request.client, app, sendingAs: $0) }
    if let match = usable.first(where: { $0.claims(request.sender) }) { return .entity(match, reason: .sender) }
    if let header = request.header {
      if let match = usable.first(where: { header.authors.contains(where: $0.claims) }) {
        return .entity(match, reason: .author)
      }
    } else if usable.contains(where: { !$0.isDefault && !$0.senders.isEmpty }) {
      return .undecided
    }
    if let first = app?.entities.first { return decision(first, .firstOfApp, request, app) }
    if let standard = directory.entities.first(where: \.isDefault) {
      return decision(standard.key, .isDefault, request, app)
    }
    return .refused(.noEntity(request.sender))
  }

  /// The entities whose a message of this client may be, as far as is known before it has begun.
  package func entities(openTo request: RouteRequest) -> [Entity] {
    let app: App?
    switch standing(of: request.client, unknown: request.unknown) {
    case .refused, .pending: return []
    case .app(let known): app = known
    case .unknown: app = nil
    }
    let usable = directory.entities.filter { permits(request.client, app, sendingAs: $0) }
    if let app, !app.choose.isEmpty { return usable }
    if let key = request.listenerEntity { return usable.filter { $0.key == key } }
    let last = app?.entities.first ?? directory.entities.first(where: \.isDefault)?.key
    return usable.filter { !$0.senders.isEmpty || $0.key == last }
  }

  /// The first of the ways in which the message names its entity; `nil` where it names none. What is named and may not be
  /// used is refused: the message never goes out under another name than it asked for.
  private func named(in request: RouteRequest, by app: App?) -> RouteDecision? {
    if let names = request.header?.entities, let name = names.first {
      guard let app, app.choose.contains(.header) else { return .refused(.mayNotChoose(.header, app)) }
      guard names.count == 1 else { return .refused(.namedTwice) }
      return decision(name, .named(.header), request, app)
    }
    // A later way counts only when the header has been seen to name none.
    if request.header == nil, app?.choose.contains(.header) == true { return nil }
    if let name = request.namedAtSignIn {
      guard let app, app.choose.contains(.user) else { return .refused(.mayNotChoose(.user, app)) }
      return decision(name, .named(.user), request, app)
    }
    // What stands behind a plus is an entity's name only where there is such an entity: else it is the app's own affair.
    guard let app, app.choose.contains(.address), let name = request.sender?.detail, directory.entity(name) != nil
    else {
      return nil
    }
    return decision(name, .named(.address), request, app)
  }

  private func decision(
    _ key: String, _ reason: RouteReason, _ request: RouteRequest, _ app: App?
  ) -> RouteDecision {
    guard let entity = directory.entity(key) else {
      // A listener and its entity, an app and its entities come and go with one reload, but not in one instant.
      return .refused(reason == .listener || reason == .firstOfApp ? .changing : .noSuchEntity(key, app))
    }
    guard permits(request.client, app, sendingAs: entity) else {
      return .refused(.mayNotSendAs(key, request.client, app))
    }
    return .entity(entity, reason: reason)
  }
}

extension Entity {
  fileprivate func claims(_ sender: Address?) -> Bool { senders.contains { $0.matches(sender) } }
}

extension Address {
  /// What stands behind the last plus of the local part: `brandb` of `erp+brandb@…`.
  fileprivate var detail: String? {
    guard let plus = localPart.lastIndex(of: "+") else { return nil }
    return String(localPart[localPart.index(after: plus)...])
  }
}
