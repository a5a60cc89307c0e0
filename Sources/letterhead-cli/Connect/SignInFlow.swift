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
  private let ready: Ready

  /// What is left to do once everything has been read.
  private enum Ready {
    case done(SignIn)
    /// A person has to sign in first.
    case person(Registration)
  }

  /// Reads every file that is named, as whoever runs the command, and asks for a password where `-` says so.
  init(
    _ options: SignInOptions, _ client: ClientOptions, way: SignInOptions.Way, at provider: Provider,
    for address: Address, _ configuration: Configuration
  ) throws {
    self.way = way
    self.provider = provider
    username = try options.username ?? provider.login.username(for: address, at: provider, way: way)
    opensBrowser = options.open
    let registered = client.merged(with: configuration.clients[provider.name])
    switch way {
    case .noAuth: ready = .done(.none)
    case .password(let file):
      print("Signing in\(provider == .smtp ? "" : " to \(provider.label)") as \(username).")
      if provider.login.appPassword == .always {
        print("It takes no account password here, only an app password: \(provider.login.madeAt)")
      }
      ready = .done(.password(username: username, try SecretInput.read(file, what: "password")))
    case .appOnly:
      ready = .done(.oauth(try Registration(registered, client, way, at: provider).grant(for: username)))
    case .refreshToken(let file):
      let registration = try Registration(registered, client, way, at: provider)
      let token = try SecretInput.read(file, what: "refresh token")
      ready = .done(.oauth(registration.grant(for: username, .refreshToken(token))))
    case .browser, .paste, .device:
      ready = .person(try Registration(registered, client, way, at: provider))
    }
  }

  /// - Throws: `CommandFailure` when nobody signed in, or somebody else did.
  func signIn(for mailbox: Mailbox) async throws -> SignIn {
    switch ready {
    case .done(let signIn): signIn
    case .person(let registration): .oauth(try await personalGrant(by: registration, for: mailbox))
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
