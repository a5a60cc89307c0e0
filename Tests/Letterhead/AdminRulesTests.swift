// Who may change a connection, and what each call answers to whom.

import Foundation
import Mailboxes
import SMTP
import Sockets
import Support
import Synchronization
import Testing

@testable import Letterhead

@Suite struct AdminRulesTests {
  private static let mara = Requester(uid: 1001, name: "mara")

  @Test(
    arguments: [
      (true, .off, false, .allowed(Authorization(mara))),
      (true, .required, false, .allowed(Authorization(mara))),
      (true, .required, true, .allowed(Authorization(mara))),  // an administrator spends no approval
      (false, .off, false, .refused(.notAdministrator("mara"))),
      (false, .off, true, .refused(.notAdministrator("mara"))),  // approved before it was switched off
      (false, .required, false, .mustAsk),
      (false, .required, true, .allowed(Authorization(mara, needsApproval: true))),
    ] as [(Bool, Configuration.Admin.Approval, Bool, Ruling)])
  func `a change is ruled on`(
    isAdministrator: Bool, approval: Configuration.Admin.Approval, isApproved: Bool, ruling: Ruling
  ) {
    let caller = Caller(Self.mara, isAdministrator: isAdministrator)
    #expect(Ruling(on: caller, approval: approval, isApproved: isApproved) == ruling)
  }

  @Test func `administrators are root, the relay's own user, and whoever the configuration names`() {
    var admin = Configuration.Admin()
    #expect(AdminUsers.lookUp(0, under: admin).isAdministrator)
    #expect(AdminUsers.lookUp(geteuid(), under: admin).isAdministrator)
    #expect(!AdminUsers.lookUp(65534, under: admin).isAdministrator)
    #expect(!AdminUsers.lookUp(4_000_000, under: admin).isAdministrator)
    admin.users = ["nobody"]
    #expect(AdminUsers.lookUp(65534, under: admin).isAdministrator)
    #expect(AdminUsers.lookUp(65534, under: admin).person == Requester(uid: 65534, name: "nobody"))
    (admin.users, admin.groups) = ([], ["nosuchgroup", "nogroup"])
    #expect(AdminUsers.lookUp(65534, under: admin).isAdministrator)
    admin.groups = ["adm"]
    #expect(!AdminUsers.lookUp(65534, under: admin).isAdministrator)
  }
}

/// Connects without any server: what stands around it is the point.
private final class RehearsedConnecting: Connecting {
  struct Broken: Error, CustomStringConvertible { let description = "The password was refused." }

  let store: MailboxStore
  let isBroken = Mutex(false)
  private let seen = Mutex(0)

  /// How often somebody came as far as signing in.
  var count: Int { seen.withLock { $0 } }

  init(_ store: MailboxStore) { self.store = store }

  func connect(
    _ mailbox: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: (String) async throws -> Void
  ) async throws -> String {
    seen.withLock { $0 += 1 }
    try await say("ok name")
    if isBroken.withLock({ $0 }) { throw Broken() }
    _ = try await store.connect(mailbox, by: authorization)
    return "connected"
  }
}

@Suite(.timeLimit(.minutes(1))) struct AdminDeskTests {
  private let directory: TemporaryDirectory
  private let store: MailboxStore
  private let connecting: RehearsedConnecting
  private let root = Caller(Requester(uid: 0, name: "root"), isAdministrator: true)
  private let mara = Caller(Requester(uid: 1001, name: "mara"), isAdministrator: false)
  private let ivo = Caller(Requester(uid: 1002, name: "ivo"), isAdministrator: false)

  init() throws {
    directory = try TemporaryDirectory()
    let entities = [Entity(key: "acme", name: "Acme")]
    store = try .inMemory(entities: entities)
    connecting = RehearsedConnecting(store)
  }

  private func configuration(_ approval: String) throws -> Configuration {
    try Configuration.parse(
      """
      state_dir = "\(directory.path)/state"
      status_file = "\(directory.path)/status.json"
      [[listener]]
      address = "127.0.0.1:0"
      [entity.acme]
      default = true
      [admin]
      approval = "\(approval)"
      """, file: "\(directory.path)/letterhead.toml")
  }

  private func desk(_ approval: String = "required") throws -> AdminDesk {
    let configuration = try configuration(approval)
    return AdminDesk(store: store, configuration: { configuration }, connecting: connecting)
  }

  private func answer(
    _ verb: AdminCall.Verb, from caller: Caller, approval: String = "required"
  ) async throws -> [AdminReply] {
    var replies: [AdminReply] = []
    try await desk(approval).answer(AdminCall(verb), from: caller) { replies.append($0) }
    #expect(replies.last?.isLast == true)
    #expect(replies.dropLast().allSatisfy { !$0.isLast })
    return replies
  }

  private var mailbox: Mailbox {
    Mailbox(
      entity: "acme", address: Address(localPart: "office", domain: "acme.example"),
      server: Server(host: "smtp.acme.example", port: 465, security: .tls),
      signIn: .password(username: "office", Secret("swordfish")), connectedAt: Date())
  }

  private func connect(_ why: String? = nil) -> AdminCall.Verb { .connect(MailboxPayload(mailbox), justification: why) }

  @Test func `without approvals nobody but administrators connects`() async throws {
    let refused = AdminReply.refused("\(AdminRefusal.notAdministrator("mara"))")
    #expect(try await answer(connect("please"), from: mara, approval: "off") == [refused])
    #expect(try await answer(connect(), from: root, approval: "off") == [.step("ok name"), .done("connected")])
    #expect(try await store.audit().map(\.requester.name) == ["root"])
    #expect(
      try await answer(.disconnect(entity: "acme", justification: nil), from: mara, approval: "off") == [refused])
  }

  @Test func `a person asks, is approved, connects once`() async throws {
    #expect(try await answer(connect(), from: mara) == [.refused("\(AdminRefusal.justificationMissing)")])
    #expect(try await answer(connect("two\nlines"), from: mara) == [.refused("\(AdminRefusal.justificationMissing)")])
    guard case .filed(let request) = try await answer(connect("New provider"), from: mara).last else {
      Issue.record("nothing was filed")
      return
    }
    #expect(connecting.count == 0, "somebody signed in without an approval")
    let change = ConnectionChange(connecting: mailbox)
    #expect(try await answer(.ask(change, justification: "New provider"), from: mara) == [.filed(request)])
    guard case .done = try await answer(.approve(request.number), from: root).last else {
      Issue.record("not approved")
      return
    }
    #expect(try await answer(.ask(change, justification: nil), from: mara) == [.permitted])
    #expect(
      try await answer(.ask(change, justification: nil), from: ivo) == [
        .refused("\(AdminRefusal.justificationMissing)")
      ])
    #expect(try await answer(connect(), from: mara) == [.step("ok name"), .done("connected")])
    guard case .filed(let next) = try await answer(connect("again"), from: mara).last else {
      Issue.record("an approval was used twice")
      return
    }
    #expect(next.number != request.number)
  }

  @Test func `a test that fails leaves the approval`() async throws {
    _ = try await answer(connect("New provider"), from: mara)
    _ = try await answer(.approve(1), from: root)
    connecting.isBroken.withLock { $0 = true }
    #expect(try await answer(connect(), from: mara) == [.step("ok name"), .refused("The password was refused.")])
    connecting.isBroken.withLock { $0 = false }
    #expect(try await answer(connect(), from: mara).last == .done("connected"))
  }

  @Test func `a person sees their own requests and decides none`() async throws {
    _ = try await answer(connect("New provider"), from: mara)
    let refused = AdminReply.refused("\(AdminRefusal.notAdministrator("ivo"))")
    #expect(try await answer(.requests, from: ivo) == [.done("There are no requests.")])
    #expect(try await answer(.requests, from: mara).count == 2)
    #expect(try await answer(.requests, from: root).count == 2)
    #expect(try await answer(.approve(1), from: ivo) == [refused])
    #expect(try await answer(.deny(1, reason: "no"), from: ivo) == [refused])
    #expect(try await answer(.audit(entity: nil), from: ivo) == [refused])
    #expect(try await store.requests().map(\.state) == [.waiting])
  }

  @Test func `a denial says why`() async throws {
    _ = try await answer(connect("New provider"), from: mara)
    #expect(try await answer(.deny(1, reason: "  "), from: root) == [.refused("\(AdminRefusal.reasonMissing)")])
    _ = try await answer(.deny(1, reason: "Use the shared one"), from: root)
    guard case .request(let request) = try await answer(.requests, from: mara).first else {
      Issue.record("the request is not listed")
      return
    }
    #expect(request.reason == "Use the shared one")
  }

  @Test func `an entity that is not in the configuration is refused`() async throws {
    let change = ConnectionChange(.connect, entity: "other", address: "a@b.example")
    #expect(
      try await answer(.ask(change, justification: "x"), from: root) == [.refused("\(AdminRefusal.noEntity("other"))")])
  }

  /// With a mailbox that ``mailbox`` becomes by `change`.
  private func connecting(_ change: (inout Mailbox) -> Void) -> AdminCall.Verb {
    var mailbox = mailbox
    change(&mailbox)
    return .connect(MailboxPayload(mailbox), justification: "please")
  }

  @Test func `an approval for a server is none for the sandbox`() async throws {
    _ = try await answer(connect("New provider"), from: mara)
    _ = try await answer(.approve(1), from: root)
    guard case .filed(let request) = try await answer(connecting { $0.provider = .sandbox }, from: mara).last else {
      Issue.record("the sandbox was connected in the server's place")
      return
    }
    #expect(request.change.sentence == "connect acme (office@acme.example through sandbox)")
    #expect(connecting.count == 0)
  }

  @Test(arguments: [
    ("office@acme.example", "smtp.acme.example\u{1B}[2K"), ("office@acme.example", "smtp.good.example) \u{202E}("),
    ("office@acme.example", String(repeating: "a", count: 256)), ("office@acme.example", ""),
    ("office@acme.example through smtp.good.example", "smtp.evil.example"),
  ])
  func `a request that would read as another is not filed`(address: String, host: String) async throws {
    let change = ConnectionChange(.connect, entity: "acme", address: address, host: host)
    #expect(try await answer(.ask(change, justification: "x"), from: mara) == [.refused("\(AdminRefusal.notACall)")])
    #expect(try await store.requests().isEmpty)
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
      #expect(try await answer(connecting(change), from: root) == [.refused("\(AdminRefusal.unfit(reason))")])
    }
    let unknown = try await answer(connecting { $0.provider = Provider(name: "nobody's", label: "") }, from: root)
    #expect(unknown == [.refused("\(AdminRefusal.noProvider("nobody's"))")])
    #expect(connecting.count == 0)
  }

  @Test func `another version is told so`() async throws {
    var call = AdminCall(.requests)
    call.version = 2
    var replies: [AdminReply] = []
    try await desk().answer(call, from: root) { replies.append($0) }
    #expect(replies == [.refused("\(AdminRefusal.otherVersion(2))")])
  }

  @Test func `a mailbox comes through whole, and prints no secret`() throws {
    let call = AdminCall(connect("why"))
    guard case .connect(let parcel, nil, "why") = try AdminCall(line: Data(call.line)).verb else {
      Issue.record("another call came out")
      return
    }
    #expect(parcel.mailbox.signIn == mailbox.signIn)
    #expect(parcel.mailbox.server == mailbox.server)
    #expect(parcel.mailbox.address == mailbox.address)
    #expect(!"\(call) \(String(reflecting: parcel))".contains("swordfish"))
  }
}
