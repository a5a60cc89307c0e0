// What placeholders in sentences are filled with: commands and hints.

import Foundation
import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Diagnosis

private let plain = "--smtp smtp.provider.example:587 --security none --address office@firm.example"
private let other = "--provider other --address office@firm.example"
private let unknownClient = "--auth xoauth2 --token-url URL --client-id ID --refresh-token-file FILE"
private let grant = "--auth xoauth2 --token-url https://login.example/firm/token --client-id 'app 1'"

@Suite struct `The command that connects in the same way` {
  @Test(arguments: [
    (SignIn.person(), other), (.person("ada@firm.example"), "\(other) --username ada@firm.example"),
    (.app, "\(other) --app-only"), (.password("office@firm.example"), "\(other) --password-file -"),
    (.password("apikey"), "\(other) --username apikey --password-file -"), (.none, "\(other) --no-auth"),
  ])
  func `names a provider`(_ signIn: SignIn, _ options: String) {
    let command = Placeholders(for: .test(signIn: signIn, provider: .other), now: noon).fill("{connect}")
    #expect(command == "letterhead connect acme \(options)")
  }

  @Test(arguments: [
    (SignIn.none, "\(plain) --no-auth"), (.password("office"), "\(plain) --username office --password-file -"),
    (.person(), "\(plain) \(grant) --refresh-token-file FILE"),
    (.person(proof: .secret(Secret("hush"))), "\(plain) \(grant) --client-secret-file FILE --refresh-token-file FILE"),
  ])
  func `names a server`(_ signIn: SignIn, _ options: String) {
    let command = Placeholders(for: .test(signIn: signIn), now: noon).fill("{connect}")
    #expect(command == "letterhead connect acme \(options)")
  }

  @Test func `takes nobody's words for the shell's`() {
    var mailbox = Mailbox.test(signIn: .password("$(id); it's"))
    mailbox.address = Address(localPart: "`id`", domain: "firm.example")
    let command = Placeholders(for: mailbox, now: noon).fill("{connect}")
    #expect(command.contains("--address '`id`@firm.example' --username '$(id); it'\\''s' --password-file -"))
  }

  @Test func `names the region`() {
    var mailbox = Mailbox.test(at: "smtp.zoho.com.au", port: 465, signIn: .password("office"))
    mailbox.provider = Provider(name: "zoho", label: "Zoho")
    mailbox.provider.servers = [Server(host: "smtp.zoho.{region}", port: 465, security: .tls)]
    #expect(
      Placeholders(for: mailbox, now: noon).fill("{connect}")
        == "letterhead connect acme --provider zoho --region com.au --address office@firm.example --username office "
        + "--password-file -")
  }

  @Test func `names the CA that was given`() {
    var mailbox = Mailbox.test(authorities: "PEM")
    for mark in ["{connect}", "{connect-ca}"] {
      #expect(
        Placeholders(for: mailbox, now: noon).fill(mark) == "letterhead connect acme \(plain) --no-auth --ca-file FILE")
    }
    mailbox.authoritiesPEM = nil
    #expect(Placeholders(for: mailbox, now: noon).fill("{connect-ca}").hasSuffix("--no-auth --ca-file FILE"))
  }

  @Test func `has the options as they were typed`() {
    var mailbox = Mailbox.test(signIn: .password("office"), authorities: "PEM")
    mailbox.given = GivenOptions(
      configuration: "/etc/my relay.toml", signIn: ["--username", "office", "--password-file", "/root/p"],
      authoritiesFile: "/root/ca.pem")
    let typed = "--username office --password-file /root/p --ca-file /root/ca.pem"
    #expect(
      Placeholders(for: mailbox, now: noon).fill("{connect}")
        == "letterhead connect acme --config '/etc/my relay.toml' \(plain) \(typed)")
    mailbox.provider = .other
    mailbox.given.signIn = ["--paste", "--client-id", "app 1", "--client-secret-file", "/root/s"]
    #expect(
      Placeholders(for: mailbox, now: noon).fill("{test}")
        == "letterhead connect acme --config '/etc/my relay.toml' \(other) --paste --client-id 'app 1' "
        + "--client-secret-file /root/s --ca-file /root/ca.pem")
  }

  @Test(
    arguments: [
      ("{connect}", .auth, "letterhead reconnect acme"),
      ("{connect}", .consent, "letterhead reconnect acme"),
      ("{connect}", .network, "letterhead reconnect acme --smtp smtp.provider.example:587 --security none"),
      ("{connect-465}", .policy, "letterhead reconnect acme --smtp smtp.provider.example:465 --security tls"),
      ("{connect-ca}", .policy, "letterhead reconnect acme --ca-file FILE"),
      ("{connect-no-auth}", .policy, "letterhead connect acme \(plain) --no-auth"),
      ("{connect-oauth}", .policy, "letterhead connect acme \(plain) \(unknownClient)"),
      ("{test}", .auth, "letterhead test acme"),
    ] as [(String, FaultClass, String)])
  func `asks only for what is new where the mailbox is saved`(_ mark: String, _ about: FaultClass, _ command: String) {
    let mailbox = Mailbox.test(signIn: .password("office"), generation: 1)
    #expect(Placeholders(for: mailbox, about: about, now: noon).fill(mark) == command)
  }

  @Test func `names the configuration of a saved mailbox's relay`() {
    var mailbox = Mailbox.test(signIn: .password("office"), generation: 1)
    mailbox.given.configuration = "/srv/relay.toml"
    let values = Placeholders(for: mailbox, about: .auth, now: noon)
    #expect(values.fill("{connect}") == "letterhead reconnect acme --config /srv/relay.toml")
    #expect(values.fill("{test}") == "letterhead test acme --config /srv/relay.toml")
  }

  @Test func `is reconnect again where that is tried`() {
    var mailbox = Mailbox.test(signIn: .person())
    mailbox.given = GivenOptions(signIn: ["--paste"], isReconnect: true)
    #expect(Placeholders(for: mailbox, about: .auth, now: noon).fill("{test}") == "letterhead reconnect acme --paste")
  }

  @Test func `says nothing of a saved sign-in before anything is saved`() throws {
    let reply = try Reply(wire: "550 5.7.8 Not today")
    func summary(_ mailbox: Mailbox) -> String { Outcome(of: reply, in: .signIn, for: mailbox, now: noon).summary }
    #expect(summary(.test()) == "smtp.provider.example does not accept the sign-in of office@firm.example.")
    #expect(summary(.test(generation: 1)).contains("the saved sign-in"))
    let words = "{provider} no longer accepts the saved sign-in."
    #expect(Placeholders(for: .test(), now: noon).fill(words) == "smtp.provider.example does not accept the sign-in.")
  }

  @Test(
    arguments: [
      (.password("office"), ["XOAUTH2", "OAUTHBEARER"], "--auth xoauth2 --token-url URL"),
      (.person(), ["PLAIN", "LOGIN"], "--password-file -"),
    ] as [(SignIn, [String], String)])
  func `names a way to sign in that the server offers`(_ signIn: SignIn, _ offered: [String], _ words: String) {
    let error = TransportError.mechanismMissing(wanted: "another", offered: offered)
    #expect(Outcome(of: error, for: .test(signIn: signIn), now: noon).remedy.contains(words))
  }

  @Test func `never is the one that has just failed where another name or port is meant`() {
    let mailbox = Mailbox.test(at: "mail.firm.example", security: .tls, signIn: .password("office"))
    let typed = Placeholders(for: mailbox, now: noon).fill("{connect}")
    let errors = [TransportError.tls(.wrongName(["*.hoster.example", "Shared.hoster.example"])), .noSignInOffered]
    let remedies = errors.map { Outcome(of: $0, for: mailbox, now: noon).remedy }
    #expect(remedies[0].contains("letterhead connect acme --smtp shared.hoster.example:587 --security tls "))
    for remedy in remedies { #expect(!remedy.contains(typed), "\(remedy)") }
  }

  @Test(arguments: ["smtp.gmail.com", "smtp.office365.com"])
  func `leads nobody to where an interceptor points`(_ host: String) {
    let mailbox = Mailbox.test(at: host, security: .tls, signIn: .password("office"))
    let outcome = Outcome(of: .tls(.wrongName(["evil.example"])), for: mailbox, now: noon)
    #expect(outcome.summary.hasPrefix("Something between this machine and \(host) is answering in its place"))
    #expect(!"\(outcome.summary) \(outcome.remedy)".contains("evil.example"))
  }

  @Test func `stands in for a test while nothing is saved`() {
    #expect(Placeholders(for: .test(), now: noon).fill("{test}").hasPrefix("letterhead connect acme"))
    #expect(Placeholders(for: .test(generation: 1), now: noon).fill("{test}") == "letterhead test acme")
  }
}

@Suite struct `A refused sign-in` {
  @Test(arguments: [
    (Provider.login(.no), "Check user name and password"),
    (.login(.always, at: "Settings › Keys"), "Use an app password (made at Settings › Keys)"),
    (
      .login(.always, at: "API Keys", as: "apikey"),
      "Use an app password (made at API Keys; user name: apikey)"
    ),
    (
      .login(.twoFactor, at: "Security", note: "Access is off until it is switched on."),
      "Access is off until it is switched on. Check user name and password (with a second factor, an app "
        + "password; made at Security)"
    ),
    (.login(.no, as: "local-part"), "Check user name and password (user name: what stands before the @)"),
    // What it says of other things is no help here.
    (.login(.always, note: "From is put right."), "Use an app password"),
  ])
  func `brings the provider's own hint`(_ provider: Provider, _ hint: String) throws {
    let mailbox = Mailbox.test(signIn: .password("office"), provider: provider)
    let outcome = Outcome(of: try Reply(wire: "535 Authentication Failed"), in: .signIn, for: mailbox, now: noon)
    #expect(outcome.remedy.hasPrefix("\(hint), then run: letterhead connect acme"), "\(outcome.remedy)")
  }

  @Test func `asks for the rights of an app, or of a person, on the mailbox`() throws {
    let reply = try Reply(wire: "535 5.7.3 Authentication unsuccessful")
    let remedies = [SignIn.app, .person(), .password("office")].map { signIn in
      Outcome(of: reply, in: .signIn, for: .test(signIn: signIn, provider: .microsoft), now: noon).remedy
    }
    #expect(remedies[0].contains("service principal") && remedies[1].contains("shared one"))
    #expect(remedies[2].hasPrefix("Check user name and password"))
  }
}

@Suite struct `Consent that is missing` {
  @Test(arguments: [
    "consent_required: x", "unauthorized_client: x", "invalid_grant: AADSTS65001: x", "access_denied: AADSTS90094: x",
    "invalid_client: AADSTS650052: x",
  ])
  func `ends in the link with which an administrator approves the app`(_ words: String) throws {
    let remedy = try remedy(of: words, for: .test(signIn: .person(), provider: .microsoft))
    #expect(
      remedy.contains(
        "https://login.example/firm/adminconsent?scope=mail&client_id=app%201&redirect_uri=http%3A%2F%2Flocalhost"))
    #expect(remedy.contains("then run the same command again: letterhead connect acme --provider microsoft"))
  }

  @Test func `of an app that signs in by itself has no way back in its link`() throws {
    let remedy = try remedy(of: "invalid_grant: AADSTS65001: x", for: .test(signIn: .app, provider: .microsoft))
    #expect(remedy.contains("firm/adminconsent?scope=mail&client_id=app%201 and") && remedy.contains("--app-only"))
  }

  @Test func `for a token URL that is not the provider's links to no tenant in particular`() throws {
    let mailbox = Mailbox.test(signIn: .person(url: "https://elsewhere.example/firm/token"), provider: .microsoft)
    #expect(try remedy(of: "consent_required: x", for: mailbox).contains("login.example/organizations/adminconsent"))
  }

  @Test(arguments: [
    "unauthorized_client: Client is unauthorized to retrieve access tokens using this method.",
    "admin_policy_enforced: x", "unauthorized_client: x",
  ])
  func `where there is no link names the place`(_ words: String) throws {
    let remedy = try remedy(of: words, for: .test(signIn: .app, provider: .other))
    #expect(remedy.contains("Admin › Security") || remedy.contains("Other's admin console"))
    #expect(remedy.contains("run the same command again: letterhead connect acme --provider other"))
  }

  private func remedy(of words: String, for mailbox: Mailbox) throws -> String {
    let finding = Interpretation(try Answer(words, in: .token, to: mailbox))
    return Placeholders(for: mailbox, now: noon).fill(finding.assessment.remedy)
  }
}

extension SignIn {
  fileprivate static func password(_ username: String) -> SignIn { .password(username: username, Secret("sesame")) }

  fileprivate static func person(
    _ username: String = "office@firm.example", url: String = "https://login.example/firm/token",
    proof: OAuthGrant.ClientProof = .none
  ) -> SignIn {
    oauth(username, url, proof, .refreshToken(Secret("refresh-me")))
  }

  fileprivate static let app = oauth(
    "office@firm.example", "https://login.example/firm/token", .secret(Secret("hush")), .clientCredentials)

  private static func oauth(
    _ username: String, _ url: String, _ proof: OAuthGrant.ClientProof, _ entitlement: OAuthGrant.Entitlement
  ) -> SignIn {
    .oauth(
      OAuthGrant(
        username: username, mechanism: .xoauth2, tokenURL: URL(string: url) ?? URL(filePath: "/"), clientID: "app 1",
        proof: proof, entitlement: entitlement))
  }
}

extension Provider {
  fileprivate static func login(
    _ appPassword: PasswordLogin.AppPasswordUse, at place: String = "", as username: String = "address",
    note: String = ""
  ) -> Provider {
    var provider = Provider.other
    provider.login.appPassword = appPassword
    provider.login.madeAt = place
    provider.login.username = username
    provider.note = note
    return provider
  }
}
