// What placeholders in sentences are filled with: commands and hints.

import Foundation
import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Diagnosis

private let plain = "--smtp smtp.provider.example:587 --security none --address office@firm.example"
private let other = "--provider other --address office@firm.example"
private let grant = "--auth xoauth2 --token-url https://login.example/firm/token --client-id 'app 1'"

@Suite struct `The command that connects in the same way` {
  @Test(arguments: [
    (SignIn.person(), other), (.person("ada@firm.example"), "\(other) --username ada@firm.example"),
    (.app, "\(other) --app-only"), (.password("office@firm.example"), "\(other) --password-file FILE"),
    (.password("apikey"), "\(other) --username apikey --password-file FILE"), (.none, "\(other) --no-auth"),
  ])
  func `names a provider`(_ signIn: SignIn, _ options: String) {
    let command = Placeholders(for: .test(signIn: signIn, provider: .other), now: noon).fill("{connect}")
    #expect(command == "letterhead connect acme \(options)")
  }

  @Test(arguments: [
    (SignIn.none, "\(plain) --no-auth"), (.password("office"), "\(plain) --username office --password-file FILE"),
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
    #expect(command.contains("--address '`id`@firm.example' --username '$(id); it'\\''s' --password-file FILE"))
  }

  @Test func `names the region`() {
    var mailbox = Mailbox.test(at: "smtp.zoho.com.au", port: 465, signIn: .password("office"))
    mailbox.provider = Provider(name: "zoho", label: "Zoho")
    mailbox.provider.servers = [Server(host: "smtp.zoho.{region}", port: 465, security: .tls)]
    #expect(
      Placeholders(for: mailbox, now: noon).fill("{connect}")
        == "letterhead connect acme --provider zoho --region com.au --address office@firm.example --username office "
        + "--password-file FILE")
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
    let rule = ReplyTable.rule(for: try Answer(words, in: .token, to: mailbox))
    return Placeholders(for: mailbox, now: noon).fill(rule.assessment.remedy)
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
    _ appPassword: PasswordLogin.AppPassword, at place: String = "", as username: String = "address", note: String = ""
  ) -> Provider {
    var provider = Provider.other
    provider.login.appPassword = appPassword
    provider.login.madeAt = place
    provider.login.username = username
    provider.note = note
    return provider
  }
}
