// What is answered to whom about connections: ask, connect, disconnect, test.

import Access
import Foundation
import Mailboxes
import SMTP
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct ConnectionCallTests {
  private let relay: ControlFixture

  init() throws { relay = try ControlFixture() }

  @Test func `without approvals nobody but administrators connects`() async throws {
    #expect(try await relay.answer(.connect(why: "please"), from: mara, approval: .off) == mayNot("mara"))
    #expect(try await relay.answer(.connect(), from: root, approval: .off) == [nameStep, .done("connected")])
    #expect(try await relay.mailboxes.audit().map(\.requester.name) == ["root"])
    #expect(try await relay.answer(.disconnect(), from: mara, approval: .off) == mayNot("mara"))
  }

  @Test(arguments: [mara, anna])
  func `a person asks, is approved, connects once`(person: Caller) async throws {
    let silent = refused(.justificationMissing)
    #expect(try await relay.answer(.connect(), from: person) == silent)
    #expect(try await relay.answer(.connect(why: "two\nlines"), from: person) == silent)
    guard case .filed(let request) = try await relay.answer(.connect(why: "New provider"), from: person).last else {
      Issue.record("nothing was filed")
      return
    }
    #expect(relay.connector.tested == [], "somebody signed in without an approval")
    #expect(relay.filedCount == 1)
    let change = ConnectionChange(connecting: described)
    #expect(try await relay.answer(.ask(change, why: "New provider"), from: person) == [.filed(request)])
    guard case .done = try await relay.answer(.approve(request.number), from: root).last else {
      Issue.record("not approved")
      return
    }
    #expect(try await relay.answer(.ask(change), from: person) == [.permitted])
    #expect(try await relay.answer(.ask(change), from: ivo) == silent)
    #expect(try await relay.answer(.connect(), from: person) == [nameStep, .done("connected")])
    guard case .filed(let next) = try await relay.answer(.connect(why: "again"), from: person).last else {
      Issue.record("an approval was used twice")
      return
    }
    #expect(next.number != request.number)
    #expect(try await relay.mailboxes.audit().first { $0.verb == .connect }?.requester == person.requester)
  }

  @Test func `a test that fails leaves the approval`() async throws {
    _ = try await relay.answer(.connect(why: "New provider"), from: mara)
    _ = try await relay.answer(.approve(1), from: root)
    relay.connector.breaks(true)
    #expect(try await relay.answer(.connect(), from: mara) == [nameStep, .refused("The password was refused.")])
    relay.connector.breaks(false)
    #expect(try await relay.answer(.connect(), from: mara).last == .done("connected"))
  }

  @Test func `an entity that is not in the configuration is refused`() async throws {
    let change = ConnectionChange(.connect, entity: "other", address: "a@b.example")
    #expect(try await relay.answer(.ask(change, why: "x"), from: root) == refused(.noEntity("other")))
    let test = ControlCall.testMailbox(TestMailbox(entity: "other", recipient: nil))
    #expect(try await relay.answer(test, from: root) == refused(.noEntity("other")))
  }

  /// With a mailbox that ``described`` becomes by `change`.
  private func connecting(_ change: (inout Mailbox) -> Void) -> ControlCall {
    var mailbox = described
    change(&mailbox)
    return .connect(mailbox, why: "please")
  }

  @Test func `an approval for a server is none for the sandbox`() async throws {
    _ = try await relay.answer(.connect(why: "New provider"), from: mara)
    _ = try await relay.answer(.approve(1), from: root)
    let sandbox = connecting { $0.provider = .sandbox }
    guard case .filed(let request) = try await relay.answer(sandbox, from: mara).last else {
      Issue.record("the sandbox was connected in the server's place")
      return
    }
    #expect(request.change.sentence == "connect acme (office@acme.example through sandbox provider=sandbox)")
    #expect(relay.connector.tested == [])
  }

  @Test(arguments: [
    ("office@acme.example", "smtp.acme.example\u{1B}[2K"), ("office@acme.example", "smtp.good.example) \u{202E}("),
    ("office@acme.example", String(repeating: "a", count: 256)), ("office@acme.example", ""),
    ("office@acme.example through smtp.good.example", "smtp.evil.example"),
  ])
  func `a request that would read as another is not filed`(address: String, host: String) async throws {
    let change = ConnectionChange(.connect, entity: "acme", address: address, host: host)
    #expect(try await relay.answer(.ask(change, why: "x"), from: mara) == refused(.notACall))
    #expect(try await relay.mailboxes.requests().isEmpty)
  }

  @Test func `what is stored of a mailbox is fit to be shown`() async throws {
    let lapses = Date(timeIntervalSince1970: -1e300)
    let grant = OAuthGrant(
      username: "office", mechanism: .xoauth2, tokenURL: try #require(URL(string: "https://login.example/token")),
      clientID: "app", entitlement: .refreshToken(Secret("token"), lapses: lapses))
    let unfit: [(Mailbox.Unfit, (inout Mailbox) -> Void)] = [
      (.text(option: "--smtp"), { $0.server.host = "smtp.acme.example\n" }),
      (.text(option: "--display-name"), { $0.displayName = "Acme\r\nBcc: all@acme.example" }),
      (.text(option: "--username"), { $0.signIn = .password(username: "a\u{1}b", Secret("x")) }),
      (.clear, { $0.server.security = .none }),
      (.date, { $0.signIn = .oauth(grant) }),
    ]
    for (reason, change) in unfit {
      #expect(try await relay.answer(connecting(change), from: root) == refused(.unfit(reason)))
    }
    let unknown = connecting { $0.provider = Provider(name: "nobody's", label: "") }
    #expect(try await relay.answer(unknown, from: root) == refused(.noProvider("nobody's")))
    #expect(relay.connector.tested == [])
  }

  // MARK: Test

  private func test(to recipient: String? = nil) -> ControlCall {
    .testMailbox(TestMailbox(entity: "acme", recipient: recipient))
  }

  @Test func `an administrator tests the saved mailbox, and nobody else does`() async throws {
    #expect(try await relay.answer(test(), from: root) == refused(.noMailbox(entity: "acme")))
    _ = try await relay.answer(.connect(), from: root)
    #expect(try await relay.answer(test(), from: mara) == mayNot("mara"))
    #expect(try await relay.answer(test(), from: root) == [nameStep, .done("It works.")])
    #expect(
      try await relay.answer(test(to: "ada@example.org"), from: root) == [
        nameStep, .done("It works; a message is on its way to ada@example.org."),
      ])
    #expect(try await relay.answer(test(to: "no address"), from: root) == refused(.notACall))
    relay.connector.breaks(true)
    #expect(try await relay.answer(test(), from: root) == [nameStep, .refused("The password was refused.")])
    #expect(relay.connector.tested.dropFirst().first == "test office@acme.example")
    #expect(
      try await relay.mailboxes.audit().map(\.verb) == [.test, .test, .test, .connect], "a test changed something")
  }

  @Test(arguments: [nil, "ada@example.org"])
  func `a test while all mail is held says so, and what ends that`(recipient: String?) async throws {
    let release = "To let it go, run: letterhead queue release --entity acme"
    _ = try await relay.answer(.connect(), from: root)
    _ = try await relay.answer(.holdEntity(HoldEntity(.hold, "acme")), from: root)
    let generation = try #require(try await relay.mailboxes.load().mailbox(of: "acme")).generation
    try await relay.mailboxes.setCondition(.broken(Self.fault, probe: true), of: "acme", generation: generation)
    guard case .done(let sentence) = try await relay.answer(test(to: recipient), from: root).last else {
      Issue.record("not tested")
      return
    }
    #expect(sentence.contains("The error flag of acme is lifted. All mail of acme is held since"), "\(sentence)")
    #expect(sentence.hasSuffix(release) && !sentence.contains("goes out"), "\(sentence)")
    #expect(try await relay.mailboxes.load().hold(of: "acme") != nil)
    guard case .done(let connected) = try await relay.answer(.connect(), from: root).last else {
      Issue.record("not connected")
      return
    }
    #expect(connected.hasSuffix(release), "\(connected)")
  }

  private static let fault = Fault(class: .policy, since: Date(), summary: "No.", remedy: "Ask.", upstream: "550 no")
  private static let quota = Fault(
    class: .quota, since: Date(), summary: "Full.", remedy: "Wait.", upstream: "550 limit")

  @Test(
    arguments: [
      (.broken(fault, probe: true), nil, "The error flag of acme is lifted"),
      (.broken(fault, probe: false), nil, "The error flag of acme is lifted"),
      (.paused(until: Date() + 3600, fault), nil, "The pause of acme is lifted"),
      // A quota may be told at the end of a message only.
      (.paused(until: Date() + 3600, quota), nil, nil),
      (.paused(until: Date() + 3600, quota), "ada@example.org", "The pause of acme is lifted"),
    ] as [(Condition, String?, String?)])
  func `a test that succeeds lifts what it disproves`(
    condition: Condition, recipient: String?, lifted: String?
  ) async throws {
    _ = try await relay.answer(.connect(), from: root)
    let generation = try #require(try await relay.mailboxes.load().mailbox(of: "acme")).generation
    try await relay.mailboxes.setCondition(condition, of: "acme", generation: generation)
    relay.connector.breaks(true)
    _ = try await relay.answer(test(to: recipient), from: root)
    #expect(try await relay.mailboxes.load().condition(of: "acme") == condition, "a test that failed lifted something")
    #expect(relay.looks == [])
    relay.connector.breaks(false)
    guard case .done(let sentence) = try await relay.answer(test(to: recipient), from: root).last else {
      Issue.record("not tested")
      return
    }
    #expect(lifted.map { sentence.contains($0) } ?? !sentence.contains("lifted"), "\(sentence)")
    #expect(try await relay.mailboxes.load().condition(of: "acme") == (lifted == nil ? condition : .working))
    #expect(relay.looks == ["acme"], "the queue does not look again")
  }

  // MARK: Reconnect

  private func saved(for caller: Caller) async throws -> Mailbox? {
    let replies = try await relay.answer(.describeMailbox(DescribeMailbox(entity: "acme")), from: caller)
    if case .mailbox(let payload) = replies.first { return payload.mailbox }
    return nil
  }

  private func reconnect(_ mailbox: Mailbox, from caller: Caller, why: String? = nil) async throws -> [ControlReply] {
    try await relay.answer(.reconnectMailbox(ReconnectMailbox(mailbox, justification: why)), from: caller)
  }

  @Test func `a saved mailbox is described without its password, and connected again with a new one`() async throws {
    _ = try await relay.answer(.connect(), from: root)
    var mailbox = try #require(try await saved(for: root))
    #expect(mailbox.signIn == .password(username: "office", Secret("")))
    #expect(mailbox.server == described.server && mailbox.address == described.address)
    let missing = ControlRefusal.renewal(.secretMissing(option: "--password-file"), entity: "acme")
    #expect(try await reconnect(mailbox, from: root) == refused(missing))
    mailbox.signIn = .password(username: "office", Secret("new"))
    #expect(try await reconnect(mailbox, from: root) == [nameStep, .done("connected")])
    #expect(try await relay.mailboxes.load().mailbox(of: "acme")?.signIn == mailbox.signIn)
    #expect(try await relay.mailboxes.audit().map(\.verb) == [.reconnect, .connect])
  }

  @Test func `nothing is reconnected that is not connected`() async throws {
    let call = ControlCall.describeMailbox(DescribeMailbox(entity: "acme"))
    #expect(try await relay.answer(call, from: root) == refused(.noMailbox(entity: "acme")))
    #expect(try await reconnect(described, from: root) == refused(.noMailbox(entity: "acme")))
  }

  private func connectByOAuth() async throws -> OAuthGrant {
    let grant = OAuthGrant(
      username: "office", mechanism: .xoauth2, tokenURL: try #require(URL(string: "https://login.example/token")),
      clientID: "app", proof: .secret(Secret("hush")), entitlement: .refreshToken(Secret("token")))
    var mailbox = described
    mailbox.signIn = .oauth(grant)
    _ = try await relay.answer(.connect(mailbox), from: root)
    return grant
  }

  @Test func `the app's saved secret is shown to the owner alone, and used for its own server alone`() async throws {
    let grant = try await connectByOAuth()
    guard case .oauth(let shown) = try await saved(for: root)?.signIn,
      case .oauth(var theirs) = try await saved(for: mara)?.signIn
    else {
      Issue.record("not described")
      return
    }
    #expect(shown.proof == grant.proof && shown.refreshToken == Secret(""))
    #expect(theirs.proof == .secret(Secret("")) && theirs.refreshToken == Secret(""))

    theirs.entitlement = .refreshToken(Secret("token-2"))
    var mailbox = described
    mailbox.signIn = .oauth(theirs)
    #expect(try await reconnect(mailbox, from: root).last == .done("connected"))
    guard case .oauth(let renewed) = try await relay.mailboxes.load().mailbox(of: "acme")?.signIn else { return }
    #expect(renewed.proof == grant.proof && renewed.refreshToken == Secret("token-2"))

    let elsewhere = refused(.renewal(.elsewhere, entity: "acme"))
    var moved = mailbox
    moved.server.host = "thief.example"
    #expect(try await reconnect(moved, from: root) == elsewhere)
    theirs.tokenURL = try #require(URL(string: "https://thief.example/token"))
    mailbox.signIn = .oauth(theirs)
    #expect(try await reconnect(mailbox, from: root) == elsewhere)
  }

  @Test(arguments: [OAuthGrant.ClientProof.assertionFile("/run/token"), .secretCommand(["/bin/vault", "get"])])
  func `only who may be the relay's user names a file or a program for it`(proof: OAuthGrant.ClientProof) async throws {
    var mailbox = described
    var grant = OAuthGrant(
      username: "office", mechanism: .xoauth2, tokenURL: try #require(URL(string: "https://login.example/token")),
      clientID: "app", proof: proof, entitlement: .refreshToken(Secret("token")))
    mailbox.signIn = .oauth(grant)
    let administrator = Caller(mara.principal, .administrator)
    for caller in [mara, administrator] {
      #expect(try await relay.answer(.connect(mailbox, why: "please"), from: caller) == refused(.localProof))
      let asking = ControlCall.ask(ConnectionChange(connecting: mailbox), why: "please")
      #expect(try await relay.answer(asking, from: caller) == refused(.localProof))
    }
    #expect(try await relay.answer(.connect(mailbox), from: root).last == .done("connected"))

    // Who renews the sign-in names nothing new.
    grant.entitlement = .refreshToken(Secret("token-2"))
    mailbox.signIn = .oauth(grant)
    #expect(try await reconnect(mailbox, from: administrator).last == .done("connected"))
    grant.tokenURL = try #require(URL(string: "https://thief.example/token"))
    mailbox.signIn = .oauth(grant)
    #expect(try await reconnect(mailbox, from: administrator) == refused(.localProof))
  }

  @Test(arguments: [OAuthGrant.ClientProof.assertionFile("token"), .secretCommand(["vault"]), .secretCommand([])])
  func `a path that is not whole is refused`(proof: OAuthGrant.ClientProof) async throws {
    var mailbox = described
    mailbox.signIn = .oauth(
      OAuthGrant(
        username: "office", mechanism: .xoauth2, tokenURL: try #require(URL(string: "https://login.example/token")),
        clientID: "app", proof: proof, entitlement: .clientCredentials))
    guard case .refused(let words) = try await relay.answer(.connect(mailbox), from: root).last else {
      Issue.record("connected")
      return
    }
    #expect(words.contains("--client-"))
  }

  @Test func `a reconnect by a member needs an approval for just this connection`() async throws {
    _ = try await relay.answer(.connect(), from: root)
    guard case .filed = try await reconnect(described, from: mara, why: "New password").last else {
      Issue.record("not filed")
      return
    }
    _ = try await relay.answer(.approve(1), from: root)
    var other = described
    other.server.port = 2525
    guard case .refused(let sentence) = try await reconnect(other, from: mara).last else {
      Issue.record("another port was taken")
      return
    }
    #expect(sentence.contains("Request 1 is approved for something else: port is 465 there and 2525 here"))
    #expect(try await reconnect(described, from: mara).last == .done("connected"))
    #expect(try await relay.mailboxes.audit().first?.detail.contains("port=465 security=tls") == true)
  }
}
