// What may be done to a connection, from the facts alone.

import Foundation
import SMTP
import StorageConformance
import Testing

@testable import Mailboxes

private let mara = Requester(uid: 1001, name: "mara")
private let root = Requester(uid: 0, name: "root (ada)")
private let wanted = ConnectionChange(connecting: mailbox(of: "acme"))
private let week = Request.approvalLifetime / .seconds(1)

/// A request for what is wanted, or for something else.
private func request(
  _ state: Request.State, for change: ConnectionChange = wanted, decided: Date = noon, number: Int64 = 7
) -> Request {
  Request(
    number: number, change: change, requester: mara, justification: "New provider", filedAt: noon, state: state,
    decidedAt: state == .waiting ? nil : decided)
}

private func facts(connected address: String? = nil, _ requests: [Request] = []) -> ConnectionFacts {
  ConnectionFacts(
    connected: address.map { MailboxRecord(mailbox(of: "acme", at: $0), secrets: [:]) }, openRequests: requests,
    otherSecret: nil, nextGeneration: 5, nextRequest: 9)
}

@Suite struct ConnectionFactsTests {
  private func connect(
    _ facts: ConnectionFacts, needsApproval: Bool = true, at now: Date = noon
  ) throws(StoreError) -> DirectoryDecision<Mailbox> {
    try facts.connecting(mailbox(of: "acme"), by: Authorization(mara, needsApproval: needsApproval), at: now) { [:] }
  }

  @Test(
    arguments: [
      (nil, true),
      ("office@acme.example", true),
      ("OFFICE@Acme.Example", true),  // the same in any spelling of its letters
      ("other@acme.example", false),
      ("office@acme.example.org", false),
    ] as [(String?, Bool)])
  func `an entity is connected when nothing is, or this very address`(connected: String?, isFree: Bool) throws {
    let facts = facts(connected: connected)
    if isFree {
      #expect(try connect(facts, needsApproval: false).answer.generation == 5)
    } else {
      #expect(throws: StoreError.connectedToAnother(entity: "acme", address: try #require(connected))) {
        _ = try connect(facts, needsApproval: false)
      }
    }
  }

  @Test(
    arguments: [
      ([], nil),
      ([request(.waiting)], nil),
      ([request(.approved)], 7),
      ([request(.approved, decided: noon - week)], nil),  // lapsed
      ([request(.approved, decided: noon - week + 1)], 7),
      (
        [
          request(
            .approved,
            for: ConnectionChange(
              .connect, entity: "beta", address: wanted.address, host: wanted.host, terms: wanted.terms))
        ], nil
      ),
      (
        [
          request(
            .approved,
            for: ConnectionChange(
              .connect, entity: "acme", address: "b@acme.example", host: wanted.host, terms: wanted.terms))
        ], nil
      ),
      (
        [
          request(
            .approved,
            for: ConnectionChange(
              .connect, entity: "acme", address: wanted.address, host: "thief.example", terms: wanted.terms))
        ], nil
      ),
      ([request(.approved, for: ConnectionChange(.disconnect, entity: "acme", address: wanted.address))], nil),
      (
        [
          request(
            .approved,
            for: ConnectionChange(
              .connect, entity: "acme", address: "Office@ACME.example", host: "SMTP.acme.example", terms: wanted.terms))
        ], 7
      ),
      ([request(.approved, number: 3), request(.approved, number: 7)], 3),  // the oldest
      ([request(.approved, decided: noon - week, number: 3), request(.approved, number: 7)], 7),
    ] as [([Request], Int64?)])
  func `an approval is spent by just the change it is for, while it is good`(requests: [Request], spent: Int64?) throws
  {
    guard let spent else {
      #expect(throws: StoreError.self) { _ = try connect(facts(requests)) }
      return
    }
    let change = try #require(connect(facts(requests)).change)
    #expect(change.request?.number == spent)
    #expect(change.request?.state == .used)
    #expect(
      change.audit.detail
        == "\(shownMailbox) request \(spent)")
    #expect(try connect(facts(requests), needsApproval: false).change?.request == nil, "who needs none spends none")
  }

  /// Each way in which what is connected may differ from what was approved.
  private static let others: [(part: String, change: @Sendable (inout Mailbox) -> Void)] = [
    ("address", { $0.address = Address(localPart: "other", domain: "acme.example") }),
    ("host", { $0.server.host = "thief.example" }),
    ("port", { $0.server.port = 2525 }),
    ("security", { $0.server.security = .starttls }),
    ("provider", { $0.provider = Provider(name: "other", label: "Other") }),
    ("display-name", { $0.displayName = "Another" }),
    ("ca-file", { $0.authoritiesPEM = "-----BEGIN CERTIFICATE-----" }),
    ("sign-in", { $0.signIn = .password(username: "ada", Secret("x")) }),
    ("username", { $0.changeGrant { $0.username = "other" } }),
    ("auth", { $0.changeGrant { $0.mechanism = .oauthbearer } }),
    ("token-url", { $0.changeGrant { $0.tokenURL = URL(filePath: "/other") } }),
    ("client-id", { $0.changeGrant { $0.clientID = "other" } }),
    ("client-proof", { $0.changeGrant { $0.proof = .none } }),
    ("client-assertion-file", { $0.changeGrant { $0.proof = .assertionFile("/run/token") } }),
    ("client-secret-command", { $0.changeGrant { $0.proof = .secretCommand(["/bin/vault", "get"]) } }),
    ("scope", { $0.changeGrant { $0.scope = "mail everything" } }),
    ("sign-in", { $0.changeGrant { $0.entitlement = .clientCredentials } }),
  ]

  @Test(arguments: others.indices)
  func `an approval is for all of a connection, and the refusal names what is other`(index: Int) throws {
    var approved = mailbox(of: "acme")
    approved.signIn = .oauth(
      OAuthGrant(
        username: "ada", mechanism: .xoauth2, tokenURL: URL(filePath: "/token"), clientID: "app",
        proof: .secret(Secret("hush")), scope: "mail", entitlement: .refreshToken(Secret("token"))))
    let facts = facts([request(.approved, for: ConnectionChange(connecting: approved))])
    let mara = Authorization(mara, needsApproval: true)
    #expect(try facts.connecting(approved, by: mara, at: noon) { [:] }.change?.request?.number == 7)
    var other = approved
    Self.others[index].change(&other)
    do throws(StoreError) {
      _ = try facts.connecting(other, by: mara, at: noon) { [:] }
      Issue.record("\(Self.others[index].part) was changed, and nobody asked")
    } catch {
      #expect(
        "\(error)".contains("something else: \(Self.others[index].part) is ")
          || "\(error)".contains("; \(Self.others[index].part) is "), "\(error)")
    }
  }

  @Test func `new secrets need no new approval`() {
    var renewed = mailbox(of: "acme")
    renewed.signIn = .password(username: "office@acme.example", Secret("another"))
    #expect(ConnectionChange(connecting: renewed).isSame(as: wanted))
  }

  @Test func `a value that could look like several is quoted`() {
    var mailbox = mailbox(of: "acme")
    mailbox.signIn = .password(username: "office security=none", Secret("x"))
    #expect(ConnectionChange(connecting: mailbox).sentence.contains(" username=\"office security=none\" "))
  }

  @Test func `nothing is sealed for a change that is refused`() {
    #expect(throws: StoreError.self) {
      try facts(connected: "other@acme.example").connecting(
        mailbox(of: "acme"), by: Authorization(mara), at: noon
      ) {
        Issue.record("sealed")
        return [:]
      }
    }
  }

  @Test func `a disconnect of nothing is no change and leaves no entry`() throws {
    let decision = try facts().disconnecting(by: Authorization(root), at: noon)
    #expect(!decision.answer)
    #expect(decision.change == nil)
  }

  @Test func `a disconnect is approved for the address that is connected`() throws {
    let change = ConnectionChange(.disconnect, entity: "acme", address: "one@acme.example")
    let authorization = Authorization(mara, needsApproval: true)
    let approved = [request(.approved, for: change)]
    #expect(
      try facts(connected: "one@acme.example", approved).disconnecting(by: authorization, at: noon).change?.request?
        .number == 7)
    #expect(throws: StoreError.self) {
      try facts(connected: "two@acme.example", approved).disconnecting(by: authorization, at: noon)
    }
  }

  private func file(_ facts: ConnectionFacts, _ change: ConnectionChange = wanted) throws -> DirectoryDecision<Request>
  {
    let why = try #require(PlainText("New provider"))
    return try facts.filing(change, by: mara, justification: why, at: noon)
  }

  @Test(
    arguments: [
      ([], nil),
      ([request(.waiting)], 7),
      ([request(.approved)], 7),
      ([request(.approved, decided: noon - week)], nil),
      ([request(.waiting, for: ConnectionChange(.connect, entity: "acme", address: "b@acme.example"))], nil),
    ] as [([Request], Int64?)])
  func `a request is filed unless the same one is open`(requests: [Request], same: Int64?) throws {
    let decision = try file(facts(requests))
    #expect(decision.answer.number == same ?? 9)
    #expect((decision.change == nil) == (same != nil))
  }

  @Test(arguments: [(Request.waitingLimit - 1, true), (Request.waitingLimit, false)])
  func `one requester's waiting requests are bounded`(count: Int, isTaken: Bool) throws {
    let waiting = (0..<count).map { number in
      request(.waiting, for: ConnectionChange(.connect, entity: "acme", address: "\(number)@acme.example"))
    }
    let approved = [request(.approved, for: ConnectionChange(.connect, entity: "acme", address: "a@acme.example"))]
    if isTaken {
      #expect(try file(facts(waiting + approved)).answer.state == .waiting)
    } else {
      #expect(throws: StoreError.request(.tooManyWaiting)) { try file(facts(waiting)) }
    }
  }

  @Test func `a request to disconnect names the address that is connected`() throws {
    let change = ConnectionChange(.disconnect, entity: "acme", address: "")
    #expect(try file(facts(connected: "one@acme.example"), change).answer.change.address == "one@acme.example")
    #expect(throws: StoreError.notConnected(entity: "acme")) { try file(facts(), change) }
  }

  @Test(
    arguments: [
      (.waiting, nil), (.approved, .approved), (.denied, .denied), (.used, .used),
    ] as [(Request.State, Request.State?)])
  func `only what waits is decided`(state: Request.State, refusal: Request.State?) throws {
    let reason = try #require(PlainText("Not now"))
    if let refusal {
      #expect(throws: StoreError.request(.decided(7, refusal))) {
        try request(state).deciding(by: root, denying: reason, at: noon)
      }
    } else {
      let denial = try request(state).deciding(by: root, denying: reason, at: noon)
      #expect(denial.answer.state == .denied && denial.answer.reason == "Not now")
      #expect(denial.answer.decidedBy == "root (ada)" && denial.answer.decidedAt == noon)
      #expect(denial.change?.audit.detail.hasSuffix("request 7 of mara: Not now") == true)
      #expect(try request(state).deciding(by: root, denying: nil, at: noon).answer.state == .approved)
    }
  }

  @Test func `an approval that nobody used for a week has lapsed`() {
    #expect(request(.approved).asOf(noon + week - 1).state == .approved)
    #expect(request(.approved).asOf(noon + week).state == .lapsed)
    #expect(request(.denied).asOf(noon + week).state == .denied)
    #expect(request(.used).asOf(noon + week).state == .used)
  }
}

extension Mailbox {
  fileprivate mutating func changeGrant(_ change: (inout OAuthGrant) -> Void) {
    guard case .oauth(var grant) = signIn else { return }
    change(&grant)
    signIn = .oauth(grant)
  }
}
