// Everything about a sign-in but its secrets, as storages and the control socket keep it in JSON.

package import Foundation

package struct SignInRecord: Sendable, Equatable, Codable {
  package enum SignInKind: String, Sendable, Codable { case none, password, oauth }

  /// How access tokens are asked for; absent in records of the first version, which knew refresh tokens only.
  package enum GrantKind: String, Sendable, Codable {
    case refreshToken = "refresh-token"
    case clientCredentials = "client-credentials"
    case serviceAccount = "service-account"
  }

  package var kind: SignInKind
  package var username: String?
  package var mechanism: OAuthGrant.Mechanism?
  package var tokenURL: URL?
  package var clientID: String?
  package var scope: String?
  package var entitlement: GrantKind?
  /// When the refresh token ends, whatever we do.
  package var lapses: Date?
  /// Of the signing key, where there is one.
  package var keyName: String?
  package var keyExpires: Date?
  /// Where the client's proof is on this host; neither is a secret.
  package var assertionFile: String?
  package var secretCommand: [String]?
}

extension SignInRecord {
  init(_ signIn: SignIn) {
    switch signIn {
    case .none: self.init(kind: .none)
    case .password(let username, _): self.init(kind: .password, username: username)
    case .oauth(let grant): self.init(grant)
    }
  }

  private init(_ grant: OAuthGrant) {
    self.init(
      kind: .oauth, username: grant.username, mechanism: grant.mechanism, tokenURL: grant.tokenURL,
      clientID: grant.clientID, scope: grant.scope)
    switch grant.entitlement {
    case .refreshToken(_, let lapses): (entitlement, self.lapses) = (.refreshToken, lapses)
    case .clientCredentials: entitlement = .clientCredentials
    case .serviceAccount: entitlement = .serviceAccount
    }
    keyName = grant.signingKey?.name
    keyExpires = grant.signingKey?.expires
    switch grant.proof {
    case .assertionFile(let path): assertionFile = path
    case .secretCommand(let words): secretCommand = words
    case .none, .secret, .certificate: break
    }
  }
}

extension SignIn {
  var secrets: [SecretField: Secret] {
    switch self {
    case .none: [:]
    case .password(_, let password): [.password: password]
    case .oauth(let grant): grant.secrets
    }
  }

  init(_ record: SignInRecord, secrets: [SecretField: Secret]) throws(DamagedRecord) {
    switch record.kind {
    case .none: self = .none
    case .password:
      guard let username = record.username, let password = secrets[.password] else { throw DamagedRecord() }
      self = .password(username: username, password)
    case .oauth: self = .oauth(try OAuthGrant(record, secrets: secrets))
    }
  }
}

extension OAuthGrant {
  fileprivate var secrets: [SecretField: Secret] {
    var secrets: [SecretField: Secret] = [:]
    secrets[.refreshToken] = refreshToken
    if case .secret(let secret) = proof { secrets[.clientSecret] = secret }
    secrets[.privateKey] = signingKey?.privateKey
    return secrets
  }

  fileprivate init(_ record: SignInRecord, secrets: [SecretField: Secret]) throws(DamagedRecord) {
    guard let username = record.username, let mechanism = record.mechanism, let tokenURL = record.tokenURL,
      let clientID = record.clientID
    else { throw DamagedRecord() }
    let key = secrets[.privateKey].map {
      SigningKey(privateKey: $0, name: record.keyName ?? "", expires: record.keyExpires)
    }
    var proof = secrets[.clientSecret].map(ClientProof.secret) ?? .none
    if let key, record.entitlement != .serviceAccount { proof = .certificate(key) }
    if let path = record.assertionFile { proof = .assertionFile(path) }
    if let words = record.secretCommand { proof = .secretCommand(words) }
    self.init(
      username: username, mechanism: mechanism, tokenURL: tokenURL, clientID: clientID, proof: proof,
      scope: record.scope, entitlement: try Entitlement(record, secrets[.refreshToken], key))
  }
}

extension OAuthGrant.Entitlement {
  fileprivate init(_ record: SignInRecord, _ token: Secret?, _ key: SigningKey?) throws(DamagedRecord) {
    switch record.entitlement ?? .refreshToken {
    case .refreshToken:
      guard let token else { throw DamagedRecord() }
      self = .refreshToken(token, lapses: record.lapses)
    case .clientCredentials: self = .clientCredentials
    case .serviceAccount:
      guard let key else { throw DamagedRecord() }
      self = .serviceAccount(key)
    }
  }
}
