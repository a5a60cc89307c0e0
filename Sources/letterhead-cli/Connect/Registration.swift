// The app as it was registered at a provider: from the command's options and `[oauth.NAME]`, with its secrets read.

import Cryptography
import Diagnosis
import Foundation
import Letterhead
import Mailboxes
import OAuth

struct Registration {
  /// With the scopes that are asked for.
  private(set) var service: OAuthService
  let client: OAuthClient
  let tenant: String?
  let mechanism: OAuthGrant.Mechanism
  /// Google's, which is client and entitlement in one.
  private let serviceAccount: SigningKey?

  init(
    _ registered: Configuration.Client, _ options: ClientOptions, _ way: SignInOptions.Way, at provider: Provider
  ) throws {
    tenant = registered.tenant
    service = try Self.service(of: provider, options)
    let usual = way == .appOnly && !service.appScopes.isEmpty ? service.appScopes : service.scopes
    service.scopes = options.scope?.split(separator: " ").map(String.init) ?? usual
    mechanism = options.mechanism ?? provider.tokenMechanism
    guard let tokenURL = service.tokenURL(tenant: tenant) else {
      throw CommandFailure("\(service.tokenURL) is no token endpoint.")
    }
    if way == .appOnly, service.appOnly == .clientCredentials, service.tokenURL.contains("{tenant}"), tenant == nil {
      throw CommandFailure(
        "An app signs in at its own organisation: name it with --tenant ID, or \(Self.section(provider)) tenant.")
    }
    if way == .appOnly, service.appOnly == .serviceAccount {
      let account = try Self.account(registered, at: provider, tokenURL)
      client = OAuthClient(id: account.account, tokenURL: tokenURL)
      serviceAccount = account.key
    } else {
      client = OAuthClient(
        id: try Self.id(registered, way, at: provider), proof: try Self.proof(registered, way, at: provider),
        tokenURL: tokenURL)
      serviceAccount = nil
    }
  }

  /// What entitles us when no person signs in.
  func grant(for username: String) -> OAuthGrant {
    grant(for: username, serviceAccount.map(OAuthGrant.Entitlement.serviceAccount) ?? .clientCredentials)
  }

  func grant(for username: String, _ entitlement: OAuthGrant.Entitlement) -> OAuthGrant {
    OAuthGrant(
      username: username, mechanism: mechanism, tokenURL: client.tokenURL, clientID: client.id, proof: client.proof,
      scope: service.scopes.isEmpty ? nil : service.scopes.joined(separator: " "), entitlement: entitlement)
  }

  /// What a person's sign-in will bring, its token missing.
  func personalGrant(for username: String) -> OAuthGrant {
    var grant = grant(for: username, .refreshToken(Secret("")))
    grant.scope = PersonSignIn.savedScope(of: service.scopes)
    return grant
  }

  /// The app by which a saved grant was given: for a person to sign in again.
  ///
  /// - Throws: `CommandFailure` where the provider has no page for that.
  init(of grant: OAuthGrant, at provider: Provider) throws {
    guard var service = provider.oauth, service.authorizeURL != nil else {
      throw CommandFailure(
        "\(provider.label) has no OAuth that is known here. Give a new token: --refresh-token-file FILE")
    }
    tenant = grant.tokenURL.absoluteString.value(of: "{tenant}", in: service.tokenURL)
    service.tokenURL = grant.tokenURL.absoluteString
    if grant.scope != PersonSignIn.savedScope(of: service.scopes) {
      service.scopes = grant.scope?.split(separator: " ").map(String.init) ?? []
    }
    self.service = service
    mechanism = grant.mechanism
    client = OAuthClient(id: grant.clientID, proof: grant.proof, tokenURL: grant.tokenURL)
    serviceAccount = nil
  }

  // MARK: Parts

  private static func service(of provider: Provider, _ options: ClientOptions) throws -> OAuthService {
    if var service = provider.oauth {
      service.tokenURL = options.tokenURL ?? service.tokenURL
      return service
    }
    guard let tokenURL = options.tokenURL, options.clientID != nil, options.mechanism != nil else {
      throw CommandFailure("OAuth at a server named with --smtp takes --auth, --token-url and --client-id together.")
    }
    return OAuthService(tokenURL: tokenURL)
  }

  private static func id(
    _ registered: Configuration.Client, _ way: SignInOptions.Way, at provider: Provider
  ) throws -> String {
    if let id = registered.id, !id.isEmpty { return id }
    throw CommandFailure(
      "\(provider.label) wants to know which app asks: give --client-id ID, or \(section(provider)) client_id. To see "
        + "what to register, add --explain.")
  }

  private static func proof(
    _ registered: Configuration.Client, _ way: SignInOptions.Way, at provider: Provider
  ) throws -> OAuthGrant.ClientProof {
    if let path = registered.assertionFile { return .assertionFile(path) }
    if !registered.secretCommand.isEmpty { return .secretCommand(registered.secretCommand) }
    if let file = registered.certificateFile, let keyFile = registered.keyFile {
      return .certificate(try key(certificate: file, keyFile))
    }
    if let file = registered.secretFile { return .secret(try SecretInput.read(file, what: "client secret")) }
    if way == .appOnly {
      throw CommandFailure(
        "An app that signs in by itself proves who it is: --certificate FILE --key FILE, --client-assertion-file FILE or "
          + "--client-secret-file FILE (or the same in \(section(provider))).")
    }
    return .none
  }

  private static func account(
    _ registered: Configuration.Client, at provider: Provider, _ tokenURL: URL
  ) throws -> ServiceAccountFile {
    guard let file = registered.keyFile else {
      throw CommandFailure(
        "A service account signs with its key: give its JSON file with --key FILE, or \(section(provider)) key.")
    }
    return try account(try SecretInput.readWhole(file, what: "service account key"), from: file, tokenURL)
  }

  static func account(_ octets: [UInt8], from file: String, _ tokenURL: URL) throws -> ServiceAccountFile {
    do throws(ServiceAccountFile.Failure) {
      return try ServiceAccountFile(octets, tokenURL: tokenURL)
    } catch {
      throw CommandFailure("\(file) is no key of a service account: \(error.sentence)")
    }
  }

  static func key(certificate file: String, _ keyFile: String) throws -> SigningKey {
    let certificate = try SecretInput.readWhole(file, what: "certificate")
    let key = try SecretInput.readWhole(keyFile, what: "private key")
    do throws(SigningKey.Failure) {
      return try SigningKey(certificate: certificate, privateKey: Secret(octets: key))
    } catch {
      throw CommandFailure("The app's certificate and key cannot be used: \(error.sentence)")
    }
  }

  private static func section(_ provider: Provider) -> String { "[oauth.\(provider.name)]" }
}

extension Provider {
  /// How access tokens are shown to its server.
  fileprivate var tokenMechanism: OAuthGrant.Mechanism {
    mechanisms.lazy.compactMap { OAuthGrant.Mechanism(rawValue: $0.lowercased()) }.first ?? .xoauth2
  }
}
