// Connects what was imported, each mailbox as `letterhead connect` does it: the chain tested, then saved.

import Control
import Foundation
import Import
import Letterhead
import Mailboxes
import OAuth
import SMTP

struct ImportedConnections {
  private let report: ImportReport
  private let configuration: Configuration
  /// For all of them, where the old system names none.
  private let authoritiesFile: String?
  private let runsCommands: Bool

  init(_ report: ImportReport, _ configuration: Configuration, authoritiesFile: String?, runsCommands: Bool) {
    self.report = report
    self.authoritiesFile = authoritiesFile
    self.configuration = configuration
    self.runsCommands = runsCommands
  }

  /// Tells of each what came of it.
  ///
  /// - Returns: how many were not connected, and how many wait for an administrator's approval.
  func connect() async throws -> (failed: Int, waiting: Int) {
    // Secrets are read, and passwords asked for, while this is still the user who runs the command.
    let mailboxes = report.plan.entities.map { entity in Result { try mailbox(of: entity) } }
    var outcome = (failed: 0, waiting: 0)
    for (entity, mailbox) in zip(report.plan.entities, mailboxes) {
      do {
        print("\n\(entity.key):")
        try await connect(try mailbox.get())
      } catch let filed as RequestFiled {
        outcome.waiting += 1
        print("\(entity.key): \(filed)")
      } catch {
        outcome.failed += 1
        printError("\(entity.key): \(error)")
      }
    }
    return outcome
  }

  private func connect(_ mailbox: Mailbox) async throws {
    try await ControlClient.use(configuration) { control in
      try await control.ask(.askPermission(AskPermission(ConnectionChange(connecting: mailbox), justification: nil)))
      let call = ConnectMailbox(mailbox, sendingTest: nil, justification: nil)
      try await control.ask(.connectMailbox(call)) { $0.printStep() }.printSentence()
    }
  }

  private func mailbox(of entity: PlannedEntity) throws -> Mailbox {
    let plan = PlannedConnect(entity, in: report.plan)
    _ = try configuration.entity(named: entity.key)
    guard let address = entity.address?.value else {
      throw CommandFailure("Nothing says its address. Say it: --entity \(entity.key)=office@acme.example")
    }
    var mailbox = Mailbox(
      entity: entity.key, address: address, displayName: entity.name?.value,
      provider: configuration.providers[plan.provider.name], server: plan.server, signIn: .none,
      authoritiesPEM: try authorities(of: entity), connectedAt: Date())
    mailbox.given = GivenOptions(
      configuration: configuration.namedFile, signIn: [],
      authoritiesFile: authoritiesFile ?? entity.authoritiesFile?.value)
    var secrets = ImportedSecrets(of: address.text, runsCommands: runsCommands)
    mailbox.signIn = try signIn(entity, mailbox.provider, &secrets)
    return mailbox
  }

  private func authorities(of entity: PlannedEntity) throws -> String? {
    guard let file = authoritiesFile ?? entity.authoritiesFile?.value else { return nil }
    guard let pem = try? String(contentsOfFile: file, encoding: .utf8), pem.contains("BEGIN CERTIFICATE") else {
      throw CommandFailure(
        "\(file), which names the authorities to trust, has no certificate in PEM form or cannot be read.")
    }
    return pem
  }

  private func signIn(
    _ entity: PlannedEntity, _ provider: Provider, _ secrets: inout ImportedSecrets
  ) throws -> SignIn {
    switch entity.signIn {
    case .none: return .none
    case .password(let username, let secret):
      guard let password = try secrets.reveal(secret) else { throw missing(entity) }
      return .password(username: username, password)
    case .oauth(let grant): return .oauth(try granted(grant, entity, provider, &secrets))
    }
  }

  private func granted(
    _ grant: PlannedGrant, _ entity: PlannedEntity, _ provider: Provider, _ secrets: inout ImportedSecrets
  ) throws -> OAuthGrant {
    let url = grant.tokenURL.replacing("{tenant}", with: provider.oauth?.tenant ?? "")
    guard let tokenURL = URL(string: url) else { throw CommandFailure("\(url) is no token endpoint.") }
    var result = OAuthGrant(
      username: grant.username.isEmpty ? entity.address?.value.text ?? "" : grant.username, mechanism: .xoauth2,
      tokenURL: tokenURL, clientID: grant.clientID, proof: try proof(grant, &secrets), scope: grant.scope,
      entitlement: .clientCredentials)
    switch grant.flow {
    case .person(let token):
      guard let token = try secrets.reveal(token) else { throw missing(entity) }
      result.entitlement = .refreshToken(token)
    case .clientCredentials:
      result.scope = grant.scope ?? provider.oauth?.appScopes.joined(separator: " ")
      if result.proof == .none { throw missing(entity) }
    case .serviceAccount(let file):
      guard let file else { throw missing(entity) }
      let account = try Registration.account(
        try SecretInput.readWhole(file, what: "service account key"), from: file, tokenURL)
      (result.clientID, result.entitlement) = (account.account, .serviceAccount(account.key))
    }
    return result
  }

  private func proof(_ grant: PlannedGrant, _ secrets: inout ImportedSecrets) throws -> OAuthGrant.ClientProof {
    if let certificate = grant.certificateFile?.value, let key = grant.keyFile?.value {
      return .certificate(try Registration.key(certificate: certificate, key))
    }
    return try secrets.reveal(grant.clientSecret).map { .secret($0) } ?? .none
  }

  private func missing(_ entity: PlannedEntity) -> CommandFailure {
    CommandFailure(
      "The old system has no secret for it that could be taken over. Run: "
        + PlannedConnect(entity, in: report.plan).command)
  }
}
