// Apps and their passwords: who sees and makes what.

import Access
import Foundation
import Mailboxes
import SMTP
import Synchronization
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct AppCallTests {
  private let relay: ControlFixture

  init() throws { relay = try ControlFixture() }

  private static let list: ControlCall = .listApps(ListApps())
  private static let calls: [ControlCall] = [list, password("erp"), .revokePassword(RevokePassword(app: "erp"))]

  private static func password(_ app: String, rotates: Bool = false, grace: Int = 0, cramMD5: Bool = false)
    -> ControlCall
  {
    .makePassword(
      MakePassword(PasswordOrder(app: app, rotates: rotates, grace: grace, keepsEquivalent: cramMD5)))
  }

  private func summaries(of name: String? = nil) async throws -> [AppSummary] {
    try await relay.answer(.listApps(ListApps(name: name)), from: root).compactMap { reply in
      if case .app(let app) = reply { app } else { nil }
    }
  }

  private func password(in replies: [ControlReply]) -> ShownPassword? {
    replies.lazy.compactMap { reply in if case .password(let shown) = reply { shown } else { nil } }.first
  }

  @Test(arguments: calls)
  func `nobody but an administrator sees apps or makes passwords`(call: ControlCall) async throws {
    #expect(try await relay.answer(call, from: mara) == mayNot("mara"))
    #expect(try await relay.answer(call, from: anna) == mayNot("anna"))
    #expect(try await relay.answer(call, from: erp) == refused(.notAllowed(.notForApps, name: "erp")))
    #expect(relay.mailboxes.apps == AppRegistry())
  }

  @Test func `a password is shown once, with what an app's form asks for`() async throws {
    let replies = try await relay.answer(Self.password("erp"), from: root)
    #expect(replies.count == 2 && replies.last == .done(""))
    let shown = try #require(password(in: replies))
    #expect(shown.password.utf8.count == AppPassword.characters)
    #expect(shown.places == [SignInPlace(host: "127.0.0.1", port: 2525, security: .none)])
    #expect(!"\(replies)".contains(shown.password), "a reply that is printed does not show it")
    let again = try await relay.answer(Self.password("erp"), from: root)
    guard case .refused(let sentence) = again.last else {
      Issue.record("made twice")
      return
    }
    #expect(sentence.contains("letterhead app password erp --rotate --grace 7d"))
    #expect(!sentence.contains(shown.password))
  }

  @Test(
    arguments: [
      ("cron", false, ["cron may not sign in yet: set sign_in = true in [app.cron], and reload."]),
      ("erp", true, ["CRAM-MD5 is not offered yet: set cram_md5 = true in [app.erp], and reload."]),
      (
        "scanner", false,
        [
          "This password does not work by CRAM-MD5. To make one that does: letterhead app password scanner --rotate "
            + "--cram-md5"
        ]
      ), ("scanner", true, []),
    ] as [(String, Bool, [String])])
  func `what keeps a password from working is told`(app: String, cramMD5: Bool, notes: [String]) async throws {
    let replies = try await relay.answer(Self.password(app, cramMD5: cramMD5), from: root)
    #expect(replies.compactMap { if case .note(let sentence) = $0 { sentence } else { nil } } == notes)
    #expect(password(in: replies) != nil)
  }

  @Test func `an app that the configuration does not name gets none`() async throws {
    #expect(try await relay.answer(Self.password("wiki"), from: root) == refused(.noApp("wiki")))
    #expect(relay.mailboxes.apps.credentials.isEmpty)
  }

  @Test func `sessions end when a password is revoked, or replaced without grace`() async throws {
    _ = try await relay.answer(Self.password("erp"), from: root)
    _ = try await relay.answer(Self.password("erp", rotates: true, grace: 60), from: root)
    #expect(relay.revocations.isEmpty)
    _ = try await relay.answer(Self.password("erp", rotates: true), from: root)
    #expect(relay.revocations == ["erp"])
    let revoke = ControlCall.revokePassword(RevokePassword(app: "erp"))
    guard case .done = try await relay.answer(revoke, from: root).last else {
      Issue.record("not revoked")
      return
    }
    #expect(relay.revocations == ["erp", "erp"])
    #expect(relay.mailboxes.apps.credentials.isEmpty)
    #expect(
      try await relay.answer(revoke, from: root) == [.refused("\(StoreError.app(.noPassword(app: "erp")))")])
    #expect(relay.revocations.count == 2)
  }

  @Test func `the list has the configuration's apps, those approved here and passwords left over`() async throws {
    _ = try await relay.answer(Self.password("erp"), from: root)
    _ = try await relay.mailboxes.makePassword(PasswordOrder(app: "gone"), by: .ofThisProcess)
    try await relay.mailboxes.approve(
      ApprovedApp(name: "wiki", pattern: "user:wiki", entity: "beta", at: Date(), by: .ofThisProcess))
    let found = try await summaries()
    #expect(found.map(\.name) == ["erp", "scanner", "cron", "wiki", "gone"])
    #expect(found.map(\.isConfigured) == [true, true, true, false, false])
    #expect(found.map(\.isApprovedHere) == [false, false, false, true, false])
    #expect(found.map { $0.passwordMadeAt != nil } == [true, false, false, false, true])
    #expect(found.first?.match == ["unit:erp.service"])
    #expect(found.first?.activity?.messagesToday == 7)
    #expect(try await summaries(of: "wiki").map(\.entities) == [["beta"]])
    #expect(try await relay.answer(.listApps(ListApps(name: "no")), from: root) == refused(.noApp("no")))
  }
}
