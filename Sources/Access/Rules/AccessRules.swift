// Who may send, as the configuration says: `[app.NAME]`, `[access]`, and `allow` of entities.

/// `[access] unknown`: what becomes of a client that is no app.
package enum UnknownClients: String, Sendable, CaseIterable {
  case allow, hold, refuse
}

/// Everything that decides who may send what, but for the entities' own senders.
package struct AccessRules: Sendable, Equatable {
  /// In the file's order; those approved here come behind them.
  package var apps: [App] = []
  /// `nil`: allow while there is no app, hold otherwise.
  package var unknown: UnknownClients?
  /// Messages of unknown clients that are held at a time, altogether.
  package var unknownMaxMessages = 1000
  /// `[entity.X] allow`, by the entity's key: who may send as it, one of them is enough. An entity without an entry is
  /// everybody's. None is empty.
  package var allow: [String: [AppPattern]] = [:]
  /// The pending keys of clients that an administrator has denied.
  package var denied: Set<String> = []

  package init() {}
}
