// One client's session, from the banner to the last reply. Short and linear: read a line, ask ServerDialogue for the
// step, take it. How bodies come in is in SubmissionSession+Body.swift.

import Logging
import Message
import SMTP
import Sockets
import TLS

/// Lives in one task on one loop; nothing in here leaves it.
final class SubmissionSession<Keeper: Intake> {
  let server: SubmissionServer<Keeper>
  let connection: Connection
  var dialogue: ServerDialogue
  /// Received and not read yet.
  var input = LineBuffer()
  /// Said and not sent yet: the replies to one pipelined batch go out in one write.
  var output: [UInt8] = []
  /// Where the message of the open transaction will wait.
  var route: Route?
  /// The message of the open transaction, once its octets come; `chunks` is where BDAT stands in it.
  var body: IncomingBody<Keeper>?
  var chunks = ChunkDecoder()

  /// Between two commands, with nothing of the client's in hand: where a session may be asked to end.
  private var isIdle = false
  private var isDraining = false
  private var isOver = false
  /// We end it, and the client may still be talking: our last words must not be lost in a reset.
  private var isDismissed = false

  var door: FrontDoor { server.door }

  /// Its address, as the log and the networks allowed know it.
  var client: String { connection.peer.host }

  init(_ connection: Connection, at server: SubmissionServer<Keeper>) {
    self.connection = connection
    self.server = server
    dialogue = ServerDialogue(server.offers)
  }

  func run() async {
    do throws(ConnectionError) {
      if server.settings.security == .tls { try await secure() }
      try await greet()
      while !isOver, let line = try await nextLine() {
        try await take(dialogue.receive(line))
        if body != nil, dialogue.transaction == nil { await endBody() }
      }
      try await flush()
    } catch {
      await leave(because: error)
    }
    await endBody()
    if isDismissed { await connection.finish(until: .now + .seconds(2)) } else { connection.close() }
  }

  // MARK: The conversation

  private func greet() async throws(ConnectionError) {
    if let refusal = try refusalAtTheDoor() {
      dismiss(refusal)
    } else {
      say(dialogue.greeting)
    }
    try await flush()
  }

  private func take(_ step: DialogueStep) async throws(ConnectionError) {
    switch step {
    case .reply(let reply), .challenge(let reply): say(reply)
    case .admitSender(let sender, let parameters): try await take(dialogue.settle(step, admit(sender, parameters)))
    case .admitRecipient: try await take(dialogue.settle(step, Replies.recipientAdmitted))
    case .takeData: try await take(dialogue.settle(step, takeData()))
    case .takeChunk(let octets, let last): try await take(dialogue.settle(step, takeChunk(octets, last: last)))
    case .skipChunk(let octets, let reply):
      try await skipChunk(octets)
      say(reply)
    case .startTLS(let reply): try await startTLS(reply)
    // No listener offers AUTH.
    case .verify: try await take(dialogue.settle(.unavailable))
    case .close(let reply): dismiss(reply)
    }
  }

  /// The route is found here: an app that fits no entity hears it before it has sent anything.
  private func admit(_ sender: Address?, _ parameters: MailParameters) -> Reply {
    do throws(Refusal) {
      route = try server.intake.route(sender, listener: server.settings.entity)
      return Replies.senderAdmitted
    } catch {
      logRefusal(error.reply, entity: nil)
      return error.reply
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
  }

  private func dismiss(_ reply: Reply) {
    say(reply)
    isOver = true
    isDismissed = reply.code != Replies.goodbye.code
  }

  /// Asks the session to end where nothing of the client's is in hand.
  func drain() {
    isDraining = true
    if isIdle { connection.interrupt() }
  }

  func interrupt() { connection.interrupt() }

  // MARK: Lines in, replies out

  /// - Returns: nil when the session is over: the client hung up, or we are stopping.
  private func nextLine() async throws(ConnectionError) -> Line? {
    if let line = input.nextLine(limit: dialogue.maximumLineOctets) { return line }
    try await flush()
    let patience = door.isCrowded ? door.limits.crowdedTimeout : door.limits.commandTimeout
    let deadline = ContinuousClock.now + patience
    isIdle = true
    defer { isIdle = false }
    while true {
      if isDraining { throw .cancelled }
      guard try await receive(until: deadline) else { return nil }
      if let line = input.nextLine(limit: dialogue.maximumLineOctets) { return line }
    }
  }

  /// - Returns: false at the end of the stream.
  func receive(until deadline: ContinuousClock.Instant) async throws(ConnectionError) -> Bool {
    try await connection.receive(until: deadline) { input.append($0) } != nil
  }

  func say(_ reply: Reply) { reply.append(to: &output) }

  func flush() async throws(ConnectionError) {
    guard !output.isEmpty else { return }
    defer { output.removeAll(keepingCapacity: output.capacity <= 1024) }
    try await connection.send(output, until: .now + door.limits.replyTimeout)
  }
}
