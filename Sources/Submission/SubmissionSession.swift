// One client's session, from the banner to the last reply: read a line, ask ServerDialogue for the step, take it. Whom
// it admits is in SubmissionSession+Admission, how messages are received in SubmissionSession+Body.

import Access
import Logging
import Logs
import Message
import Platform
import SMTP
import Sockets
import TLS

/// Belongs to one task on one loop.
final class SubmissionSession<Destination: Intake> {
  let server: SubmissionServer<Destination>
  let connection: Connection
  var dialogue: ServerDialogue
  /// Who is at the other end; a sign-in adds to it.
  var client: ClientIdentity
  /// The entity that the client named when it signed in: `brandb` of `erp+brandb`.
  var namedAtSignIn: String?
  /// The user name of the sign-in that is under way, for the log.
  var usernameAsked = ""
  /// When it connected.
  let since = Instant.now
  /// Messages accepted so far.
  var accepted = 0
  /// As the dialogue says, which does not change it.
  private let maximumLineOctets: Int
  /// Received and not read yet.
  var input = LineBuffer()
  /// Replies not sent yet: those to one pipelined batch go out in one write.
  var output: [UInt8] = []
  /// The entity of the open transaction's message; nil where the header decides.
  var route: Route?
  /// The message of the open transaction, once its octets come, and the decoders of it: by DATA, by BDAT.
  var body: IncomingBody<Destination>?
  var dots = DotDecoder()
  var chunks = ChunkDecoder()
  /// The client has sent a whole line.
  private var hasSpoken = false
  /// The last refusal that was logged: one said many times is logged once.
  private var loggedRefusal: Reply?

  /// The session waits for a command and has none of the client's octets: it may be ended here.
  private var isIdle = false
  /// Why the session is to end at its next idle point.
  private(set) var farewell: Reply?
  /// Why no message is taken any more.
  private(set) var revocation: Reply?
  private var isOver = false
  /// The server ends the session and the client may still be sending: the last reply must not be lost in a reset.
  private var isDismissed = false

  var context: SubmissionContext { server.context }

  /// - Parameter client: as a proxy and the kernel have introduced it.
  init(_ connection: Connection, of client: ClientIdentity, at server: SubmissionServer<Destination>) {
    self.connection = connection
    self.server = server
    self.client = client
    dialogue = ServerDialogue(server.offers(to: client, through: connection))
    maximumLineOctets = dialogue.maximumLineOctets
  }

  func run() async {
    var ending: ConnectionError?
    do throws(ConnectionError) {
      if server.settings.security == .tls {
        try await secure()
        dialogue.secured()
      }
      try await greet()
      while !isOver, let line = try await nextLine() {
        try await take(dialogue.receive(line))
        if body != nil, dialogue.transaction == nil { await endBody() }
      }
      try await flush()
    } catch {
      ending = error
      await leave(because: error)
    }
    if hasClosedWithoutAWord(ending) { server.counters.probes.add() }
    await endBody()
    if isDismissed { await connection.finish(until: .now + .seconds(2)) } else { connection.close() }
  }

  /// As monitors do. A client that breaks the connection off while the banner is on its way resets it.
  private func hasClosedWithoutAWord(_ ending: ConnectionError?) -> Bool {
    !hasSpoken && input.isEmpty && !isOver && (ending == nil || ending == .reset)
  }

  // MARK: The conversation

  private func greet() async throws(ConnectionError) {
    if let refusal = admissionRefusal() {
      end(with: refusal)
    } else {
      say(dialogue.greeting)
    }
    try await flush()
  }

  private func take(_ step: DialogueStep) async throws(ConnectionError) {
    switch step {
    case .reply(let reply), .challenge(let reply):
      say(reply)
      logRefusal(reply)
    case .admitSender(let sender, let parameters): try await take(dialogue.settle(step, admit(sender, parameters)))
    case .admitRecipient(let recipient): try await take(dialogue.settle(step, admit(recipient)))
    case .takeData: try await take(dialogue.settle(step, takeData()))
    case .takeChunk(let octets, let last): try await take(dialogue.settle(step, takeChunk(octets, last: last)))
    case .skipChunk(let octets, let reply):
      try await skipChunk(octets)
      say(reply)
      logRefusal(reply)
    case .startTLS(let reply): try await startTLS(reply)
    case .verify(let question): try await take(answer(question))
    case .signedIn(let username, let reply): try await take(welcome(username, with: reply))
    case .refuseSignIn(let reply): try await take(slowDown(reply))
    case .close(let reply): dismiss(reply)
    }
  }

  private func startTLS(_ reply: Reply) async throws(ConnectionError) {
    guard input.isEmpty else {
      return dismiss(Replies.octetsBehindStartTLS)
    }
    say(reply)
    try await flush()
    try await secure()
    dialogue.secured()
    client.app = nil
    namedAtSignIn = nil
  }

  func dismiss(_ reply: Reply) {
    end(with: reply)
    logRefusal(reply)
  }

  private func end(with reply: Reply) {
    say(reply)
    isOver = true
    isDismissed = reply.code != Replies.goodbye.code
  }

  private func logRefusal(_ reply: Reply) {
    server.counters.count(reply)
    guard reply.isTransient || reply.isPermanent, reply != loggedRefusal else { return }
    loggedRefusal = reply
    let envelope = (dialogue.transaction.map { LoggedFields.envelope($0.sender, $0.recipients) }) ?? [:]
    context.log.tell(.refused, logged([.entity: route?.entity, .reply: reply.text] + envelope))
  }

  /// Ends the session between two commands, and tells the client why.
  func drain(saying farewell: Reply) {
    self.farewell = farewell
    if isIdle { connection.interrupt() }
  }

  /// The client is the app no longer, whatever it has pipelined already.
  func revoke(saying farewell: Reply) {
    revocation = farewell
    drain(saying: farewell)
  }

  func interrupt() { connection.interrupt() }

  // MARK: Lines in, replies out

  /// - Returns: nil when the client has closed the connection, or does not speak SMTP.
  private func nextLine() async throws(ConnectionError) -> Line? {
    if let line = input.nextLine(limit: maximumLineOctets) { return line }
    try await flush()
    let timeout = context.isCrowded ? context.limits.crowdedTimeout : context.limits.commandTimeout
    let deadline = ContinuousClock.now + timeout
    isIdle = true
    defer { isIdle = false }
    while true {
      if farewell != nil { throw .cancelled }
      guard try await receive(until: deadline) else { return nil }
      if beginsWithTLS {
        dismiss(Replies.notTLS)
        return nil
      }
      if let line = input.nextLine(limit: maximumLineOctets) {
        hasSpoken = true
        return line
      }
    }
  }

  /// The first octet that the client ever sent is that of a TLS handshake, and of no command.
  private var beginsWithTLS: Bool { !hasSpoken && input.first == 0x16 }

  /// - Returns: false at the end of the stream.
  func receive(until deadline: ContinuousClock.Instant) async throws(ConnectionError) -> Bool {
    try await connection.receive(until: deadline) { input.append($0) } != nil
  }

  func say(_ reply: Reply) { reply.append(to: &output) }

  func flush() async throws(ConnectionError) {
    guard !output.isEmpty else { return }
    defer { output.removeAll(keepingCapacity: output.capacity <= 1024) }
    try await connection.send(output, until: .now + context.limits.replyTimeout)
  }
}
