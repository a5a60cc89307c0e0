// Who is at the other end of a listener's connection: by the kernel's word, a listed proxy's, or a sign-in, never by what
// the client says of itself.

/// What is known of one client. What nobody vouches for is `nil`.
package struct ClientIdentity: Sendable, Equatable, Codable {
  /// Numeric, as the connection or a listed proxy names it; empty for the client of a unix socket.
  package var address: String
  /// As the configuration writes the listener's address.
  package var listener: String
  /// Who made the client's socket.
  package var user: LocalUser?
  /// Where the client's socket was made.
  package var service: ControlGroup?
  /// The app as which the client has signed in.
  package var app: String?

  package init(
    address: String, listener: String, user: LocalUser? = nil, service: ControlGroup? = nil, app: String? = nil
  ) {
    self.address = address
    self.listener = listener
    self.user = user
    self.service = service
    self.app = app
  }

  /// For people, as it stands behind an app's name: `uid 1004, erp.service`; where the kernel tells nothing, the address.
  package var words: String {
    switch (user, service) {
    case (let user?, let service?): "uid \(user.uid), \(service.name)"
    case (let user?, nil): "uid \(user.uid)"
    case (nil, let service?): service.name
    case (nil, nil): address.isEmpty ? "an unknown local client" : address
    }
  }
}

extension ClientIdentity {
  /// More is known than an address.
  package var isKnown: Bool { user != nil || service != nil }

  /// For people, standing alone: `uid 33 (php8.2-fpm.service)`.
  package var title: String {
    guard let user, let service else { return words }
    return "uid \(user.uid) (\(service.name))"
  }

  /// What an administrator would most probably write into `match` for it.
  package var likeliestPattern: String { PendingKey(self).pattern(user: user?.name)?.text ?? "listener:\(listener)" }
}

/// A user of this host, as the kernel names it and the host's user database describes it.
package struct LocalUser: Sendable, Equatable, Codable {
  package let uid: UInt32
  /// `nil` for a uid that nobody has.
  package var name: String?
  /// Of the account, not of the process.
  package var groups: [String]

  package init(uid: UInt32, name: String? = nil, groups: [String] = []) {
    self.uid = uid
    self.name = name
    self.groups = groups
  }
}
