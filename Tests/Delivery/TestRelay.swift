// A spool, a store of mailboxes and a supervisor, as in a running relay, opposite providers in memory. Time passes only
// when a test says so.

import Delivery
import Diagnosis
import Dispatch
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
import Transport
import TransportSupport

final class TestRelay: Sendable {
  let spool: Spool
  let store: MailboxStore
  let time = ManualTime()
  let log = Lines()
  let questions = OpenQuestionBoard()
  let counters = DeliveryCounters()
  let entities: [Entity]
  private let directory: TemporaryDirectory
  private let context: DeliveryContext
  private let maximumAge: Duration
  private let providers: Providing
  private let running: Mutex<Task<Void, Never>?>
  private let supervisor = Mutex<QueueSupervisor?>(nil)

  /// By the host of the mailbox's server.
  private final class Providing: Sendable {
    let transports = Mutex<[String: @Sendable (Mailbox) -> any Transport]>([:])
  }

  init(
    entities: [String] = ["acme"], limits: SendingLimits = SendingLimits(),
    presets: Mailboxes.Providers = Mailboxes.Providers(), tuning: DeliveryTuning = DeliveryTuning(),
    maximumAge: Duration = .seconds(5 * 86_400), unknownOutcome: UnknownOutcomeRule = .retry,
    sentCopy: SentCopyRule? = nil
  ) throws {
    directory = try TemporaryDirectory()
    let logger = Logger(label: "test") { [log] _ in log }
    spool = try SQLiteStorage.openSpool(directory: directory.path, minimumFree: 0, log: logger, time: time)
    var rules = SentCopyRules()
    if let sentCopy { rules.rule = sentCopy }
    self.entities = entities.map {
      Entity(key: $0, name: $0.uppercased(), limits: limits, sentCopies: rules, unknownOutcome: unknownOutcome)
    }
    store = try .inMemory(entities: self.entities, providers: presets)
    let providers = Providing()
    let transport: @Sendable (Mailbox) -> any Transport = { mailbox in
      providers.transports.withLock { $0[mailbox.server.host] }?(mailbox)
        ?? InMemoryProvider().transport(for: mailbox)
    }
    self.providers = providers
    context = DeliveryContext(
      spool: spool, store: store, hostname: "relay.example", tuning: tuning, time: time,
      executor: SerialTaskExecutor(), log: logger, questions: questions, counters: counters,
      filing: sentCopy.map { _ in SentCopyContext(on: SerialTaskExecutor(), transport: transport) },
      transport: transport)
    self.maximumAge = maximumAge
    running = Mutex(nil)
    start()
  }

  deinit { running.withLock { $0 }?.cancel() }

  /// Also once more after `stop`, with nothing remembered but what is on disk.
  func start() {
    let supervisor = QueueSupervisor(context, maximumAge: maximumAge)
    self.supervisor.withLock { $0 = supervisor }
    let task = Task(executorPreference: context.executor) { [context] in
      await supervisor.run(following: await context.store.changes(), grace: .seconds(2))
    }
    running.withLock { $0 = task }
  }

  /// As SIGTERM does.
  func stop() async {
    let task = running.withLock { $0 }
    task?.cancel()
    await task?.value
  }

  /// As `queue retry` does where a mailbox's server was away.
  func lookAgain(at entity: String = "acme") async {
    await supervisor.withLock { $0 }?.lookAgain(at: entity)
  }

  /// When the queue of an entity sends again; `nil` where none runs.
  func outlook(of entity: String = "acme") async -> SendingOutlook? {
    await supervisor.withLock { $0 }?.outlook(of: entity)
  }

  // MARK: Mailboxes

  @discardableResult
  func connect(
    _ entity: String = "acme", to provider: InMemoryProvider, address: String = "office", signIn: SignIn = .none,
    as preset: Provider = .smtp, connectedAt: Date = noon,
    keepAlive: (@Sendable () async throws(TransportError) -> Void)? = nil
  ) async throws -> Mailbox {
    let host = "\(UInt(bitPattern: ObjectIdentifier(provider).hashValue)).example"
    providers.transports.withLock { $0[host] = { provider.transport(for: $0, keepAlive: keepAlive) } }
    return try await store.connect(
      Mailbox(
        entity: entity, address: Address(localPart: address, domain: "firm.example"), provider: preset,
        server: Server(host: host, port: 465, security: .tls), signIn: signIn, connectedAt: connectedAt))
  }

  func condition(_ entity: String = "acme") async throws -> Condition { try await store.load().condition(of: entity) }

  func isFlagged(probe: Bool = true) async throws -> Bool {
    if case .broken(_, probe) = try await condition() { true } else { false }
  }

  func isPaused() async throws -> Bool {
    if case .paused = try await condition() { true } else { false }
  }

  // MARK: Messages

  @discardableResult
  func accept(
    _ text: String, to recipients: [String] = ["ada"], for entity: String = "acme", from sender: String? = "erp"
  ) async throws -> MessageID {
    let envelope = Envelope(
      sender: sender.map { Address(localPart: $0, domain: "host.example") },
      recipients: recipients.map { Address(localPart: $0, domain: "example.org") })
    let octets = Array("From: ERP <erp@host.example>\r\nSubject: \(text)\r\n\r\n\(text)\r\n".utf8)
    return try await spool.accept(
      NewMessage(entity: entity, envelope: envelope, content: .octets(octets), source: MessageSource(client: "test")),
      now: time.now)
  }

  func counts(_ entity: String = "acme") -> Counts { spool.counts[entity] ?? Counts() }

  /// Of those that are queued.
  func attempted() async throws -> Int { try await spool.list().count { $0.attempts > 0 } }

  // MARK: Time

  func advance(by span: Duration) { advance(to: time.now + span / .seconds(1)) }

  func advance(to moment: Date) {
    time.advance(to: moment)
    // The spool's thread waits by a clock of its own: it looks at the time again.
    spool.close("nobody")
  }

  /// Lets time pass until it is so: from one moment for which somebody waits to the next.
  func pass(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, until isSo: () async throws -> Bool
  ) async throws {
    try await eventually(what, sourceLocation: sourceLocation) {
      if try await isSo() { return true }
      if let next = time.alarms.first { advance(to: next) }
      return false
    }
  }

  /// Waits until somebody waits for a moment that lies so far ahead.
  func untilAsleep(
    for span: ClosedRange<TimeInterval>, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await eventually("asleep for \(span)", sourceLocation: sourceLocation) { isAsleep(for: span) }
  }

  func isAsleep(for span: ClosedRange<TimeInterval>) -> Bool {
    time.alarms.contains { span.contains($0.timeIntervalSince(time.now)) }
  }
}

/// One thing after the other, in the order in which it came.
final class SerialTaskExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "test")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// What a provider's rule waits for.
final class Gate: Sendable {
  private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      defer { state = (true, []) }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
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

/// Waits until it is so, however slow the machine is, and fails where it never is.
func eventually(
  _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < deadline {
    if try await isSo() { return }
    try await Task.sleep(for: .milliseconds(2))
  }
  Issue.record(what, sourceLocation: sourceLocation)
}
