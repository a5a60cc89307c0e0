// What a sign-in is answered, from apps and passwords in memory.

import Foundation
import Mailboxes
import SMTP
import Support
import Synchronization
import Testing

@testable import Access

@Suite(.timeLimit(.minutes(1))) struct AppUserTests {
  @Test(
    arguments: [
      ("erp", "erp", nil), ("erp+brandb", "erp", "brandb"), ("erp+a+b", "erp", "a+b"), ("erp@localhost", "erp", nil),
      ("erp+brandb@acme.example", "erp", "brandb"), ("erp@a+b", "erp", nil),
    ] as [(String, String, String?)])
  func `a user name is the app's, and perhaps names an entity`(username: String, app: String, entity: String?) throws {
    let user = try #require(AppUser(username))
    #expect(user.app == app)
    #expect(user.entity == entity)
  }

  @Test(arguments: ["", "+", "+brandb", "erp+", "@localhost", "erp+@localhost"])
  func `what names no app, or names an entity without its name, is no user`(username: String) {
    #expect(AppUser(username) == nil)
  }
}

@Suite(.timeLimit(.minutes(1))) struct AppSignInsTests {
  private static let noon = Date(timeIntervalSince1970: 1_795_348_800)
  private final class Counter: Sendable { let count = Mutex(0) }

  private let store: MailboxStore
  private let signIns: AppSignIns
  private let time: ManualTime

  init() throws {
    let store = try MailboxStore.inMemory(entities: [])
    let time = ManualTime(Self.noon)
    self.store = store
    self.time = time
    signIns = AppSignIns(registry: { store.apps }, apps: { Self.apps }, time: time)
  }

  /// `erp` may sign in, `scanner` by CRAM-MD5 as well, and `cron` not at all.
  private static let apps = ["erp", "scanner", "cron"].map { name in
    var app = App(name: name)
    app.signsIn = name != "cron"
    app.signsInByCramMD5 = name == "scanner"
    return app
  }

  private func make(_ app: String, rotates: Bool = false, grace: Int = 0) async throws -> HiddenOctets {
    let order = PasswordOrder(app: app, rotates: rotates, grace: grace, keepsEquivalent: true)
    return try await store.makePassword(order, by: .ofThisProcess, at: time.now).octets
  }

  private func isAccepted(_ password: HiddenOctets, of username: String) async -> Bool {
    await signIns.answer(.isPassword(password, of: username)) == .accepted
  }

  @Test func `an app signs in with its own password and no other`() async throws {
    let (erp, scanner, cron) = (try await make("erp"), try await make("scanner"), try await make("cron"))
    #expect(await isAccepted(erp, of: "erp"))
    #expect(await isAccepted(erp, of: "erp+brandb"))
    for (password, username) in [(scanner, "erp"), (erp, "scanner"), (erp, "ERP"), (erp, "nobody"), (cron, "cron")] {
      #expect(await !isAccepted(password, of: username), "\(username)")
    }
    #expect(await !isAccepted(HiddenOctets([0x61]), of: "erp"))
    #expect(signIns.signedIn(as: "erp+brandb") == AppUser("erp+brandb"))
    #expect(signIns.lastSignIn(of: "erp") == Self.noon)
    #expect(signIns.signedIn(as: "cron") == nil)
    #expect(signIns.lastSignIn(of: "cron") == nil)
  }

  @Test func `the older password is good until its grace is over`() async throws {
    let first = try await make("erp")
    let second = try await make("erp", rotates: true, grace: 60)
    for password in [first, second] { #expect(await isAccepted(password, of: "erp")) }
    time.advance(to: Self.noon + 60)
    #expect(await !isAccepted(first, of: "erp"))
    #expect(await isAccepted(second, of: "erp"))
  }

  @Test func `a password that was right is worked through once, and again when another is made`() async throws {
    let derivations = Counter()
    let counting = ScramPrimitives(
      sha256: ScramPrimitives.openSSL.sha256, hmac: ScramPrimitives.openSSL.hmac,
      pbkdf2: { password, salt, iterations in
        derivations.count.withLock { $0 += 1 }
        return ScramPrimitives.openSSL.pbkdf2(password, salt, iterations)
      }, hmacMD5: ScramPrimitives.openSSL.hmacMD5, nonce: ScramPrimitives.openSSL.nonce)
    let store = store
    let signIns = AppSignIns(registry: { store.apps }, apps: { Self.apps }, time: time, primitives: counting)
    let first = try await make("erp")
    for _ in 1...3 { #expect(await signIns.answer(.isPassword(first, of: "erp")) == .accepted) }
    #expect(derivations.count.withLock { $0 } == 1)
    let wrong = HiddenOctets([0x61])
    for _ in 1...3 { #expect(await signIns.answer(.isPassword(wrong, of: "erp")) == .refused) }
    #expect(derivations.count.withLock { $0 } == 4, "what was wrong is not remembered")
    let second = try await make("erp", rotates: true)
    #expect(await signIns.answer(.isPassword(first, of: "erp")) == .refused)
    #expect(await signIns.answer(.isPassword(second, of: "erp")) == .accepted)
  }

  @Test func `a revoked password is refused at once, also to whom it was just accepted`() async throws {
    let password = try await make("erp")
    #expect(await isAccepted(password, of: "erp"))
    try await store.revokePassword(of: "erp", by: .ofThisProcess)
    #expect(signIns.signedIn(as: "erp") == nil)
    #expect(await !isAccepted(password, of: "erp"))
  }

  @Test func `nobody can tell an app that exists from one that does not`() async throws {
    let password = try await make("erp")
    guard case .verifier(let known) = await signIns.answer(.verifier(of: "erp")),
      case .verifier(let decoy) = await signIns.answer(.verifier(of: "nobody"))
    else {
      Issue.record("no verifier")
      return
    }
    #expect(known.matches(password, .openSSL))
    #expect(decoy.salt.count == known.salt.count && decoy.iterations == known.iterations)
    #expect(await signIns.answer(.verifier(of: "nobody")) == .verifier(decoy), "the same each time")
    let other = AppSignIns(registry: { AppRegistry() }, apps: { [] }, time: time)
    #expect(await other.answer(.verifier(of: "nobody")) != .verifier(decoy), "and another in each process")
    #expect(await signIns.answer(.isPassword(password, of: "nobody")) == .refused)
    guard case .equivalents(let made) = await signIns.answer(.equivalents(of: "nobody")) else {
      Issue.record("no equivalent")
      return
    }
    #expect(made.count == 1)
  }

  @Test func `CRAM-MD5 is answered for apps that are configured for it, and offered where there is one`() async throws {
    let (erp, scanner) = (try await make("erp"), try await make("scanner"))
    #expect(await signIns.answer(.equivalents(of: "scanner")) == .equivalents([scanner]))
    #expect(await signIns.answer(.equivalents(of: "erp")) != .equivalents([erp]))
    let usual = ["PLAIN", "LOGIN", "SCRAM-SHA-256"]
    #expect(offered(by: signIns) == usual + ["CRAM-MD5"])
    let withoutScanner = AppSignIns(registry: { [store] in store.apps }, apps: { [Self.apps[0]] }, time: time)
    #expect(offered(by: withoutScanner) == usual)
  }

  @Test func `CRAM-MD5 is kept from clients of listeners where no app has use for it`() async throws {
    let usual = ["PLAIN", "LOGIN", "SCRAM-SHA-256"]
    #expect(offered(by: signIns) == usual)
    _ = try await store.makePassword(PasswordOrder(app: "scanner"), by: .ofThisProcess, at: time.now)
    #expect(offered(by: signIns) == usual)
    _ = try await make("scanner", rotates: true)
    #expect(offered(by: signIns) == usual + ["CRAM-MD5"])
    var scanner = Self.apps[1]
    scanner.match = [.user("scan"), .listener("192.0.2.1:25")]
    let apps = [Self.apps[0], scanner]
    let named = AppSignIns(registry: { [store] in store.apps }, apps: { apps }, time: time)
    #expect(offered(by: named, at: "192.0.2.1:25") == usual + ["CRAM-MD5"])
    #expect(offered(by: named, at: "127.0.0.1:25") == usual)
  }

  private func offered(by signIns: AppSignIns, at listener: String = "127.0.0.1:25") -> [String]? {
    signIns.offer(at: listener, isRequired: false, allowsCleartext: true, isLegacy: false)?.mechanisms.map(\.name)
  }

  @Test func `AUTH is offered where an app may sign in, or where it has to`() {
    let nobody = AppSignIns(registry: { AppRegistry() }, apps: { [Self.apps[2]] }, time: time)
    func offer(isRequired: Bool) -> ServerDialogue.SignInOffer? {
      nobody.offer(at: "127.0.0.1:25", isRequired: isRequired, allowsCleartext: true, isLegacy: false)
    }
    #expect(offer(isRequired: false) == nil)
    #expect(offer(isRequired: true)?.isRequired == true)
  }
}

@Suite struct ApprovedAppTests {
  @Test func `apps approved here come behind the configuration's, and never take the place of one`() {
    var rules = AccessRules()
    rules.apps = [App(name: "erp")]
    let approved = ["wiki", "erp", "odd"].map { name in
      ApprovedApp(
        name: name, pattern: name == "odd" ? "no pattern" : "user:\(name)", entity: "acme", at: Date(),
        by: .ofThisProcess)
    }
    let both = rules.including(approved).apps
    #expect(both.map(\.name) == ["erp", "wiki"])
    #expect(both.map(\.isApprovedHere) == [false, true])
    #expect(both.last?.match == [.user("wiki")])
    #expect(both.last?.entities == ["acme"])
  }
}
