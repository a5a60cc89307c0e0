// How a message's octets come in: after DATA up to CRLF.CRLF, after BDAT by count. What is kept of them, and whether,
// is IncomingBody's to say.

import FoundationEssentials
import Logging
import Message
import SMTP
import Sockets

extension SubmissionSession {
  /// Reads to the end of the message even when it is refused: the rest of it must not be read as commands.
  func takeData() async throws(ConnectionError) -> Reply {
    say(Replies.startData)
    try await flush()
    let body = beginBody()
    var decoder = DotDecoder()
    input.drain { decoder.decode($0) { body.take($0) } }
    while !decoder.isComplete {
      await body.relieve(decoder.findings)
      try await receive(until: body.deadline) { decoder.decode($0) { body.take($0) } }
    }
    return await conclude(body, decoder.findings)
  }

  /// One chunk, and with the last of them the message.
  func takeChunk(_ octets: Int, last: Bool) async throws(ConnectionError) -> Reply {
    let body = self.body ?? beginBody()
    chunks.begin(octets: octets)
    input.drain { chunks.decode($0) { body.take($0) } }
    while !chunks.isComplete {
      await body.relieve(chunks.findings)
      try await receive(until: body.deadline) { chunks.decode($0) { body.take($0) } }
    }
    if last { chunks.finish { body.take($0) } }
    if last { return await conclude(body, chunks.findings) }
    await body.relieve(chunks.findings)
    guard let refusal = body.refusal else { return Replies.chunkTaken(octets) }
    logRefusal(refusal, entity: route?.entity)
    return refusal
  }

  func skipChunk(_ octets: Int) async throws(ConnectionError) {
    var decoder = ChunkDecoder()
    decoder.begin(octets: octets)
    let pace = Pace(door.limits)
    input.drain { decoder.decode($0) { _ in } }
    while !decoder.isComplete {
      let deadline = pace.deadline(after: octets - decoder.remaining)
      try await receive(until: deadline) { decoder.decode($0) { _ in } }
    }
  }

  /// A message lasts as long as its transaction, however that ends: kept, refused, RSET, or the line lost.
  func endBody() async {
    await body?.discard()
    body = nil
    chunks = ChunkDecoder()
  }

  private func beginBody() -> IncomingBody<Keeper> {
    let transaction = dialogue.transaction
    let envelope = Envelope(
      sender: transaction?.sender, recipients: transaction?.recipients ?? [],
      isSMTPUTF8: transaction?.parameters.isSMTPUTF8 ?? false,
      is8BitMIME: transaction?.parameters.body == .eightBitMIME)
    let id = String(UInt64.random(in: .min ... .max), radix: 36)
    let body = IncomingBody(
      for: envelope, id: id, trace: trace(envelope, id: id), announced: transaction?.parameters.size,
      keeper: server.intake, door: door)
    self.body = body
    return body
  }

  private func trace(_ envelope: Envelope, id: String) -> [UInt8] {
    let session = Trace.Session(
      helo: dialogue.hello?.name ?? "", peer: connection.peer.host, isExtended: dialogue.hello?.isExtended ?? false,
      isSecured: dialogue.isSecured)
    return door.trace.received(session, isSMTPUTF8: envelope.isSMTPUTF8, id: id, now: Date())
  }

  /// Hands what comes to `decode`, and keeps what is not its for the next command.
  private func receive(
    until deadline: Instant, _ decode: (UnsafeRawBufferPointer) -> Int
  ) async throws(ConnectionError) {
    let isOpen: Void? = try await connection.receive(until: deadline) { octets in
      let used = decode(octets)
      if used < octets.count { input.append(UnsafeRawBufferPointer(rebasing: octets[used...])) }
    }
    // An end of the stream inside a message takes the message with it.
    if isOpen == nil { throw .closed }
  }

  private func conclude(_ body: IncomingBody<Keeper>, _ findings: Findings) async -> Reply {
    guard let route, let content = await body.finish(findings) else {
      let refusal = body.refusal ?? Replies.localError
      logRefusal(refusal, entity: route?.entity)
      return refusal
    }
    let message = Arrival(
      route: route, envelope: body.envelope, content: content, octets: body.count,
      client: "\(client) (\(dialogue.hello?.name ?? ""))")
    do throws(IntakeError) {
      let id = try await server.intake.accept(message)
      body.handOver()
      log(message, as: id, trace: body.id)
      return Replies.accepted(id)
    } catch {
      if case .unwritable(let why) = error { door.log.error("cannot store", metadata: ["why": "\(why)"]) }
      logRefusal(error.reply, entity: route.entity)
      return error.reply
    }
  }

  func logRefusal(_ reply: Reply, entity: String?) {
    door.log.notice(
      "refused", metadata: ["entity": "\(entity ?? "")", "client": "\(client)", "reply": "\(reply.text)"])
  }

  private func log(_ message: Arrival<Keeper.LargeBody>, as id: String, trace: String) {
    door.log.info(
      "accepted",
      metadata: [
        "id": "\(id)", "entity": "\(message.route.entity)", "client": "\(client)", "octets": "\(message.octets)",
        "recipients": "\(message.envelope.recipients.count)", "trace": "\(trace)",
      ])
  }
}

/// How long a body may take: some silence, some minutes whatever its size, and beyond them a least rate. A client that
/// dribbles holds its place no longer than that.
struct Pace {
  private let limits: SubmissionLimits
  private let start = Instant.now

  init(_ limits: SubmissionLimits) { self.limits = limits }

  func deadline(after octets: Int) -> Instant {
    let atLeastRate = Duration.seconds(Double(octets) / Double(limits.bodyOctetsPerSecond))
    return min(.now + limits.bodyPauseTimeout, start + limits.bodyGrace + atLeastRate)
  }
}
