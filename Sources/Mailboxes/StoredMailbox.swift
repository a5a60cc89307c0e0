// Between a mailbox and its rows. Secrets leave through the vault and come back through it, and by no other way.

import Foundation
import GRDB
import SMTP

/// What is in the `sign_in` column: everything about a sign-in but its secrets.
struct StoredSignIn: Codable {
  enum Kind: String, Codable { case none, password, oauth }

  /// How access tokens are asked for; absent in rows of the first version, which knew refresh tokens only.
  enum Entitlement: String, Codable {
    case refreshToken = "refresh-token"
    case clientCredentials = "client-credentials"
    case serviceAccount = "service-account"
  }

  var kind: Kind
  var username: String?
  var mechanism: OAuthGrant.Mechanism?
  var tokenURL: URL?
  var clientID: String?
  var scope: String?
  var entitlement: Entitlement?
  /// When the refresh token ends, whatever we do.
  var lapses: Date?
  /// Of the signing key, where there is one.
  var keyName: String?
  var keyExpires: Date?
}

/// What is in the `condition` column.
private struct StoredCondition: Codable {
  var fault: Fault
  /// Absent: broken.
  var pausedUntil: Date?
  var mayProbe: Bool
}

enum SecretField: String {
  case password
  case clientSecret = "client-secret"
  case refreshToken = "refresh-token"
  case privateKey = "private-key"
}

extension SignIn {
  var stored: StoredSignIn {
    switch self {
    case .none: StoredSignIn(kind: .none)
    case .password(let username, _): StoredSignIn(kind: .password, username: username)
    case .oauth(let grant): grant.stored
    }
  }

  var secrets: [(SecretField, Secret)] {
    switch self {
    case .none: []
    case .password(_, let password): [(.password, password)]
    case .oauth(let grant): grant.secrets
    }
  }

  init(_ stored: StoredSignIn, secrets: [SecretField: Secret]) throws {
    switch stored.kind {
    case .none: self = .none
    case .password:
      guard let username = stored.username, let password = secrets[.password] else { throw DamagedRow() }
      self = .password(username: username, password)
    case .oauth: self = .oauth(try OAuthGrant(stored, secrets: secrets))
    }
  }
}

extension OAuthGrant {
  fileprivate var stored: StoredSignIn {
    var stored = StoredSignIn(
      kind: .oauth, username: username, mechanism: mechanism, tokenURL: tokenURL, clientID: clientID, scope: scope)
    switch entitlement {
    case .refreshToken(_, let lapses):
      stored.entitlement = .refreshToken
      stored.lapses = lapses
    case .clientCredentials: stored.entitlement = .clientCredentials
    case .serviceAccount: stored.entitlement = .serviceAccount
    }
    stored.keyName = signingKey?.name
    stored.keyExpires = signingKey?.expires
    return stored
  }

  fileprivate var secrets: [(SecretField, Secret)] {
    var secrets: [(SecretField, Secret)] = []
    if let refreshToken { secrets.append((.refreshToken, refreshToken)) }
    if case .secret(let secret) = proof { secrets.append((.clientSecret, secret)) }
    if let signingKey { secrets.append((.privateKey, signingKey.privateKey)) }
    return secrets
  }

  fileprivate init(_ stored: StoredSignIn, secrets: [SecretField: Secret]) throws {
    guard let username = stored.username, let mechanism = stored.mechanism, let tokenURL = stored.tokenURL,
      let clientID = stored.clientID
    else { throw DamagedRow() }
    let key = secrets[.privateKey].map {
      SigningKey(privateKey: $0, name: stored.keyName ?? "", expires: stored.keyExpires)
    }
    let entitlement: Entitlement
    switch stored.entitlement ?? .refreshToken {
    case .refreshToken:
      guard let token = secrets[.refreshToken] else { throw DamagedRow() }
      entitlement = .refreshToken(token, lapses: stored.lapses)
    case .clientCredentials: entitlement = .clientCredentials
    case .serviceAccount:
      guard let key else { throw DamagedRow() }
      entitlement = .serviceAccount(key)
    }
    var proof = secrets[.clientSecret].map(ClientProof.secret) ?? .none
    if let key, stored.entitlement != .serviceAccount { proof = .certificate(key) }
    self.init(
      username: username, mechanism: mechanism, tokenURL: tokenURL, clientID: clientID, proof: proof,
      scope: stored.scope, entitlement: entitlement)
  }
}

extension OAuthGrant {
  /// The key behind the entitlement or the proof; no grant has two.
  package var signingKey: SigningKey? {
    if case .serviceAccount(let key) = entitlement { return key }
    if case .certificate(let key) = proof { return key }
    return nil
  }
}

struct DamagedRow: Error {}

extension Mailbox {
  init(_ row: Row, secrets: [SecretField: Secret], providers: Providers) throws {
    guard let security = Security(rawValue: row["security"]) else { throw DamagedRow() }
    self.init(
      entity: row["entity"],
      address: Address(localPart: row["local_part"], domain: row["domain"]),
      displayName: row["display_name"],
      provider: providers[row["provider"]],
      server: Server(host: row["host"], port: row["port"], security: security),
      signIn: try SignIn(JSONDecoder().decode(StoredSignIn.self, from: row["sign_in"]), secrets: secrets),
      mechanism: row["mechanism"],
      authoritiesPEM: row["authorities"],
      generation: row["generation"],
      connectedAt: Date(timeIntervalSince1970: row["connected_at"]))
  }

  /// Puts the mailbox where the entity's stood. Runs inside a transaction.
  ///
  /// - Returns: the new generation.
  func replace(in database: Database, vault: Vault) throws -> Int64 {
    try Mailbox.remove(entity, from: database)
    let others = try StoredRows.anySecret(in: database)
    // With another key than theirs this would save a sign-in and lose them.
    if let others { _ = try vault.open(others.sealed, as: others.place) }
    try database.execute(
      sql: """
        INSERT INTO mailboxes (entity, local_part, domain, display_name, provider, host, port, security, sign_in,
          mechanism, authorities, connected_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        entity, address.localPart, address.domain, displayName, provider.name, server.host, server.port,
        server.security.rawValue, try text(signIn.stored), mechanism, authoritiesPEM,
        connectedAt.timeIntervalSince1970,
      ])
    let generation = database.lastInsertedRowID
    for (field, secret) in signIn.secrets {
      let sealed = try vault.seal(
        secret, as: .init(entity: entity, field: field.rawValue), mayMakeKey: others == nil)
      try database.execute(
        sql: "INSERT INTO secrets (generation, field, sealed) VALUES (?, ?, ?)",
        arguments: [generation, field.rawValue, Data(sealed)])
    }
    return generation
  }

  /// Changes when the refresh token ends. Runs inside a transaction.
  static func setLapse(_ lapses: Date, of generation: Int64, in database: Database) throws {
    let row = try Row.fetchOne(
      database, sql: "SELECT sign_in FROM mailboxes WHERE generation = ?", arguments: [generation])
    guard let row else { throw DamagedRow() }
    var stored = try JSONDecoder().decode(StoredSignIn.self, from: row["sign_in"])
    stored.lapses = lapses
    try database.execute(
      sql: "UPDATE mailboxes SET sign_in = ? WHERE generation = ?", arguments: [try text(stored), generation])
  }

  static func address(connectedTo entity: String, in database: Database) throws -> Address? {
    let sql = "SELECT local_part, domain FROM mailboxes WHERE entity = ?"
    return try Row.fetchOne(database, sql: sql, arguments: [entity]).map {
      Address(localPart: $0["local_part"], domain: $0["domain"])
    }
  }

  /// - Returns: whether there was one.
  @discardableResult
  static func remove(_ entity: String, from database: Database) throws -> Bool {
    try database.execute(sql: "DELETE FROM mailboxes WHERE entity = ?", arguments: [entity])
    return database.changesCount > 0
  }
}

extension Condition {
  init(_ row: Row) throws {
    guard let stored = try (row["condition"] as Data?).map({ try JSONDecoder().decode(StoredCondition.self, from: $0) })
    else {
      self = .working
      return
    }
    if let until = stored.pausedUntil {
      self = .paused(until: until, stored.fault)
    } else {
      self = .broken(stored.fault, probe: stored.mayProbe)
    }
  }

  /// `nil` is a working mailbox.
  var storedText: String? {
    get throws {
      switch self {
      case .working: nil
      case .paused(let until, let fault): try text(StoredCondition(fault: fault, pausedUntil: until, mayProbe: true))
      case .broken(let fault, let probe): try text(StoredCondition(fault: fault, mayProbe: probe))
      }
    }
  }
}

private func text(_ value: some Encodable) throws -> String {
  String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}
