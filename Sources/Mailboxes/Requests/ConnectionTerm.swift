// What a connection is, part by part, but for its secrets: an approval is for all of it.

import Cryptography
import Foundation
import SMTP

/// One part of a connection beside its entity, address and host. Spelt as the option of `connect` that says it, where there is one.
package enum ConnectionTerm: String, Sendable, CaseIterable {
  case provider, transport, port, security
  case signIn = "sign-in"
  case username
  case mechanism = "auth"
  case tokenURL = "token-url"
  case clientID = "client-id"
  case clientProof = "client-proof"
  case assertionFile = "client-assertion-file"
  case secretCommand = "client-secret-command"
  case scope
  case displayName = "display-name"
  /// SHA-256 of the file of further certificates, as `sha256sum` prints it.
  case authorities = "ca-file"
}

extension Mailbox {
  /// Every part of the connection; what it does not have is absent.
  var terms: [ConnectionTerm: String] {
    // A sandbox has nothing that could be another's.
    if provider == .sandbox { return [.provider: provider.name] }
    var terms: [ConnectionTerm: String] = [
      .provider: provider.name, .port: String(server.port), .security: server.security.rawValue,
    ]
    // As in approvals of before there was another.
    if provider.transport != .smtp { terms[.transport] = provider.transport.rawValue }
    terms[.displayName] = displayName
    terms[.authorities] = authoritiesPEM.map { pem in
      SHA256.digest(of: Array(pem.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    return terms.merging(signIn.terms) { first, _ in first }
  }
}

extension SignIn {
  fileprivate var terms: [ConnectionTerm: String] {
    switch self {
    case .none: [.signIn: "none"]
    case .password(let username, _): [.signIn: "password", .username: username]
    case .oauth(let grant): grant.terms
    }
  }
}

extension OAuthGrant {
  fileprivate var terms: [ConnectionTerm: String] {
    var terms: [ConnectionTerm: String] = [
      .username: username, .mechanism: mechanism.rawValue, .tokenURL: tokenURL.absoluteString, .clientID: clientID,
    ]
    terms[.scope] = scope
    terms[.signIn] =
      switch entitlement {
      case .refreshToken: "refresh-token"
      case .clientCredentials: "client-credentials"
      case .serviceAccount: "service-account"
      }
    switch proof {
    case .none: break
    case .secret: terms[.clientProof] = "secret"
    case .certificate(let key): terms[.clientProof] = "certificate \(key.name)"
    case .assertionFile(let path): terms[.assertionFile] = path
    case .secretCommand(let words): terms[.secretCommand] = words.joined(separator: " ")
    }
    return terms
  }
}
