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
    #expect(request.change.sentence == "connect acme (office@acme.example through sandbox)")
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
    #expect(try await relay.mailboxes.audit().map(\.verb) == [.connect], "a test changed something")
  }
}
