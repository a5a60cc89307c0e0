// Turns the options of `connect` into a sign-in: reads the secrets, and for OAuth gets what entitles us to tokens.

import Foundation
import Letterhead
import Mailboxes
import OAuth
import SMTP

struct SignInFlow {
  let way: SignInOptions.Way
  let provider: Provider
  /// Whom to sign in as.
  let username: String
  let opensBrowser: Bool
  /// For HTTPS, where the configuration names one.
  let proxy: String?
  private let ready: Ready

  /// What is left to do once every file that is named has been read.
  enum Ready {
    case done(SignIn)
    case password(PendingSecret)
    /// The grant has no token yet.
    case refreshToken(OAuthGrant, PendingSecret)
    /// A person has to sign in first.
    case person(Registration)
  }

  /// Reads every file that is named, as whoever runs the command.
  init(
    _ options: SignInOptions, _ client: ClientOptions, way: SignInOptions.Way, at provider: Provider,
    for address: Address, _ configuration: Configuration
  ) throws {
    let username = try options.username ?? provider.login.username(for: address, at: provider, way: way)
    func registration() throws -> Registration {
      try Registration(client.merged(with: configuration.clients[provider.name]), client, way, at: provider)
    }
    let ready: Ready =
      switch way {
      case .noAuth: .done(.none)
      case .password(let file): .password(try PendingSecret(file, what: "password"))
      case .appOnly: .done(.oauth(try registration().grant(for: username)))
      case .refreshToken(let file):
        .refreshToken(
          try registration().grant(for: username, .refreshToken(Secret(""))),
          try PendingSecret(file, what: "refresh token"))
      case .browser, .paste, .device: .person(try registration())
      }
    self.init(ready, way, at: provider, as: username, opensBrowser: options.open, configuration)
  }

  init(
    _ ready: Ready, _ way: SignInOptions.Way, at provider: Provider, as username: String, opensBrowser: Bool,
    _ configuration: Configuration
  ) {
    self.ready = ready
    self.way = way
    self.provider = provider
    self.username = username
    self.opensBrowser = opensBrowser
    proxy = configuration.network.proxy
  }

  /// The sign-in that will come of it, its new secrets missing: for whoever has to allow it.
  var described: SignIn {
    switch ready {
    case .done(let signIn): signIn
    case .password: .password(username: username, Secret(""))
    case .refreshToken(let grant, _): .oauth(grant)
    case .person(let registration): .oauth(registration.personalGrant(for: username))
    }
  }

  /// Asks for what is missing.
  ///
  /// - Throws: `CommandFailure` when nobody signed in, or somebody else did.
  func signIn(for mailbox: Mailbox) async throws -> SignIn {
    switch ready {
    case .done(let signIn): return signIn
    case .password(let password):
      announcePassword()
      return .password(username: username, try password.secret())
    case .refreshToken(var grant, let token):
      grant.entitlement = .refreshToken(try token.secret())
      return .oauth(grant)
    case .person(let registration): return .oauth(try await personalGrant(by: registration, for: mailbox))
    }
  }

  private func announcePassword() {
    print("Signing in\(provider == .smtp ? "" : " to \(provider.label)") as \(username).")
    if provider.login.appPassword == .always {
      print("It takes no account password here, only an app password: \(provider.login.madeAt)")
    }
  }
}

extension Provider.PasswordLogin {
  /// What is typed as the user name of `address`.
  fileprivate func username(
    for address: Address, at provider: Provider, way: SignInOptions.Way
  ) throws -> String {
    guard !way.isOAuth else { return address.text }
    switch username {
    case "address": return address.text
    case "local-part": return address.localPart
    case _ where username.contains(" "):
      throw CommandFailure("\(provider.label) signs in with \(username). Give it: --username USER")
    default: return username
    }
  }
}
