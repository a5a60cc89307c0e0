// What ends by itself, told in good time and not every day.

import Foundation
import Mailboxes
import SMTP
import Status
import Synchronization
import Testing

@testable import Letterhead

private let day: TimeInterval = 86_400
private let march = Date(timeIntervalSince1970: 1_803_859_200)  // 2027-03-01

private func mailbox(
  _ proof: OAuthGrant.ClientProof, _ entitlement: OAuthGrant.Entitlement = .clientCredentials
) throws -> Mailbox {
  let url = try #require(URL(string: "https://login.example/token"))
  return Mailbox(
    entity: "acme", address: Address(localPart: "office", domain: "acme.example"),
    provider: Providers.builtIn["microsoft"], server: Server(host: "smtp.example", port: 587, security: .starttls),
    signIn: .oauth(
      OAuthGrant(
        username: "office@acme.example", mechanism: .xoauth2, tokenURL: url, clientID: "id", proof: proof,
        entitlement: entitlement)),
    connectedAt: march)
}

@Suite struct `What ends by itself` {
  @Test(arguments: [
    (31.0, nil), (30, 30), (14.5, 30), (14, 14), (7, 7), (1.5, 7), (1, 1), (0.1, 1), (0, 0), (-3, 0),
  ])
  func `is told at 30, 14, 7 and 1 days, and when it has ended`(days: Double, milestone: Int?) throws {
    let expiry = try #require(Expiry.all(of: try mailbox(.secret(Secret("s"))), secretExpires: march).first)
    #expect(expiry.milestone(at: march - days * day) == milestone)
    #expect((expiry.warning(at: march - days * day) == nil) == (milestone == nil))
  }

  @Test func `is a secret by its configured date, a certificate by its own, a sign-in as the provider said`() throws {
    let key = SigningKey(privateKey: Secret("k"), name: "t", expires: march)
    #expect(
      Expiry.all(of: try mailbox(.certificate(key)), secretExpires: .distantPast).map(\.subject) == [.certificate])
    #expect(Expiry.all(of: try mailbox(.secret(Secret("s"))), secretExpires: nil).isEmpty)
    let person = try mailbox(.none, .refreshToken(Secret("r"), lapses: march))
    #expect(Expiry.all(of: person, secretExpires: march).map(\.subject) == [.signIn])
    #expect(Expiry.all(of: person, secretExpires: march).first?.date == march)
  }

  @Test func `is a password by its configured date, and nothing of a server that asks for none`() throws {
    var mailbox = try mailbox(.none)
    mailbox.provider = Providers.builtIn["azure-communication"]
    mailbox.signIn = .password(username: "acme", Secret("s"))
    let warning = try #require(Expiry.all(of: mailbox, secretExpires: march).first?.warning(at: march - 14 * day))
    #expect(warning.summary == "The password of acme at Azure Communication Services ends on 2027-03-01, in 14 days.")
    #expect(warning.remedy.contains("set secret_expires in [oauth.azure-communication]"))
    #expect(Expiry.all(of: mailbox, secretExpires: nil).isEmpty)
    mailbox.signIn = .none
    #expect(Expiry.all(of: mailbox, secretExpires: march).isEmpty)
  }

  @Test(arguments: [(14.0, "ends on 2027-03-01, in 14 days"), (0.5, "within a day"), (-1, "ended on 2027-03-01")])
  func `is told with its day`(days: Double, says: String) throws {
    let expiry = try #require(Expiry.all(of: try mailbox(.secret(Secret("s"))), secretExpires: march).first)
    let warning = try #require(expiry.warning(at: march - days * day))
    #expect(warning.summary.hasPrefix("The client secret of acme at Microsoft 365 ") && warning.summary.contains(says))
    #expect(warning.remedy.contains("letterhead connect acme --provider microsoft"))
  }

  @Test func `is logged once a milestone`() async throws {
    let lines = Mutex<[String]>([])
    let watch = ExpiryWatch { warning, _ in lines.withLock { $0.append(warning.summary) } }
    let expiries = Expiry.all(of: try mailbox(.secret(Secret("s"))), secretExpires: march)
    for hours in stride(from: 24.0 * 40, through: -24, by: -1) {
      await watch.look(at: expiries, now: march - hours * 3600)
    }
    #expect(lines.withLock { $0 }.count == Expiry.milestones.count)
  }
}
