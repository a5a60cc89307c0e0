// A relay's resources without its sockets, and callers of every kind.

import Access
import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Spool
import StorageSQLite
import Support
import Synchronization
import Testing

@testable import Control

/// Connects without any server: what stands around it is the point.
final class RehearsedConnector: MailboxConnecting {
  struct Broken: Error, CustomStringConvertible { let description = "The password was refused." }

  private let isBroken = Mutex(false)
  private let store: MailboxStore
  private let seen = Mutex<[String]>([])

  /// What was tested, in order: "connect office@acme.example", "test office@acme.example to ada@example.org".
  var tested: [String] { seen.withLock { $0 } }

  init(_ store: MailboxStore) { self.store = store }

  /// The password is refused from now on, or no longer.
  func breaks(_ breaks: Bool) { isBroken.withLock { $0 = breaks } }

  func connect(
    _ mailbox: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: Say
  ) async throws -> String {
    try await walk("connect \(mailbox.address)", say)
    _ = try await store.connect(mailbox, by: authorization)
    return "connected"
  }

  func test(_ mailbox: Mailbox, sendingTo recipient: Address?, saying say: Say) async throws {
    try await walk("test \(mailbox.address)" + (recipient.map { " to \($0)" } ?? ""), say)
  }

  private func walk(_ what: String, _ say: Say) async throws {
    seen.withLock { $0.append(what) }
    try await say(StepLine("Name", .passed, "127.0.0.1"))
    if isBroken.withLock({ $0 }) { throw Broken() }
  }
}

/// The one step of ``RehearsedConnector``.
let nameStep = ControlReply.step(StepLine("Name", .passed, "127.0.0.1"))

let root = Caller(.unixUser(uid: 0, name: "root"), .administrator)
let mara = Caller(.unixUser(uid: 1001, name: "mara"), .member)
let ivo = Caller(.unixUser(uid: 1002, name: "ivo"), .member)
let anna = Caller(.console(for: .webSession(user: "anna")), .member)
let erp = Caller(.app("erp"), .app)

struct ControlFixture {
  let mailboxes: MailboxStore
  let spool: Spool
  let connector: RehearsedConnector
  private let directory: TemporaryDirectory
  private let filed = Counter()

  private let looked = Looks()

  private let ended = Looks()

  private final class Counter: Sendable { let count = Mutex(0) }
  private final class Looks: Sendable { let entities = Mutex<[String]>([]) }

  /// The entities whose provider was to be looked at again, in order.
  var looks: [String] { looked.entities.withLock { $0 } }

  /// The apps whose sessions were to end, in order.
  var revocations: [String] { ended.entities.withLock { $0 } }

  /// How often administrators were to be told of a request.
  var filedCount: Int { filed.count.withLock { $0 } }

  init() throws {
    directory = try TemporaryDirectory()
    let entities = [Entity(key: "acme", name: "Acme"), Entity(key: "beta", name: "Beta")]
    mailboxes = try .inMemory(entities: entities)
    spool = try SQLiteStorage.openSpool(
      directory: directory.path("state"), minimumFree: 0, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    spool.setHistory(HistorySettings())
    connector = RehearsedConnector(mailboxes)
  }

  func service(_ approval: ApprovalRule = .required, status: (@Sendable () throws -> String)? = nil) -> ControlService {
    let settings = Self.settings(approval)
    var resources = ControlResources(
      mailboxes: mailboxes, spool: spool, connector: connector, settings: { settings }, status: status,
      requestFiled: { [filed] in filed.count.withLock { $0 += 1 } },
      lookAgain: { [looked] entity in looked.entities.withLock { $0.append(entity) } })
    resources.credentialsRevoked = { [ended] app in ended.entities.withLock { $0.append(app) } }
    resources.appActivity = { _ in
      var activity = AppActivity()
      activity.messagesToday = 7
      return activity
    }
    return ControlService(resources)
  }

  /// `erp` may sign in, `scanner` by CRAM-MD5 as well, and `cron` not at all.
  private static func settings(_ approval: ApprovalRule) -> ControlSettings {
    var settings = ControlSettings(
      hostname: "relay.example", entities: ["acme", "beta"], providers: Providers(), approval: approval)
    settings.access.apps = ["erp", "scanner", "cron"].map { name in
      var app = App(name: name)
      app.match = [.unit("\(name).service")]
      app.signsIn = name != "cron"
      app.signsInByCramMD5 = name == "scanner"
      return app
    }
    settings.history = HistorySettings()
    settings.alerts = AlertMail(entity: "beta", readers: [Address("it@acme.example")].compactMap(\.self))
    settings.signInPlaces = [SignInPlace(host: "127.0.0.1", port: 2525, security: .none)]
    return settings
  }

  /// All that is answered; its last line, and no other, is an ending.
  func answer(
    _ call: ControlCall, from caller: Caller, approval: ApprovalRule = .required
  ) async throws -> [ControlReply] {
    var replies: [ControlReply] = []
    try await service(approval).answer(call, from: caller) { replies.append($0) }
    #expect(replies.last?.isLast == true)
    #expect(replies.dropLast().allSatisfy { !$0.isLast })
    return replies
  }

  /// Accepts `count` messages of `entity`, as an app would send them.
  func accept(_ count: Int = 1, of entity: String = "acme", uid: UInt32? = nil) async throws {
    for number in 0..<count {
      let envelope = Envelope(
        sender: Address("erp@localhost"), recipients: [Address("ada@example.org")].compactMap(\.self))
      let content = Array("From: erp@localhost\r\nSubject: \(number)\r\n\r\nHello.\r\n".utf8)
      try await spool.accept(
        NewMessage(
          entity: entity, envelope: envelope, content: .octets(content),
          source: MessageSource(client: "127.0.0.1", uid: uid)),
        now: Date())
    }
  }
}

/// As somebody described it.
let described = Mailbox(
  entity: "acme", address: Address(localPart: "office", domain: "acme.example"),
  server: Server(host: "smtp.acme.example", port: 465, security: .tls),
  signIn: .password(username: "office", Secret("swordfish")), connectedAt: Date())

extension ControlCall {
  static func connect(_ mailbox: Mailbox = described, why: String? = nil) -> ControlCall {
    .connectMailbox(ConnectMailbox(mailbox, justification: why))
  }

  static func ask(_ change: ConnectionChange, why: String? = nil) -> ControlCall {
    .askPermission(AskPermission(change, justification: why))
  }

  static var requests: ControlCall { .listRequests(ListRequests()) }
  static func approve(_ number: Int64) -> ControlCall { .approveRequest(ApproveRequest(number)) }
  static func deny(_ number: Int64, _ reason: String) -> ControlCall {
    .denyRequest(DenyRequest(number, reason: reason))
  }
  static func disconnect(_ entity: String = "acme") -> ControlCall {
    .disconnectMailbox(DisconnectMailbox(entity: entity, justification: nil))
  }
  static func list(of entity: String? = nil, after: Int64? = nil) -> ControlCall {
    .listMessages(ListMessages(entity: entity, after: after))
  }
  static func change(_ order: ChangeMessages.Order, _ which: ChangeMessages.Which) -> ControlCall {
    .changeMessages(ChangeMessages(order, which))
  }
}

func refused(_ refusal: ControlRefusal) -> [ControlReply] { [.refused("\(refusal)")] }

func mayNot(_ name: String) -> [ControlReply] { refused(.notAllowed(.notAdministrator, name: name)) }
