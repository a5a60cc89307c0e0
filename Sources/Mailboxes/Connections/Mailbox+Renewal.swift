// A saved mailbox that is connected anew: shown without its secrets, and completed with those that nobody gave again.

import Foundation

extension Mailbox {
  /// The mailbox as it may be shown to those who are to connect it anew: no secret is in it.
  ///
  /// - Parameter keepsProof: the client's secret stays, which a person's sign-in needs at the token endpoint.
  package func withoutSecrets(keepsProof: Bool) -> Mailbox {
    var mailbox = self
    mailbox.generation = 0
    mailbox.signIn =
      switch signIn {
      case .none: .none
      case .password(let username, _): .password(username: username, .none)
      case .oauth(let grant): .oauth(grant.withoutSecrets(keepsProof: keepsProof))
      }
    return mailbox
  }

  /// Where a saved mailbox's own secret would go to a place for which it was not given, or none was given that has to be new.
  package enum RenewalFault: Error, Equatable, Sendable {
    /// A password or refresh token is never taken from what is saved: a new one is what a renewal is for.
    case secretMissing(option: String)
    /// Another server, token endpoint or client: it gets no secret that it was not given.
    case elsewhere
  }

  /// The mailbox with the client's saved secrets where it has none of its own.
  package func completed(from saved: Mailbox) throws(RenewalFault) -> Mailbox {
    switch signIn {
    case .none: return self
    case .password(_, let password):
      guard !password.isEmpty else { throw .secretMissing(option: "--password-file") }
      return self
    case .oauth(let grant):
      if let token = grant.refreshToken, token.isEmpty { throw .secretMissing(option: "--refresh-token-file") }
      guard grant.lacksClientSecret else { return self }
      guard case .oauth(let known) = saved.signIn, known.tokenURL == grant.tokenURL, known.clientID == grant.clientID,
        server.host.lowercased() == saved.server.host.lowercased()
      else { throw .elsewhere }
      var mailbox = self
      mailbox.signIn = .oauth(grant.withClientSecrets(of: known))
      return mailbox
    }
  }
}

extension Secret {
  fileprivate static var none: Secret { Secret("") }
}

extension SigningKey {
  fileprivate var withoutSecret: SigningKey { SigningKey(privateKey: .none, name: name, expires: expires) }
}

extension OAuthGrant {
  fileprivate func withoutSecrets(keepsProof: Bool) -> OAuthGrant {
    var grant = self
    switch entitlement {
    case .refreshToken: grant.entitlement = .refreshToken(.none)
    case .clientCredentials: break
    case .serviceAccount(let key): grant.entitlement = .serviceAccount(key.withoutSecret)
    }
    guard !keepsProof else { return grant }
    switch proof {
    case .none, .assertionFile, .secretCommand: break
    case .secret: grant.proof = .secret(.none)
    case .certificate(let key): grant.proof = .certificate(key.withoutSecret)
    }
    return grant
  }

  fileprivate var lacksClientSecret: Bool {
    if case .secret(let secret) = proof, secret.isEmpty { return true }
    return signingKey?.privateKey.isEmpty == true
  }

  /// - Parameter known: of the same client at the same token endpoint.
  fileprivate func withClientSecrets(of known: OAuthGrant) -> OAuthGrant {
    var grant = self
    if case .secret(let secret) = proof, secret.isEmpty { grant.proof = known.proof }
    if case .certificate(let key) = proof, key.privateKey.isEmpty { grant.proof = known.proof }
    if case .serviceAccount(let key) = entitlement, key.privateKey.isEmpty { grant.entitlement = known.entitlement }
    return grant
  }
}
