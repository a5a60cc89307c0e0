import Access
import Logging
import Mailboxes
import Platform
import Sockets
import Spool
import StorageSQLite
import Submission
import Support
import Testing

@testable import Letterhead

@Suite(.timeLimit(.minutes(1))) struct ListenerSetTests {
  private let directory: TemporaryDirectory
  private let loop = EventLoop(name: "listeners")
  private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  init() throws {
    directory = try TemporaryDirectory()
    loop.start()
  }

  private func configuration(_ hostname: String, on addresses: [String]) throws -> Configuration {
    let listeners = addresses.map { "[[listener]]\naddress = \"\($0)\"\n" }.joined()
    return try Configuration.parse(
      "hostname = \"\(hostname)\"\nstate_dir = \"\(directory.path)/state\"\n\(listeners)[entity.acme]\ndefault = true",
      file: "\(directory.path)/letterhead.toml")
  }

  /// Addresses nobody listens on, told apart from each other.
  private func freeAddresses(_ count: Int) throws -> [String] {
    let listeners = try (0..<count).map { _ in try Listener(address: "127.0.0.1:0") }
    listeners.forEach { $0.close() }
    return listeners.map { "\($0.endpoint)" }
  }

  private func withListeners(_ first: Configuration, _ body: (ListenerSet) async throws -> Void) async throws {
    let spool = try SQLiteStorage.openSpool(directory: first.stateDirectory, minimumFree: 0, log: log)
    let people = Directory(entities: first.entities)
    let rules: @Sendable () -> SendingRules = { SendingRules(first.access, over: people) }
    let access = ListenerAccess(
      lookup: ClientLookup(time: SystemTime()), signIns: AppSignIns(registry: { AppRegistry() }, apps: { [] }),
      rules: rules)
    let listeners = ListenerSet(
      loop: loop, intake: SpoolIntake(spool: spool, hostname: first.hostname, rules: rules), access: access,
      inheriting: InheritedSockets(),
      configuration: first, log: log)
    #expect(await listeners.follow(first).isEmpty)
    try await body(listeners)
    await listeners.closeAll()
    await spool.close()
    loop.stop()
  }

  private func greeting(_ expected: String, at address: String) async throws {
    let parts = address.split(separator: ":")
    let endpoint = Endpoint(host: String(parts[0]), port: UInt16(parts[1]) ?? 0)
    try await ScriptedClient.play("S: 220 \(expected) *\nC: QUIT\nS: 221 *\n(closes)", to: endpoint)
  }

  @Test func `after a reload the same address answers with the new name`() async throws {
    let addresses = try freeAddresses(1)
    try await withListeners(try configuration("first.example", on: addresses)) { listeners in
      try await greeting("first.example", at: addresses[0])
      #expect(await listeners.follow(try configuration("second.example", on: addresses)).isEmpty)
      try await greeting("second.example", at: addresses[0])
    }
  }

  @Test func `a reload that changes a limit or the name leaves open sessions to their own end`() async throws {
    let addresses = try freeAddresses(1)
    try await withListeners(try configuration("first.example", on: addresses)) { listeners in
      try await ScriptedClient.holding(
        ["S: 220 first.example *\nC: NOOP\nS: 250 *"], at: try endpoint(addresses[0]),
        afterwards: "C: HELO x\nS: 250 first.example\nC: QUIT\nS: 221 *\n(closes)"
      ) {
        let failures = await listeners.follow(try configuration("second.example", on: addresses))
        #expect(failures.isEmpty)
        try await greeting("second.example", at: addresses[0])
      }
    }
  }

  @Test func `a session of a listener that is gone is told so, and not that Letterhead stops`() async throws {
    let addresses = try freeAddresses(2)
    try await withListeners(try configuration("relay.example", on: addresses)) { listeners in
      try await ScriptedClient.holding(
        ["S: 220 *\nC: NOOP\nS: 250 *"], at: try endpoint(addresses[0]),
        afterwards: "S: 421 4.3.2 The configuration of this listener has changed; connect again\n(closes)"
      ) {
        let failures = await listeners.follow(try configuration("relay.example", on: [addresses[1]]))
        #expect(failures.isEmpty)
      }
    }
  }

  private func endpoint(_ address: String) throws -> Endpoint { try #require(Endpoint(parsing: address)) }

  @Test func `after a reload listeners come and go, and the one that stays is not disturbed`() async throws {
    let addresses = try freeAddresses(3)
    try await withListeners(try configuration("relay.example", on: [addresses[0], addresses[1]])) { listeners in
      #expect(await listeners.follow(try configuration("relay.example", on: [addresses[1], addresses[2]])).isEmpty)
      try await greeting("relay.example", at: addresses[1])
      try await greeting("relay.example", at: addresses[2])
      await #expect(throws: (any Error).self) { try await greeting("relay.example", at: addresses[0]) }
    }
  }

  @Test func `an address that is taken is named, with what to do, and the others are open`() async throws {
    let addresses = try freeAddresses(2)
    try await withListeners(try configuration("relay.example", on: [addresses[0]])) { listeners in
      let taken = try Listener(address: addresses[1])
      let failures = await listeners.follow(try configuration("relay.example", on: addresses))
      #expect(failures.map(\.address) == [addresses[1]])
      #expect(failures.first?.description.contains("another program") == true)
      try await greeting("relay.example", at: addresses[0])
      taken.close()
    }
  }
}
