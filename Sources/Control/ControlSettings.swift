// What of the configuration a call is judged and answered by.

package import Access
package import Mailboxes
package import SMTP
package import Spool

/// What the configuration says that a call depends on.
package struct ControlSettings: Sendable {
  package var hostname: String
  /// The entities' keys.
  package var entities: [String]
  package var providers: Providers
  package var approval: ApprovalRule
  /// As the configuration says it, without the apps approved here.
  package var access = AccessRules()
  package var listeners: [ListenerRules] = []
  /// Where apps may sign in, as the configuration names the listeners.
  package var signInPlaces: [SignInPlace] = []
  /// `nil` where nobody gets alerts by mail.
  package var alerts: AlertMail?
  package var history = HistorySettings.off
  /// `[limits]`; `nil`: not known here.
  package var maxMessageOctets: Int?
  package var maxRecipients: Int?

  package init(hostname: String, entities: [String], providers: Providers, approval: ApprovalRule) {
    self.hostname = hostname
    self.entities = entities
    self.providers = providers
    self.approval = approval
  }

  func requireEntity(_ key: String) throws(ControlRefusal) {
    if !entities.contains(key) { throw .noEntity(String(key.prefix(64))) }
  }
}

/// Who gets alerts by mail, and through which entity.
package struct AlertMail: Sendable, Equatable {
  package var entity: String
  package var readers: [Address]

  package init(entity: String, readers: [Address]) {
    self.entity = entity
    self.readers = readers
  }
}

/// A listener, as it is typed into an app's form.
package struct SignInPlace: Sendable, Equatable, Codable {
  package var host: String
  package var port: Int
  package var security: Security

  package init(host: String, port: Int, security: Security) {
    self.host = host
    self.port = port
    self.security = security
  }
}

/// What a listener says of the mail that comes in there.
package struct ListenerRules: Sendable, Equatable {
  package var address: String
  package var entity: String?
  package var unknown: UnknownClients?

  package init(address: String, entity: String?, unknown: UnknownClients?) {
    self.address = address
    self.entity = entity
    self.unknown = unknown
  }
}
