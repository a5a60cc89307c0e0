// One mailbox of the old system, as an entity with the connection that it needs.

import Letterhead
package import Mailboxes
package import SMTP

/// `[entity.NAME]` and its `letterhead connect`.
package struct PlannedEntity: Sendable {
  /// Given when all entities are known: two must not have one name.
  package internal(set) var key = ""
  /// The mailbox's; `nil` where the old configuration does not tell.
  package internal(set) var address: Sourced<Address>?
  package internal(set) var name: Sourced<String>?
  /// What the old system calls the account; a word.
  var label: String?
  /// The line that is spoken of when it is about the mailbox as a whole.
  var source: SourceLine
  package internal(set) var server: Sourced<Server>
  package internal(set) var signIn: PlannedSignIn
  /// A file of certificates to trust.
  package internal(set) var authoritiesFile: Sourced<String>?
  var senders: [Sourced<String>] = []
  var localRecipients: [Sourced<Address>] = []
  var maxConnections: Sourced<Int>?
  var messagesPerMinute: Sourced<Int>?

  init(
    server: Sourced<Server>, signIn: PlannedSignIn, address: Sourced<Address>? = nil, source: SourceLine? = nil
  ) {
    self.server = server
    self.source = source ?? server.source
    self.signIn = signIn
    self.address = address
  }

  /// Whether both are one mailbox: who signs in is one, however many names it sends as. Without a sign-in each address is.
  func isSame(as other: PlannedEntity) -> Bool {
    guard server.value == other.server.value else { return false }
    let users = (signIn.username?.lowercased(), other.signIn.username?.lowercased())
    if users.0 != nil || users.1 != nil { return users.0 == users.1 }
    return address?.value.text.lowercased() == other.address?.value.text.lowercased()
  }

  /// Takes from another entry for the same mailbox what this one has not.
  mutating func absorb(_ other: PlannedEntity) {
    address = address ?? other.address
    name = name ?? other.name
    authoritiesFile = authoritiesFile ?? other.authoritiesFile
    if signIn.hasNoSecret, !other.signIn.hasNoSecret { signIn = other.signIn }
    for sender in other.senders { addSender(sender) }
  }

  /// Adds a sender that is a pattern, once.
  mutating func addSender(_ pattern: Sourced<String>) {
    guard SenderPattern(pattern.value) != nil, !senders.contains(where: { $0.value == pattern.value }) else { return }
    senders.append(pattern)
  }
}

/// How the old system signed in.
package enum PlannedSignIn: Sendable {
  case none
  case password(username: String, PlannedSecret)
  case oauth(PlannedGrant)

  /// `nil` where there is none, or where it is not known.
  package var username: String? {
    switch self {
    case .password(let username, _) where !username.isEmpty: username
    case .oauth(let grant) where !grant.username.isEmpty: grant.username
    default: nil
    }
  }

  fileprivate var hasNoSecret: Bool {
    switch self {
    case .none, .password(_, .missing): true
    case .password, .oauth: false
    }
  }

  /// Behind the name of a server.
  var phrase: String {
    if let username { return ", signed in as \(username)" }
    if case .none = self { return ", without a sign-in" }
    return ", with a sign-in that could not be read"
  }
}

/// Where a secret is. The plan's text never says more than that.
package enum PlannedSecret: Sendable {
  case missing
  case clear(Sourced<Secret>)
  /// The first line of a command's output.
  case command(Sourced<String>)
  /// By the password of the app.
  case encrypted(Sourced<EncryptedSecret>)

  package var source: SourceLine? {
    switch self {
    case .missing: nil
    case .clear(let secret): secret.source
    case .command(let command): command.source
    case .encrypted(let secret): secret.source
    }
  }
}

/// An OAuth registration of the old system, and what it was granted.
package struct PlannedGrant: Sendable {
  package enum Flow: Sendable {
    /// Somebody signed in.
    case person(refreshToken: PlannedSecret)
    case clientCredentials
    /// - keyFile: Google's JSON.
    case serviceAccount(keyFile: String?)
  }

  package var username: String
  package var tokenURL: String
  /// Where the token endpoint stands, if not beside the client's id.
  var tokenSource: SourceLine?
  package var clientID: String
  package var clientSecret = PlannedSecret.missing
  /// PEM files; Google's key is JSON.
  package var certificateFile: Sourced<String>?
  package var keyFile: Sourced<String>?
  package var scope: String?
  package var flow: Flow
  package let source: SourceLine
}

extension PlannedGrant {
  /// Of a person who has yet to sign in, at a provider that is known by its server.
  init?(newFor user: Sourced<String>, at host: Sourced<String>?) {
    let name = host?.value.lowercased()
    guard let oauth = Providers.builtIn.all.first(where: { $0.servers.first?.host == name })?.oauth else { return nil }
    self.init(
      username: user.value, tokenURL: oauth.tokenURL, clientID: "", flow: .person(refreshToken: .missing),
      source: user.source)
  }
}
