// Why a client, a sender, a recipient or a message is refused, in words that name who asked and what to configure.

package import SMTP

package enum SendingRefusal: Error, Sendable, Equatable {
  case unknownClient(ClientIdentity)
  /// By `letterhead app deny`.
  case denied(ClientIdentity)
  case sender(Address?, App)
  case recipient(Address, App)
  /// An entity is named in a way that the client may not use. `nil`: it is no app.
  case mayNotChoose(App.Choice, App?)
  case namedTwice
  case noSuchEntity(String, App?)
  case mayNotSendAs(String, ClientIdentity, App?)
  case noEntity(Address?)
  /// The configuration is just being changed.
  case changing

  /// What the client is told.
  package var reply: Reply {
    switch self {
    case .noEntity(let sender): Replies.noEntity(for: sender)
    case .changing: Replies.changing
    default: Reply(550, EnhancedCode(5, 7, 1), sentence)
    }
  }

  private var sentence: String {
    switch self {
    case .unknownClient(let client):
      "No app matches \(client.title): add [app.NAME] with match = [\"\(client.likeliestPattern)\"], or let it sign in"
    case .denied(let client):
      "An administrator has denied \(client.title): letterhead app pending tells how to undo it"
    case .sender(let sender, let app):
      "App \(app.name) may not use the sender <\(sender?.text ?? "")>: add it to senders in [app.\(app.name)]"
    case .recipient(let recipient, let app):
      "App \(app.name) may not write to <\(recipient.text)>: add it to recipients in [app.\(app.name)]"
    case .mayNotChoose(let way, let app?):
      "App \(app.name) may not name its entity by \(way.words): add \"\(way.rawValue)\" to choose in [app.\(app.name)]"
    case .mayNotChoose(let way, nil):
      "Only an app of the configuration may name its entity by \(way.words): add [app.NAME] with choose = [\"\(way.rawValue)\"]"
    case .namedTwice: "The message has more than one X-Letterhead-Entity"
    case .noSuchEntity(let name, let app):
      "There is no entity \"\(Self.plain(name))\", which \(app.map { "app \($0.name)" } ?? "the message") names"
    case .mayNotSendAs(let entity, let client, let app?) where !app.entities.isEmpty && !app.entities.contains(entity):
      "App \(app.name) (\(client.words)) may not send as \(entity); add it to entities in [app.\(app.name)]"
    case .mayNotSendAs(let entity, let client, let app):
      "\(app.map { "App \($0.name) (\(client.words))" } ?? client.title) may not send as \(entity); "
        + "add \"\(Self.pattern(of: client, app))\" to allow in [entity.\(entity)]"
    case .noEntity, .changing: ""
    }
  }

  /// What `allow` may say of it: there only an app of the configuration can be named.
  private static func pattern(of client: ClientIdentity, _ app: App?) -> String {
    guard let app, !app.isApprovedHere else { return client.likeliestPattern }
    return "app:\(app.name)"
  }

  /// A name that a message gave, as it may stand in a reply.
  private static func plain(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.prefix(64).map { (0x20...0x7E).contains($0.value) && $0 != "\"" ? $0 : "?" }))
  }
}

extension App.Choice {
  fileprivate var words: String {
    switch self {
    case .header: "X-Letterhead-Entity"
    case .user: "its user name"
    case .address: "its sender"
    }
  }
}
