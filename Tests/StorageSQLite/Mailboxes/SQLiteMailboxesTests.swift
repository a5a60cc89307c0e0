// What is saved stays saved, is sealed, and is seen by everybody.

import Foundation
import GRDB
import Mailboxes
import SMTP
import StorageConformance
import StorageSQLite
import Support
import Platform
import Testing

@Suite struct SQLiteMailboxesTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test(arguments: [
    mailbox(of: "acme"), oauthMailbox(of: "acme"),
    Mailbox(
      entity: "acme", address: address("a@b"), provider: .sandbox,
      server: Server(host: "127.0.0.1", port: 2526, security: .none), signIn: .none, authoritiesPEM: "-----BEGIN",
      connectedAt: noon),
  ])
  func `a connected mailbox comes back whole after a restart`(mailbox: Mailbox) async throws {
    let saved = try await store(in: directory).connect(mailbox)
    var expected = mailbox
    expected.generation = saved.generation
    let found = try await store(in: directory).load()
    #expect(saved.generation > 0)
    #expect(found.mailboxes == ["acme": expected])
    #expect(found.entities.map(\.key) == ["acme", "beta"])
  }

  @Test func `database, log and key are their owner's alone`() async throws {
    let store = try store(in: directory)
    _ = try await store.connect(mailbox(of: "acme"))
    for name in ["mailboxes.sqlite", "mailboxes.sqlite-wal", "mailboxes.sqlite-shm", "key"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: directory.path(name))
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
    }
  }

  @Test func `no file holds a secret in clear`() async throws {
    let store = try store(in: directory)
    _ = try await store.connect(mailbox(of: "acme", password: "swordfish-in-clear"))
    _ = try await store.connect(oauthMailbox(of: "beta"))
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      let octets = try Data(contentsOf: URL(filePath: directory.path(name)))
      for secret in ["swordfish-in-clear", "refresh-1", "client secret"] {
        #expect(octets.range(of: Data(secret.utf8)) == nil, "\(name)")
      }
    }
  }

  @Test func `another address is refused until the first is disconnected`() async throws {
    let store = try store(in: directory)
    _ = try await store.connect(mailbox(of: "acme", at: "one@acme.example"))
    await #expect(throws: StoreError.connectedToAnother(entity: "acme", address: "one@acme.example")) {
      _ = try await store.connect(mailbox(of: "acme", at: "two@acme.example"))
    }
    await #expect(throws: StoreError.connectedToAnother(entity: "acme", address: "one@acme.example")) {
      try await store.checkMayConnect(address("two@acme.example"), to: "acme")
    }
    #expect(try await store.disconnect("acme"))
    try await store.checkMayConnect(address("two@acme.example"), to: "acme")
    _ = try await store.connect(mailbox(of: "acme", at: "two@acme.example"))
    #expect(try await store.load().mailbox(of: "acme")?.address.text == "two@acme.example")
  }

  @Test func `connecting the same address again replaces the sign-in and lowers the flag`() async throws {
    let store = try store(in: directory)
    let first = try await store.connect(mailbox(of: "acme", password: "old"))
    try await store.setCondition(.broken(fault, probe: false), of: "acme", generation: first.generation)
    let second = try await store.connect(mailbox(of: "acme", at: "Office@ACME.example", password: "new"))
    let found = try await store.load()
    #expect(second.generation > first.generation)
    #expect(found.state(of: "acme", at: noon) == .connected)
    #expect(found.mailbox(of: "acme")?.signIn == .password(username: "Office@ACME.example", Secret("new")))
  }

  @Test func `a generation is never used again, even after a disconnect`() async throws {
    let store = try store(in: directory)
    let first = try await store.connect(mailbox(of: "acme"))
    _ = try await store.disconnect("acme")
    #expect(try await store.connect(mailbox(of: "acme")).generation > first.generation)
  }

  @Test(
    arguments: [
      .working, .paused(until: noon + 0.25, fault), .broken(fault, probe: true), .broken(fault, probe: false),
    ] as [Condition])
  func `a condition survives a restart`(condition: Condition) async throws {
    let first = try store(in: directory)
    let generation = try await first.connect(mailbox(of: "acme")).generation
    #expect(try await first.setCondition(condition, of: "acme", generation: generation))
    #expect(try await store(in: directory).load().condition(of: "acme") == condition)
  }

  @Test func `what an old connection met says nothing about the new one`() async throws {
    let store = try store(in: directory)
    let old = try await store.connect(mailbox(of: "acme")).generation
    _ = try await store.connect(mailbox(of: "acme"))
    #expect(try await !store.setCondition(.broken(fault, probe: true), of: "acme", generation: old))
    #expect(try await store.load().state(of: "acme", at: noon) == .connected)
    await #expect(throws: StoreError.notConnected(entity: "acme")) {
      try await store.record(SignInUse(at: Date(), refreshToken: Secret("late")), of: "acme", generation: old)
    }
  }

  @Test func `disconnecting forgets sign-in and condition, and only of that entity`() async throws {
    let store = try store(in: directory)
    let acme = try await store.connect(mailbox(of: "acme"))
    _ = try await store.connect(mailbox(of: "beta"))
    try await store.setCondition(.broken(fault, probe: true), of: "acme", generation: acme.generation)
    #expect(try await store.disconnect("acme"))
    #expect(try await !store.disconnect("acme"))
    let found = try await store.load()
    #expect(found.mailboxes.keys.sorted() == ["beta"])
    #expect(found.conditions.isEmpty)
  }

  @Test func `a token of a sign-in that was never saved goes with the next connect or disconnect`() async throws {
    let store = try store(in: directory)
    let left = store.unsavedToken(of: "acme")
    for forget in [{ _ = try await store.connect(mailbox(of: "acme")) }, { _ = try await store.disconnect("acme") }] {
      try Data("refresh-1".utf8).write(to: URL(filePath: left))
      try await forget()
      #expect(!FileManager.default.fileExists(atPath: left))
    }
  }

  @Test func `a rotated refresh token replaces the old one on disk`() async throws {
    let first = try store(in: directory)
    let generation = try await first.connect(oauthMailbox(of: "acme")).generation
    #expect(try await first.refreshToken(of: "acme", generation: generation) == Secret("refresh-1"))
    try await first.record(SignInUse(at: Date(), refreshToken: Secret("refresh-2")), of: "acme", generation: generation)
    let second = try store(in: directory)
    #expect(try await second.refreshToken(of: "acme", generation: generation) == Secret("refresh-2"))
    #expect(try await second.load().mailbox(of: "acme")?.signIn == .oauth(grant(refreshToken: "refresh-2")))
  }

  @Test func `a mailbox of an entity the configuration does not name stays saved and unseen`() async throws {
    let store = try store(in: directory)
    _ = try await store.connect(mailbox(of: "gone"))
    #expect(try await store.load().mailboxes.isEmpty)
    #expect(try await store.reconfigure([entity("gone")]).mailboxes.keys.sorted() == ["gone"])
    #expect(try await store.load().mailboxes.keys.sorted() == ["gone"])
  }

  @Test func `a change of one's own is heard at once`() async throws {
    let store = try store(in: directory)
    var changes = await store.changes().makeAsyncIterator()
    _ = await changes.next()
    let generation = try await store.connect(mailbox(of: "acme")).generation
    #expect(await changes.next()?.state(of: "acme", at: noon) == .connected)
    try await store.setCondition(.broken(fault, probe: true), of: "acme", generation: generation)
    #expect(await changes.next()?.state(of: "acme", at: noon) == .error)
  }

  @Test func `who follows late starts from the present, also after changes nobody followed`() async throws {
    let store = try store(in: directory)
    _ = try await store.load()
    _ = try await store.connect(mailbox(of: "acme"))
    var changes = await store.changes().makeAsyncIterator()
    #expect(await changes.next()?.mailbox(of: "acme") != nil)
  }

  @Test(arguments: [0o644, 0o660])
  func `a database others may read is refused`(mode: Int) async throws {
    _ = try store(in: directory)
    let path = directory.path("mailboxes.sqlite")
    chmod(path, mode_t(mode))
    #expect(throws: StoreError.directory(.wrongMode(path: path, found: UInt32(mode), expected: 0o600))) {
      _ = try store(in: directory)
    }
  }

  @Test(arguments: [0o755, 0o770, 0o701])
  func `a state directory others may enter is refused`(mode: Int) throws {
    chmod(directory.path, mode_t(mode))
    let refusal = StoreError.directory(.wrongMode(path: directory.path, found: UInt32(mode), expected: 0o700))
    #expect(throws: refusal) { _ = try store(in: directory) }
  }

  @Test func `a state directory is made where it is missing`() throws {
    let path = directory.path("var/lib/letterhead")
    _ = try SQLiteStorage.openMailboxes(in: path, entities: [], credentials: nil)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
  }

  @Test func `a file that is no database is told apart`() throws {
    try directory.write(
      "not a database at all, but long enough to be one" + String(repeating: "x", count: 4096),
      to: "mailboxes.sqlite")
    #expect(
      throws: StoreError.unusable(path: directory.path("mailboxes.sqlite"), reason: "file is not a database")
    ) { _ = try store(in: directory) }
  }

  @Test func `only the newest state waits for a slow follower, and every follower gets it`() async throws {
    let store = try store(in: directory)
    _ = try await store.load()
    let streams = [await store.changes(), await store.changes()]
    for number in 1...3 { _ = try await store.connect(mailbox(of: "acme", password: "\(number)")) }
    for stream in streams {
      for await found in stream {
        #expect(found.mailbox(of: "acme")?.generation == 3)
        break
      }
    }
  }

  @Test func `many processes opening a new directory at once share one database and one key`() async throws {
    let path = directory.path("fresh")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          let store = try SQLiteStorage.openMailboxes(in: path, entities: [entity("e\(number)")], credentials: nil)
          _ = try await store.connect(mailbox(of: "e\(number)"))
        }
      }
      try await group.waitForAll()
    }
    let all = try SQLiteStorage.openMailboxes(in: path, entities: (0..<8).map { entity("e\($0)") }, credentials: nil)
    #expect(try await all.load().mailboxes.count == 8)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix("key") } == ["key"])
  }

  @Test func `one refresh at a time for a connection, and another's at the same time`() async throws {
    let (one, other) = (try store(in: directory), try store(in: directory))
    let now = ContinuousClock.now
    try await one.refreshingAlone(generation: 1, until: now) {
      await #expect(throws: StoreError.self) {
        try await other.refreshingAlone(generation: 1, until: now) { Issue.record("two at once") }
      }
      let isFree = try await other.refreshingAlone(generation: 2, until: now) { true }
      #expect(isFree)
    }
    let isFreeAgain = try await other.refreshingAlone(generation: 1, until: .now + .seconds(60)) { true }
    #expect(isFreeAgain)
  }

  @Test func `a database of a newer Letterhead is left alone`() throws {
    _ = try store(in: directory)
    try DatabaseQueue(path: directory.path("mailboxes.sqlite")).writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA user_version = 9")
    }
    #expect(throws: StoreError.newerSchema(path: directory.path("mailboxes.sqlite"), version: 9)) {
      _ = try store(in: directory)
    }
  }
}
