// Databases of earlier versions open, and what is in them reads as before.

import Foundation
import GRDB
import Mailboxes
import SMTP
import StorageConformance
import Support
import Testing

@Suite struct MigrationTests {
  private let directory: TemporaryDirectory
  private let key = (0..<32).map { UInt8($0) &* 7 }

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(key, to: "key")
  }

  /// Lays the database of an earlier version into the state directory.
  private func lay(_ version: Int, _ statements: String...) throws {
    let path = try directory.write("", to: "mailboxes.sqlite")
    try DatabaseQueue(path: path).writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL;")
      for statement in statements { try database.execute(sql: statement) }
      try database.execute(sql: "PRAGMA user_version = \(version)")
    }
  }

  private var acme: Mailbox {
    var mailbox = mailbox(of: "acme")
    mailbox.generation = 4
    return mailbox
  }

  private var beta: Mailbox {
    var mailbox = oauthMailbox(of: "beta")
    mailbox.generation = 7
    mailbox.signIn = .oauth(
      OAuthGrant(
        username: "office@acme.example", mechanism: .xoauth2, tokenURL: URL(string: "https://acme.example/token")!,
        clientID: "letterhead", clientSecret: Secret("client secret"), scope: "mail",
        refreshToken: Secret("refresh-1")))
    return mailbox
  }

  @Test func `mailboxes and conditions of the first version read as they were saved`() async throws {
    try lay(1, EarlierSchemas.first, EarlierSchemas.mailboxes)
    let found = try await store(in: directory).load()
    #expect(found.mailboxes == ["acme": acme, "beta": beta])
    #expect(found.conditions == ["acme": .paused(until: noon + 60, fault), "beta": .broken(fault, probe: false)])
  }

  @Test func `mailboxes of the second version read as they were saved, with their last use`() async throws {
    try lay(2, EarlierSchemas.first, EarlierSchemas.mailboxes, EarlierSchemas.second, EarlierSchemas.requests)
    let store = try store(in: directory)
    let found = try await store.load()
    #expect(found.mailboxes == ["acme": acme, "beta": beta])
    #expect(try await store.lastUse(of: "beta", generation: 7) == noon + 3600)
    #expect(try await store.toldFlags() == ["acme": fault])
    #expect(try await store.sendingRecord(of: "office@acme.example", as: [Int].self) == [1, 2, 3])
  }

  @Test func `requests and the audit list of the second version read as they were filed and noted`() async throws {
    try lay(2, EarlierSchemas.first, EarlierSchemas.mailboxes, EarlierSchemas.second, EarlierSchemas.requests)
    let store = try store(in: directory)
    let requests = try await store.requests(at: noon)
    let mara = Requester(key: "uid:1001", name: "mara")
    #expect(requests.map(\.requester) == [mara, mara, Requester(uid: 1002, name: "ivo")])
    #expect(requests.map(\.number) == [1, 2, 5])
    #expect(requests.map(\.state) == [.used, .approved, .denied])
    let approved = requests[1].change
    #expect(approved.address == "office@acme.example" && approved.host == "smtp.acme.example" && approved.terms.isEmpty)
    #expect(requests[2].decidedBy == "root (ada)" && requests[2].reason == "Not now")
    #expect(requests.map(\.filedAt) == [noon - 7200, noon - 3600, noon - 60])
    let entries = try await store.audit()
    #expect(entries.map(\.number) == [9, 2, 1])
    #expect(entries.map(\.requester.key) == ["uid:0", "uid:0", "uid:1001"])
    #expect(entries.map(\.requester.name) == ["root (ada)", "root (ada)", "mara"])
    #expect(entries.map(\.verb) == [.disconnect, .approve, .request])
    #expect(entries[0].detail == "old@acme.example" && entries[0].at == noon - 30)
  }

  /// It was for an address and a host; whatever else the connection was, nobody had seen.
  @Test func `what the second version approved has to be asked anew, and numbers go on`() async throws {
    try lay(2, EarlierSchemas.first, EarlierSchemas.mailboxes, EarlierSchemas.second, EarlierSchemas.requests)
    let store = try store(in: directory)
    let mara = Authorization(Requester(uid: 1001, name: "mara"), needsApproval: true)
    await #expect(throws: StoreError.self) { _ = try await store.connect(mailbox(of: "acme"), by: mara, at: noon) }
    let why = try #require(PlainText("Again"))
    let next = ConnectionChange(connecting: mailbox(of: "acme"))
    #expect(try await store.file(next, by: mara.requester, justification: why, at: noon).number == 6)
    _ = try await store.approve(6, by: Requester(uid: 0, name: "root"), at: noon)
    #expect(try await store.connect(mailbox(of: "acme"), by: mara, at: noon).generation == 8)
  }

  @Test func `a mailbox of before anybody looked who files copies has no finding, and its next connection keeps one`()
    async throws
  {
    try lay(1, EarlierSchemas.first, EarlierSchemas.mailboxes)
    let first = try store(in: directory)
    #expect(try await first.load().mailboxes["acme"]?.sentCopies == nil)
    var found = mailbox(of: "acme")
    found.sentCopies = .append
    #expect(try await first.connect(found, by: .ofThisProcess, at: noon).sentCopies == .append)
    let second = try store(in: directory)
    #expect(try await second.load().mailboxes["acme"]?.sentCopies == .append)
  }

  @Test func `a database that knows no apps yet has room for them, beside what is in it`() async throws {
    try lay(1, EarlierSchemas.first, EarlierSchemas.mailboxes)
    let store = try store(in: directory)
    #expect(try await store.load().mailboxes.count == 2)
    #expect(store.apps == AppRegistry())
    let order = PasswordOrder(app: "erp", keepsEquivalent: true)
    let password = try await store.makePassword(order, by: .ofThisProcess, at: noon)
    #expect(store.apps.credentials["erp"]?.equivalents(at: noon) == [password.octets])
  }

  @Test(arguments: ["DELETE FROM audit", "UPDATE audit SET name = 'nobody'"])
  func `an audit list of the second version still only grows`(sql: String) async throws {
    try lay(2, EarlierSchemas.first, EarlierSchemas.second, EarlierSchemas.requests)
    let store = try store(in: directory)
    let other = try DatabaseQueue(path: directory.path("mailboxes.sqlite"))
    await #expect(throws: DatabaseError.self) { try await other.write { try $0.execute(sql: sql) } }
    #expect(try await store.audit().count == 3)
  }
}
