// Who may change what is decided once, used once, and written down for ever.

import Foundation
import GRDB
import Mailboxes
import StorageConformance
import Support
import Testing

@Suite struct RequestTests {
  private let directory: TemporaryDirectory
  private let store: MailboxStore
  private let mara = Requester(uid: 1001, name: "mara")
  private let ivo = Requester(uid: 1002, name: "ivo")
  private let root = Requester(uid: 0, name: "root (ada)")
  private let wanted = ConnectionChange(connecting: mailbox(of: "acme"))

  init() throws {
    directory = try TemporaryDirectory()
    store = try openStore(directory)
  }

  private func file(_ change: ConnectionChange? = nil, by person: Requester? = nil) async throws -> Request {
    let why = try #require(PlainText("New provider"))
    return try await store.file(change ?? wanted, by: person ?? mara, justification: why, at: noon)
  }

  private func connect(by person: Requester, _ text: String = "office@acme.example", at time: Date = noon) async throws
  {
    _ = try await store.connect(
      mailbox(of: "acme", at: text), by: Authorization(person, needsApproval: true), at: time)
  }

  @Test func `an approved request lets its person connect once`() async throws {
    let request = try await file()
    #expect(request.state == .waiting)
    await #expect(throws: StoreError.request(.notApproved(wanted))) { try await connect(by: mara) }
    let approved = try await store.approve(request.number, by: root, at: noon)
    #expect(approved.state == .approved)
    #expect(approved.decidedBy == "root (ada)")
    #expect(try await store.isApproved(wanted, for: "uid:1001", at: noon))
    try await connect(by: mara)
    #expect(try await store.requests(at: noon).map(\.state) == [.used])
    await #expect(throws: StoreError.request(.notApproved(wanted))) { try await connect(by: mara) }
  }

  @Test func `an approval is for its person, entity, address, server and verb alone`() async throws {
    let request = try await file()
    _ = try await store.approve(request.number, by: root, at: noon)
    #expect(try await !store.isApproved(wanted, for: ivo.key, at: noon))
    let others = [
      ConnectionChange(.connect, entity: "beta", address: wanted.address, host: wanted.host, terms: wanted.terms),
      ConnectionChange(
        .connect, entity: "acme", address: "other@acme.example", host: wanted.host, terms: wanted.terms),
      ConnectionChange(
        .connect, entity: "acme", address: wanted.address, host: "smtp.thief.example", terms: wanted.terms),
      ConnectionChange(.connect, entity: "acme", address: wanted.address, host: wanted.host),
    ]
    for other in others { #expect(try await !store.isApproved(other, for: mara.key, at: noon), "\(other)") }
    await #expect(throws: StoreError.self) { try await connect(by: ivo) }
    await #expect(throws: StoreError.self) { try await connect(by: mara, "other@acme.example") }
    let elsewhere = moved(mailbox(of: "acme"), to: "smtp.thief.example")
    let host = ConnectionDifference(part: "host", approved: "smtp.acme.example", wanted: "smtp.thief.example")
    await #expect(throws: StoreError.request(.otherApproved(request.number, [host]))) {
      _ = try await store.connect(elsewhere, by: Authorization(mara, needsApproval: true), at: noon)
    }
    var spelt = mailbox(of: "acme")
    spelt.address = address("Office@ACME.example")
    _ = try await store.connect(spelt, by: Authorization(mara, needsApproval: true), at: noon)
    await #expect(throws: StoreError.self) {
      _ = try await store.disconnect("acme", by: Authorization(mara, needsApproval: true), at: noon)
    }
  }

  @Test func `an approval lapses after seven days`() async throws {
    let request = try await file()
    _ = try await store.approve(request.number, by: root, at: noon)
    let week = Request.approvalLifetime / .seconds(1)
    #expect(try await store.isApproved(wanted, for: mara.key, at: noon + week - 1))
    #expect(try await !store.isApproved(wanted, for: mara.key, at: noon + week))
    #expect(try await store.requests(at: noon + week).map(\.state) == [.lapsed])
    await #expect(throws: StoreError.self) { try await connect(by: mara, at: noon + week) }
  }

  @Test func `a connect that is refused leaves its approval`() async throws {
    _ = try await store.connect(mailbox(of: "acme", at: "first@acme.example"), by: Authorization(root), at: noon)
    let request = try await file()
    _ = try await store.approve(request.number, by: root, at: noon)
    await #expect(throws: StoreError.connectedToAnother(entity: "acme", address: "first@acme.example")) {
      try await connect(by: mara)
    }
    #expect(try await store.isApproved(wanted, for: mara.key, at: noon))
  }

  @Test func `a disconnect is approved for the address that is connected`() async throws {
    await #expect(throws: StoreError.notConnected(entity: "acme")) {
      try await file(ConnectionChange(.disconnect, entity: "acme", address: ""))
    }
    _ = try await store.connect(mailbox(of: "acme", at: "one@acme.example"), by: Authorization(root), at: noon)
    let request = try await file(ConnectionChange(.disconnect, entity: "acme", address: ""))
    #expect(request.change.address == "one@acme.example")
    _ = try await store.approve(request.number, by: root, at: noon)
    _ = try await store.disconnect("acme", by: Authorization(root), at: noon)
    _ = try await store.connect(mailbox(of: "acme", at: "two@acme.example"), by: Authorization(root), at: noon)
    await #expect(throws: StoreError.self) {
      _ = try await store.disconnect("acme", by: Authorization(mara, needsApproval: true), at: noon)
    }
    #expect(try await store.load().mailbox(of: "acme") != nil)
  }

  @Test func `the same request filed twice is one`() async throws {
    let first = try await file()
    #expect(try await file().number == first.number)
    #expect(try await file(by: ivo).number != first.number)
    _ = try await store.approve(first.number, by: root, at: noon)
    #expect(try await file().number == first.number)
  }

  @Test func `one user's waiting requests are bounded`() async throws {
    for number in 0..<Request.waitingLimit {
      _ = try await file(ConnectionChange(.connect, entity: "acme", address: "\(number)@acme.example"))
    }
    await #expect(throws: StoreError.request(.tooManyWaiting)) { try await file() }
    _ = try await file(by: ivo)
    #expect(try await store.requests(of: mara.key).count == Request.waitingLimit)
    #expect(try await store.requests(of: ivo.key).map(\.requester) == [ivo])
  }

  @Test func `a request is decided once`() async throws {
    let request = try await file()
    let denied = try await store.deny(request.number, by: root, reason: #require(PlainText("Not now")), at: noon)
    #expect(denied.state == .denied)
    #expect(denied.reason == "Not now")
    await #expect(throws: StoreError.request(.decided(request.number, .denied))) {
      _ = try await store.approve(request.number, by: root)
    }
    await #expect(throws: StoreError.request(.noSuch(99))) { _ = try await store.approve(99, by: root) }
    #expect(try await file().number != request.number)
  }

  @Test func `the audit list holds every step, and by whom`() async throws {
    let request = try await file()
    _ = try await store.approve(request.number, by: root, at: noon)
    try await connect(by: mara)
    _ = try await store.disconnect("acme", by: Authorization(root), at: noon)
    let entries = try await store.audit()
    #expect(
      entries.reversed().map { "\($0.requester.name) \($0.verb) \($0.entity) \($0.detail)" } == [
        "mara request acme connect \(shownMailbox) request 1: New provider",
        "root (ada) approve acme connect \(shownMailbox) request 1 of mara",
        "mara connect acme \(shownMailbox) request 1",
        "root (ada) disconnect acme office@acme.example",
      ])
    #expect(try await store.audit(of: "beta").isEmpty)
  }

  @Test(arguments: ["DELETE FROM audit", "UPDATE audit SET name = 'nobody'"])
  func `the audit list only grows`(sql: String) async throws {
    _ = try await file()
    let other = try DatabaseQueue(path: directory.path("mailboxes.sqlite"))
    await #expect(throws: DatabaseError.self) { try await other.write { try $0.execute(sql: sql) } }
    #expect(try await store.audit().map(\.requester) == [mara])
  }

  @Test func `what was told of a flag outlives the process`() async throws {
    try await store.setTold(fault, of: "acme")
    #expect(try await openStore(directory).toldFlags() == ["acme": fault])
    try await store.setTold(nil, of: "acme")
    #expect(try await store.toldFlags().isEmpty)
  }

  @Test func `a request is told of once`() async throws {
    let request = try await file()
    #expect(try await store.untoldRequests(at: noon).map(\.number) == [request.number])
    try await store.setTold(request: request.number)
    #expect(try await store.untoldRequests(at: noon).isEmpty)
  }
}

private func moved(_ mailbox: Mailbox, to host: String) -> Mailbox {
  var moved = mailbox
  moved.server.host = host
  return moved
}

/// The module's helper; inside a suite with a `store` of its own the name would be that.
private func openStore(_ directory: TemporaryDirectory) throws -> MailboxStore { try store(in: directory) }
