// Who handed a message in, as it is kept beside its envelope.

/// For people, and for whoever asks for his own messages.
package struct MessageSource: Sendable, Equatable {
  /// The client's address and the name it gave in HELO: `127.0.0.1 (erp.acme.example)`.
  package var client: String
  /// The app's name in the configuration.
  package var app: String?
  /// As the kernel knows it.
  package var uid: UInt32?
  /// What else is known: `uid 1004, erp.service`. Empty where nothing is.
  package var identity: String
  /// Where it came in, as the configuration writes it. Kept of mail that is held for a decision.
  package var listener: String?

  package init(
    client: String, app: String? = nil, uid: UInt32? = nil, identity: String = "", listener: String? = nil
  ) {
    self.client = client
    self.app = app
    self.uid = uid
    self.identity = identity
    self.listener = listener
  }

  /// `app erp (uid 1004, erp.service)`, for people; `nil` where nothing is known but the address.
  package var words: String? {
    guard let app else { return identity.isEmpty ? nil : identity }
    return identity.isEmpty ? "app \(app)" : "app \(app) (\(identity))"
  }
}
