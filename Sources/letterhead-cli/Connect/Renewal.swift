// What is new about a saved sign-in: read from the files that are named, and asked for where none is.

import Foundation
import Letterhead
import Mailboxes
import OAuth

struct Renewal {
  private let options: RenewalOptions
  private let password: PendingSecret
  private let refreshToken: PendingSecret
  private let clientSecret: Secret?
  private let signingKey: SigningKey?
  private let accountFile: [UInt8]?

  /// Reads the files, as whoever runs the command.
  init(_ options: RenewalOptions) throws {
    self.options = options
    password = try PendingSecret(options.passwordFile, what: "password")
    refreshToken = try PendingSecret(options.refreshTokenFile, what: "refresh token")
    clientSecret = try options.clientSecretFile.map { try SecretInput.read($0, what: "client secret") }
    if let certificate = options.certificate, let key = options.key {
      (signingKey, accountFile) = (try Registration.key(certificate: certificate, key), nil)
    } else {
      signingKey = nil
      accountFile = try options.key.map { try SecretInput.readWhole($0, what: "service account key") }
    }
  }

  /// - Parameter mailbox: as it is saved, without its secrets.
  func flow(for mailbox: Mailbox, _ configuration: Configuration) throws -> SignInFlow {
    func flow(_ ready: SignInFlow.Ready, _ way: SignInOptions.Way, _ username: String) -> SignInFlow {
      SignInFlow(ready, way, at: mailbox.provider, as: username, opensBrowser: options.open, configuration)
    }
    switch mailbox.signIn {
    case .none: return flow(.done(.none), .noAuth, "")
    case .password(let username, _): return flow(.password(password), .password(file: "-"), username)
    case .oauth(let saved):
      let grant = try renewed(saved, configuration.clients[mailbox.provider.name])
      guard grant.refreshToken != nil else { return flow(.done(.oauth(grant)), .appOnly, grant.username) }
      if options.refreshTokenFile != nil || mailbox.provider.oauth?.authorizeURL == nil {
        return flow(.refreshToken(grant, refreshToken), .refreshToken(file: "-"), grant.username)
      }
      try requireSecret(of: grant, mailbox)
      return flow(
        .person(try Registration(of: grant, at: mailbox.provider)), options.personalWay, grant.username)
    }
  }

  /// With what was given anew of the app.
  private func renewed(_ saved: OAuthGrant, _ registered: Configuration.Client?) throws -> OAuthGrant {
    var grant = saved
    if let signingKey { grant.proof = .certificate(signingKey) }
    if let clientSecret { grant.proof = .secret(clientSecret) }
    if let local = options.local.proof { grant.proof = local }
    if case .secret(let known) = grant.proof, known.isEmpty, grant.refreshToken != nil,
      let file = registered?.secretFile
    {
      grant.proof = .secret(try SecretInput.read(file, what: "client secret"))
    }
    if case .serviceAccount = grant.entitlement, let accountFile {
      let account = try Registration.account(accountFile, from: options.key ?? "", grant.tokenURL)
      (grant.clientID, grant.entitlement) = (account.account, .serviceAccount(account.key))
    }
    return grant
  }

  /// A person's sign-in shows the client's secret from here, and the relay gives a saved one to nobody but its owner.
  private func requireSecret(of grant: OAuthGrant, _ mailbox: Mailbox) throws {
    let isMissing =
      switch grant.proof {
      case .none, .assertionFile, .secretCommand: false
      case .secret(let secret): secret.isEmpty
      case .certificate(let key): key.privateKey.isEmpty
      }
    guard isMissing else { return }
    throw CommandFailure(
      "The app's secret is saved, and is shown to nobody but root and the relay's own user. Run the command as one of "
        + "them, or give the secret: --client-secret-file FILE, or --certificate FILE --key FILE.")
  }
}
