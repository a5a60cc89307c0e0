// A listener on loopback for one test, and an intake that keeps mail in memory.

import Access
import Logging
import Mailboxes
import Message
import Platform
import SMTP
import Sockets
import Support
import Synchronization
import TLS
import Testing

@testable import Submission

/// Keeps mail in an array, and refuses when it is told to.
final class RecordedMail: Intake {
  struct Kept: Equatable {
    let entity: String
    let envelope: Envelope
    let octets: [UInt8]
    let wasLarge: Bool
    let client: String
    /// As which the client had signed in.
    let app: String?

    /// Without our Received line.
    var asSent: String {
      let text = String(decoding: octets, as: UTF8.self)
      guard text.hasPrefix("Received:") else { return text }
      var rest = text[...]
      while let end = rest.firstRange(of: "\r\n") {
        rest = rest[end.upperBound...]
        if rest.first != " ", rest.first != "\t" { break }
      }
      return String(rest)
    }
  }

  final class Piecewise: Sendable {
    let octets = Mutex<[UInt8]>([])
  }

  private let mail = Mutex<[Kept]>([])
  private let trouble = Mutex<IntakeError?>(nil)
  private let unfinished = Atomic<Int>(0)
  private let gate: Gate?
  private let localRecipients: [Address]

  /// - Parameter holdsBack: nothing is accepted until `letGo()`.
  init(holdsBack: Bool = false, localRecipients: [String] = ["it@acme.example"]) {
    gate = holdsBack ? Gate() : nil
    self.localRecipients = localRecipients.compactMap { Address($0) }
  }

  var isHoldingBack: Bool { gate?.isWaitedAt ?? false }
  func letGo() { gate?.open() }

  var kept: [Kept] { mail.withLock { $0 } }
  /// Large bodies begun and neither accepted nor discarded.
  var unfinishedBodies: Int { unfinished.load(ordering: .relaxed) }

  func fail(with error: IntakeError?) { trouble.withLock { $0 = error } }

  /// Senders of nobody.example have no entity; those of web01 have that of the header's From.
  func route(_ request: RouteRequest) throws(RouteRefusal) -> Route? {
    guard let header = request.header else { return try route(request.sender, request.listenerEntity) }
    guard let author = header.authors.first else { throw RouteRefusal(Replies.noEntity(for: request.sender)) }
    return Route(entity: author.domain, localRecipients: localRecipients)
  }

  func largestMessage(among request: RouteRequest) -> Int? { nil }

  private func route(_ sender: Address?, _ listener: String?) throws(RouteRefusal) -> Route? {
    if sender?.domain == "nobody.example" { throw RouteRefusal(Replies.noEntity(for: sender)) }
    if sender?.domain == "web01" { return nil }
    return Route(entity: listener ?? "acme", localRecipients: localRecipients)
  }

  func startLargeBody(for envelope: Envelope) async throws(IntakeError) -> Piecewise {
    try check()
    unfinished.add(1, ordering: .relaxed)
    return Piecewise()
  }

  func append(_ octets: [UInt8], to body: Piecewise) async throws(IntakeError) {
    try check()
    body.octets.withLock { $0 += octets }
  }

  func discard(_ body: Piecewise) async { unfinished.subtract(1, ordering: .relaxed) }

  func accept(_ message: Arrival<Piecewise>) async throws(IntakeError) -> Acceptance {
    await gate?.pass()
    try check()
    let content: (octets: [UInt8], wasLarge: Bool)
    switch message.content {
    case .octets(let octets): content = (octets, false)
    case .large(let body):
      content = (body.octets.withLock { $0 }, true)
      unfinished.subtract(1, ordering: .relaxed)
    }
    let kept = Kept(
      entity: message.route.entity, envelope: message.envelope, octets: content.octets, wasLarge: content.wasLarge,
      client: "\(message.client.address) (\(message.helo))", app: message.client.app)
    return mail.withLock { mail in
      mail.append(kept)
      return .queued(id: "\(mail.count)")
    }
  }

  private func check() throws(IntakeError) {
    if let error = trouble.withLock({ $0 }) { throw error }
  }
}

typealias Stop = @Sendable (_ within: Duration) async -> Void

/// Waits for what another task will bring about.
func until(_ holds: () -> Bool) async throws {
  let deadline = Instant.now + .seconds(60)
  while !holds() {
    try #require(Instant.now < deadline)
    try await Task.sleep(for: .milliseconds(5))
  }
}

/// Runs a listener on a port of its own while `body` connects to it.
///
/// - Throws: what `body` throws. The listener is closed either way, and must leave no connection counted and no memory
/// taken.
func withServer<Destination: Intake>(
  _ intake: Destination, settings: ListenerSettings = ListenerSettings(address: "127.0.0.1:0"),
  limits: SubmissionLimits = SubmissionLimits(), certificate: TestCertificate? = nil,
  access: ListenerAccess = .open, log: Logger = quiet,
  _ body: (SubmissionServer<Destination>, Stop) async throws -> Void
) async throws {
  let loop = EventLoop(name: "test")
  loop.start()
  let context = SubmissionContext(hostname: "relay.example", instance: "this-one", limits: limits, log: log)
  let tls = try certificate.map { try TLSContext.server(certificateFile: $0.chainFile, keyFile: $0.keyFile) }
  let server = try SubmissionServer(settings, context: context, intake: intake, access: access, tls: tls)
  let running = loop.start { await server.run(on: loop) }
  let stop: Stop = { await server.stop(on: loop, within: $0) }
  let outcome: Result<Void, any Error>
  do { outcome = .success(try await body(server, stop)) } catch { outcome = .failure(error) }
  await stop(.seconds(2))
  await running.value
  loop.stop()
  try outcome.get()
  #expect(context.openConnections == 0)
  #expect(context.bodyMemory.taken == 0)
}

extension ListenerAccess {
  /// Everybody may send; nobody can sign in.
  static let open = ListenerAccess(
    lookup: ClientLookup(time: SystemTime()), signIns: AppSignIns(registry: { AppRegistry() }, apps: { [] })
  ) { SendingRules(AccessRules(), over: Directory(entities: [])) }
}

let quiet: Logger = {
  var log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  log.logLevel = .critical
  return log
}()

/// Plays a transcript against a listener of its own, and returns what was accepted.
@discardableResult
func play(
  _ script: String, to intake: RecordedMail = RecordedMail(), settings: ListenerSettings? = nil,
  limits: SubmissionLimits = SubmissionLimits(), certificate: TestCertificate? = nil, body: String? = nil,
  cut: Pieces = .whole, log: Logger = quiet
) async throws -> [RecordedMail.Kept] {
  try await withServer(
    intake, settings: settings ?? ListenerSettings(address: "127.0.0.1:0"), limits: limits, certificate: certificate,
    log: log
  ) { server, _ in
    let body = body ?? "Subject: a test\r\n\r\nOne line.\r\n"
    try await ScriptedClient.play(script, to: server.endpoint, body: Array(body.utf8), cut: cut)
  }
  #expect(intake.unfinishedBodies == 0)
  return intake.kept
}

/// From the banner to an open transaction with one recipient.
let opened = """
  S: 220 relay.example ESMTP Letterhead
  C: EHLO erp
  S: 250-relay.example
  S: 250-PIPELINING
  S: 250-SIZE *
  S: 250-8BITMIME
  S: 250-SMTPUTF8
  S: 250-ENHANCEDSTATUSCODES
  S: 250 CHUNKING
  C: MAIL FROM:<erp@acme.example>
  S: 250 2.1.0 *
  C: RCPT TO:<ada@example.org>
  S: 250 2.1.5 *

  """

/// The end of a session that went well.
let quit = """

  C: QUIT
  S: 221 2.0.0 *
  (closes)
  """
