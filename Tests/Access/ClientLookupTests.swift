// From numbers to names: users, control groups, and what becomes of those that cannot be told.

import Foundation
import Platform
import Support
import Synchronization
import Testing

@testable import Access

/// Users of a host that there is not, and how often somebody has asked for one.
private final class CountedAccounts: Accounts {
  let questions = Atomic<Int>(0)

  func name(of uid: UInt32) -> String? {
    questions.add(1, ordering: .relaxed)
    return uid == 1004 ? "erp" : nil
  }
  func isMember(_ uid: UInt32, ofAny groups: [String]) -> Bool { false }
  func groups(of uid: UInt32) -> [String] { uid == 1004 ? ["erp", "staff"] : [] }
}

@Suite(.timeLimit(.minutes(1))) struct `The users of this host` {
  private let time = ManualTime()
  private let accounts = CountedAccounts()
  private let erp = LocalUser(uid: 1004, name: "erp", groups: ["erp", "staff"])

  private var asked: Int { accounts.questions.load(ordering: .relaxed) }

  @Test func `are looked up once a minute`() async {
    let users = LocalUsers(time: time, accounts: accounts)
    #expect(users.cached(1004) == nil)
    #expect(await users.user(1004) == erp)
    time.advance(by: .seconds(59))
    #expect(users.cached(1004) == erp)
    #expect(await users.user(1004) == erp)
    #expect(asked == 1)
    time.advance(by: .seconds(1))
    #expect(users.cached(1004) == nil)
    #expect(await users.user(1004) == erp)
    #expect(asked == 2)
  }

  @Test func `are looked up again when the clock was set back`() async {
    let users = LocalUsers(time: time, accounts: accounts)
    _ = await users.user(1004)
    time.set(time.now - 3600)
    #expect(users.cached(1004) == nil)
  }

  @Test func `without a name are remembered too`() async {
    let users = LocalUsers(time: time, accounts: accounts)
    for _ in 0..<3 { #expect(await users.user(4242) == LocalUser(uid: 4242)) }
    #expect(asked == 1)
  }

  @Test func `are not all remembered where there is no end of them`() async {
    let users = LocalUsers(time: time, accounts: accounts)
    for uid in 0..<UInt32(LocalUsers.mostKept) { _ = await users.user(uid) }
    #expect(users.cached(0) != nil)
    _ = await users.user(1_000_000)
    #expect(users.cached(0) == nil && users.cached(1_000_000) != nil)
  }

  @Test func `as the system knows them`() async {
    let users = LocalUsers(time: time)
    #expect(await users.user(0).name == "root")
    #expect(await users.user(0).groups.contains("root"))
    #expect(await users.user(4_000_000) == LocalUser(uid: 4_000_000))
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Who a client is` {
  private let directory: TemporaryDirectory
  private let erp: UInt64
  private let lookup: ClientLookup

  init() throws {
    directory = try TemporaryDirectory()
    let path = directory.path("erp.service")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var found = stat()
    try #require(stat(path, &found) == 0)
    erp = UInt64(found.st_ino)
    let time = ManualTime()
    lookup = ClientLookup(
      users: LocalUsers(time: time, accounts: CountedAccounts()),
      groups: ControlGroups(time: time, root: directory.path))
  }

  private func identity(_ uid: UInt32?, _ cgroup: UInt64?) async -> ClientIdentity {
    await lookup.identity(address: "127.0.0.1", listener: "127.0.0.1:25", uid: uid, cgroup: cgroup)
  }

  @Test func `by user and control group`() async {
    let client = await identity(1004, erp)
    #expect(client.user == LocalUser(uid: 1004, name: "erp", groups: ["erp", "staff"]))
    #expect(client.service == .unit("erp.service"))
    #expect((client.address, client.listener) == ("127.0.0.1", "127.0.0.1:25"))
    #expect(client.words == "uid 1004, erp.service")
  }

  @Test func `by the one of them that is known`() async {
    #expect(await identity(nil, erp).words == "erp.service")
    #expect(await identity(1004, nil).words == "uid 1004")
    #expect(await identity(1004, 1).words == "uid 1004")
    #expect(await identity(nil, nil).words == "127.0.0.1")
  }

  @Test func `is not told by the user of a control group that is gone, which may have been a container's`() async {
    #expect(await identity(0, .max) == ClientIdentity(address: "127.0.0.1", listener: "127.0.0.1:25"))
  }
}
