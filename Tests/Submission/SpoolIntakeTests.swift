// Listeners with a real spool behind them: what is answered with 250 is on disk.

import Access
import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Spool
import StorageSQLite
import Support
import Testing

@testable import Submission

@Suite struct `A listener with the spool behind it` {
  private let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  /// Two entities, neither connected: their mail is accepted and held.
  fileprivate static let entities = Directory(entities: [
    Entity(key: "acme", name: "Acme", senders: ["*@acme.example"].compactMap(SenderPattern.init)),
    Entity(key: "blue", name: "Blue", senders: ["*@blue.example", "root"].compactMap(SenderPattern.init)),
  ])

  private func withSpool(
    minimumFree: Int64 = 0, _ script: String, settings: ListenerSettings = ListenerSettings(address: "127.0.0.1:0"),
    maximumOctets: Int? = nil, body: String = "Subject: x\r\n\r\nhello\r\n", _ check: (Spool) async throws -> Void
  ) async throws {
    let spool = try SQLiteStorage.openSpool(
      directory: directory.path, minimumFree: minimumFree, log: Logger(label: "test"))
    let intake = SpoolIntake(
      spool: spool, hostname: "relay.example", maximumOctets: { $0 == "acme" ? maximumOctets : nil }
    ) {
      SendingRules(AccessRules(), over: Self.entities)
    }
    try await withServer(intake, settings: settings) { server, _ in
      try await ScriptedClient.play(script, to: server.endpoint, body: Array(body.utf8))
    }
    try await check(spool)
    await spool.close()
  }

  private func send(from sender: String, answer: String = "250 2.0.0 Queued as *") -> String {
    greeted + """
      C: MAIL FROM:<\(sender)>
      S: 250 *
      C: RCPT TO:<ada@example.org>
      S: 250 *
      C: DATA
      S: 354 *
      C: (body)
      S: \(answer)
      """ + quit
  }

  @Test(
    arguments: [
      (nil, 10_000, nil, 0, nil),  // a mailbox of which nothing is known may take anything
      (nil, 10_000, 20_000, 0, 20_000), ("acme", 10_000, 20_000, 0, 10_000), ("blue", 10_000, nil, 0, nil),
      ("acme", 10_000, nil, 5_000, 5_000), ("acme", 10_000, nil, 50_000, 10_000), ("blue", nil, nil, 5_000, 5_000),
    ] as [(String?, Int?, Int?, Int, Int?)])
  func `the largest message is that of the mailboxes by which it may leave, and the app's own limit`(
    _ listener: String?, _ acme: Int?, _ blue: Int?, _ app: Int, _ largest: Int?
  ) async throws {
    let spool = try SQLiteStorage.openSpool(directory: directory.path, log: Logger(label: "test"))
    let intake = SpoolIntake(
      spool: spool, hostname: "relay.example", maximumOctets: { $0 == "acme" ? acme : blue }
    ) {
      var rules = AccessRules()
      if app > 0 {
        var erp = App(name: "erp")
        erp.match = [.user("1000")]
        erp.limits.maxMessageOctets = app
        rules.apps = [erp]
      }
      return SendingRules(rules, over: Self.entities)
    }
    let client = ClientIdentity(address: "127.0.0.1", listener: "127.0.0.1:2525", user: LocalUser(uid: 1000))
    let request = RouteRequest(client: client, listenerEntity: listener, sender: nil)
    #expect(intake.largestMessage(among: request) == largest)
    await spool.close()
  }

  @Test func `EHLO says what the mailbox of the listener's entity takes, within its own limit`() async throws {
    let greeting = { (size: Int) in
      """
      S: 220 *
      C: EHLO erp
      S: 250-*
      S: 250-PIPELINING
      S: 250-SIZE \(size)
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250 CHUNKING
      """
    }
    let refused = "\nC: MAIL FROM:<erp@acme.example> SIZE=10001\nS: 552 5.3.4 *"
    let settings = ListenerSettings(address: "127.0.0.1:0", entity: "acme")
    try await withSpool(greeting(10_000) + refused + quit, settings: settings, maximumOctets: 10_000) { _ in }
    let most = SubmissionLimits().maxMessageOctets
    try await withSpool(greeting(most) + quit, settings: settings, maximumOctets: .max) { _ in }
    try await withSpool(greeting(most) + quit, maximumOctets: 10_000) { _ in }
  }

  @Test func `a message is its user's own, and never that of a user of the same number on the host`() {
    var client = ClientIdentity(address: "127.0.0.1", listener: "127.0.0.1:2525", user: LocalUser(uid: 1000))
    let own = MessageSource(client, "erp", of: Route(entity: "acme"))
    #expect(own == MessageSource(client: "127.0.0.1 (erp)", uid: 1000, identity: "uid 1000"))
    client.service = .container(String(repeating: "4f", count: 32))
    let others = MessageSource(client, "erp", of: Route(entity: "?container:4f4f4f4f4f4f"))
    #expect(others.uid == nil && others.identity == "uid 1000, container 4f4f4f4f4f4f")
    #expect(others.listener == "127.0.0.1:2525", "told to whoever decides on it")
  }

  @Test(arguments: [
    ("acme.example", "552 5.3.4 Message larger than the provider of [entity.acme] takes, *"),
    ("blue.example", "250 2.0.0 Queued as *"),
  ])
  func `a message larger than its mailbox's way out takes is refused`(domain: String, answer: String) async throws {
    let body = String(repeating: "0123456789\r\n", count: 1000)
    try await withSpool(send(from: "erp@\(domain)", answer: answer), maximumOctets: 10_000, body: body) { spool in
      #expect(spool.counts.isEmpty == (domain == "acme.example"))
    }
    #expect(Route(entity: "acme", maximumOctets: 10_000).refusal(ofOctets: 10_000) == nil)
    #expect(Route(entity: "acme", maximumOctets: 10_000).refusal(ofOctets: 10_001)?.code == 552)
    #expect(Route(entity: "acme").refusal(ofOctets: .max) == nil)
  }

  @Test(arguments: [
    ("Message-ID: <a.1@erp.example>\r\nSubject: x\r\n\r\nhello\r\n", "<a.1@erp.example>"), ("Subject: x\r\n\r\n", nil),
    ("Message-ID: <large@x>\r\n\r\n" + String(repeating: "0123456789abcdef\r\n", count: 40_000), "<large@x>"),
  ])
  func `a message keeps the Message-ID of its header`(body: String, messageID: String?) async throws {
    try await withSpool(send(from: "erp@acme.example"), body: body) { spool in
      let listed = try await spool.list()
      #expect(listed.map(\.messageID?.description) == [messageID])
      spool.open("acme")
      let claimed = await spool.claim("acme", atMost: 1)
      #expect(claimed.map(\.messageID?.description) == [messageID])
    }
  }

  @Test(arguments: [("erp@acme.example", "acme"), ("root", "blue"), ("x@blue.example", "blue")])
  func `an entity not connected yet: its mail is accepted and waits`(sender: String, entity: String) async throws {
    try await withSpool(send(from: sender)) { spool in
      let listed = try await spool.list()
      #expect(listed.map(\.entity) == [entity])
    }
  }

  /// In memory, and so large that it is on the disk before its end; by DATA and in chunks.
  @Test(arguments: [100, 600_000])
  func `the header's From finds the entity, and the body waits for it in the spool`(octets: Int) async throws {
    let text = String(repeating: "0123456789012345678901234567890123456789\r\n", count: octets / 42)
    let fits = "From: Brand B <sales@blue.example>\r\n\r\n\(text)"
    try await withSpool(send(from: "www-data@web01"), body: fits) { spool in
      let listed = try await spool.list()
      #expect(listed.map(\.entity) == ["blue"])
    }
    let unknown = "From: x@else.example\r\n\r\n\(text)"
    let refused = send(from: "www-data@web01", answer: "550 5.7.1 No entity sends as <www-data@web01>*")
    try await withSpool(refused, body: unknown) { spool in
      let listed = try await spool.list()
      #expect(listed.count == 1)
      #expect(try bodies().count == (octets > 1000 ? 1 : 0))
    }
  }

  @Test func `a header that does not end is refused before its route is known, and leaves nothing`() async throws {
    let body = "From: sales@blue.example\r\n" + String(repeating: "X: 0123456789\r\n", count: 40_000)
    try await withSpool(send(from: "www-data@web01", answer: "554 5.6.0 *"), body: body) { spool in
      let listed = try await spool.list()
      #expect(listed.isEmpty)
      #expect(try bodies().isEmpty)
    }
  }

  private func bodies() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/bodies")
  }

  @Test func `no entity fits: nothing is stored`() async throws {
    try await withSpool(
      greeted + """
        C: MAIL FROM:<x@else.example>
        S: 250 *
        C: RCPT TO:<ada@example.org>
        S: 250 *
        C: DATA
        S: 354 *
        C: (body)
        S: 550 5.7.1 No entity sends as <x@else.example>: add it to *
        C: MAIL FROM:<>
        S: 250 *
        C: RCPT TO:<ada@example.org>
        S: 250 *
        C: DATA
        S: 354 *
        C: (body)
        S: 550 5.7.1 No entity sends as <>: add "<>" to *
        """ + quit
    ) { spool in
      let listed = try await spool.list()
      #expect(listed.isEmpty)
    }
  }

  @Test func `a listener whose entity a reload has not brought yet: the client is to try again`() async throws {
    let settings = ListenerSettings(address: "127.0.0.1:0", entity: "new")
    try await withSpool(
      greeted + """
        C: MAIL FROM:<erp@acme.example>
        S: 451 4.3.5 *
        C: MAIL FROM:<>
        S: 451 4.3.5 *
        """ + quit, settings: settings
    ) { spool in
      let listed = try await spool.list()
      #expect(listed.isEmpty)
    }
  }

  @Test(arguments: [100, 250_000, 600_000])
  func `a message of any size comes out of the spool as it went in`(octets: Int) async throws {
    let body = "Subject: x\r\n\r\n" + String(repeating: "0123456789\r\n", count: octets / 12)
    try await withSpool(send(from: "erp@acme.example"), body: body) { spool in
      spool.open("acme")
      let message = try #require(await spool.claim("acme", atMost: 1).first)
      var stored: [UInt8] = []
      switch message.content {
      case .octets(let octets): stored = octets
      case .stored(let file):
        let reader = file.reader()
        while let piece = try await reader.next() { stored += piece }
      }
      let endsSo = String(decoding: stored, as: UTF8.self).hasSuffix(body)
      #expect(endsSo)
      #expect(String(decoding: stored, as: UTF8.self).hasPrefix("Received: from erp"))
      #expect(message.envelope.recipients.map(\.text) == ["ada@example.org"])
      spool.close("acme")
    }
  }

  @Test(arguments: [100, 600_000])
  func `a disk nearly full means 452 and nothing half-accepted`(octets: Int) async throws {
    let body = "Subject: x\r\n\r\n" + String(repeating: "0123456789\r\n", count: octets / 12)
    let script = send(from: "erp@acme.example", answer: "452 4.3.1 Disk nearly full*")
    try await withSpool(minimumFree: .max, script, body: body) { spool in
      let listed = try await spool.list()
      #expect(listed.isEmpty)
    }
    let left = try? FileManager.default.contentsOfDirectory(atPath: directory.path("bodies"))
    #expect(left ?? [] == [])
  }

  @Test func `a large message broken off leaves no file`() async throws {
    let part = String(repeating: "0123456789\\r\\n", count: 60_000)
    try await withSpool(
      opened + """
        C: DATA
        S: 354 *
        C> "Subject: x\\r\\n\\r\\n\(part)"
        C: (resets)
        """
    ) { spool in
      let listed = try await spool.list()
      #expect(listed.isEmpty)
    }
    let left = try? FileManager.default.contentsOfDirectory(atPath: directory.path("bodies"))
    #expect(left ?? [] == [])
  }
}
