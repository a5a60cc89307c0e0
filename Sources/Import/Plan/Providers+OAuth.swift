// Which servers go with which token endpoints, as the built-in table knows them.

import Letterhead
import Mailboxes

extension Providers {
  /// The servers of providers with OAuth.
  static let builtInOAuth: [(host: String, oauth: OAuthService)] = builtIn.all.compactMap { provider in
    guard let host = provider.servers.first?.host, let oauth = provider.oauth else { return nil }
    return (host, oauth)
  }
}

extension MigrationPlan {
  /// `[oauth.PROVIDER]` for the first registration at each known provider; others name theirs when they connect.
  mutating func register() {
    for entity in entities {
      let provider = PlannedConnect.provider(of: entity).0
      guard case .oauth(let grant) = entity.signIn, provider != .smtp, !grant.clientID.isEmpty || grant.keyFile != nil
      else {
        continue
      }
      if let known = registrations.first(where: { $0.provider == provider.name }) {
        tellSecond(grant, besides: known)
        continue
      }
      add(grant, at: provider)
    }
  }

  private mutating func add(_ grant: PlannedGrant, at provider: Provider) {
    var registration = PlannedRegistration(provider: provider.name, clientID: grant.clientID, source: grant.source)
    registration.tenant = provider.oauth.flatMap { grant.tokenURL.tenant(of: $0) }.map {
      Sourced($0, grant.tokenSource ?? grant.source)
    }
    registration.certificateFile = grant.keyFile == nil ? nil : grant.certificateFile
    registration.keyFile = grant.keyFile
    // Without a certificate, the key alone is Google's.
    if case .person = grant.flow, grant.certificateFile == nil { registration.keyFile = nil }
    if let source = grant.clientSecret.source {
      registration.needsSecretFile = true
      ledger.tell(
        ImportFinding(
          .changed, [source],
          "The client secret is in no file of its own. --with-secrets keeps it, sealed; for apps that sign in by "
            + "themselves, and for letterhead connect, write it into one and name that in [oauth.\(provider.name)]."))
    }
    registrations.append(registration)
  }

  private mutating func tellSecond(_ grant: PlannedGrant, besides known: PlannedRegistration) {
    guard grant.clientID != known.clientID, !grant.clientID.isEmpty else { return }
    ledger.tell(
      ImportFinding(
        .changed, [grant.source],
        "A second client at \(known.provider), \(grant.clientID): [oauth.\(known.provider)] has the first. The command "
          + "that connects this one names it."))
  }
}
