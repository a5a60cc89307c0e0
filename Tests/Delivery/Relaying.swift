// A spool, a store of mailboxes and a dispatcher, as in a running relay, opposite a fake provider.

import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import StorageSQLite
import Support
import Synchronization
import Testing

@testable import Delivery

final class Relaying: Sendable {
  let spool: Spool
  let store: MailboxStore
  let log = Lines()
  private let directory = try? TemporaryDirectory()
  private let door: BackDoor
  private let maximumAge: TimeInterval
  private let loop = EventLoop(name: "back")
  private let running: Mutex<Task<Void, Never>?>

  /// Times as short as a test wants them.
  static var pace: Pace {
    var pace = Pace()
    pace.patience = briefly
    pace.firstRetry = .milliseconds(100)
    pace.longestRetry = .milliseconds(400)
    pace.probe = .milliseconds(400)
    pace.suspense = .milliseconds(600)
    pace.growAfter = .milliseconds(300)
    return pace
  }

  init(
    entities: [String] = ["acme"], limits: SendingLimits = SendingLimits(), providers: Providers = Providers(),
    pace: Pace = Relaying.pace, maximumAge: TimeInterval = 3600, isRunning: Bool = true
  ) throws {
    let path = try #require(directory?.path)
    let logger = Logger(label: "test") { [log] _ in log }
    spool = try SQLiteStorage.openSpool(directory: path, minimumFree: 0, log: logger)
    store = try .inMemory(
      entities: entities.map { Entity(key: $0, name: $0.uppercased(), limits: limits) },
      providers: providers)
    running = Mutex(nil)
    door = BackDoor(spool: spool, store: store, network: .test, pace: pace, log: logger)
    self.maximumAge = maximumAge
    loop.start()
    if isRunning { start() }
  }

  deinit {
    running.withLock { $0 }?.cancel()
    loop.stop()
  }

  /// Also once more after `stop`, with nothing remembered but what is on disk.
  func start() {
    let (door, loop, maximumAge) = (door, loop, maximumAge)
    let task = loop.start {
      await Dispatcher(door, maximumAge: maximumAge).run(
        on: loop, updates: await door.store.changes(), grace: .seconds(2))
    }
    running.withLock { $0 = task }
  }

  /// As SIGTERM does.
  func stop() async {
    let task = running.withLock { $0 }
    task?.cancel()
    await task?.value
  }

  @discardableResult
  func connect(
    _ entity: String = "acme", to provider: FakeProvider, address: String = "office", signIn: SignIn = .none,
    as preset: Provider = .smtp
  ) async throws -> Mailbox {
    var mailbox = Mailbox.test(entity, at: provider.endpoint, signIn: signIn, provider: preset)
    mailbox.address = Address(localPart: address, domain: "firm.example")
    return try await store.connect(mailbox)
  }

  @discardableResult
  func accept(
    _ text: String, to recipients: [String] = ["ada"], for entity: String = "acme", from sender: String? = "erp"
  ) async throws -> MessageID {
    let envelope = Envelope(
      sender: sender.map { Address(localPart: $0, domain: "host.example") },
      recipients: recipients.map { Address(localPart: $0, domain: "example.org") })
    let octets = Array("From: ERP <erp@host.example>\r\nSubject: \(text)\r\n\r\n\(text)\r\n".utf8)
    return try await spool.accept(
      NewMessage(entity: entity, envelope: envelope, content: .octets(octets), client: "test"), now: Date())
  }

  func counts(_ entity: String = "acme") -> Counts { spool.counts[entity] ?? Counts() }

  func condition(_ entity: String = "acme") async throws -> Condition { try await store.load().condition(of: entity) }
}

/// Collects log lines.
final class Lines: LogHandler, Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
    lines.withLock { $0.append("\(event.message) \(fields)") }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .debug }
    set {}
  }
}

/// Waits until it is so, and fails where it never is.
func eventually(
  _ what: Comment, within time: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation,
  _ isSo: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + time
  while ContinuousClock.now < deadline {
    if try await isSo() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record(what, sourceLocation: sourceLocation)
}
