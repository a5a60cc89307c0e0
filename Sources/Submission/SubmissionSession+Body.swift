// How a message's octets are received: after DATA up to its end, after BDAT by count. IncomingBody decides what is
// kept of them.

import Access
import Logging
import Message
import SMTP
import Sockets
import Platform

extension SubmissionSession {
  /// Reads to the end of the message even when it is refused: the rest of it must not be read as commands.
  func takeData() async throws(ConnectionError) -> Reply {
    say(Replies.startData)
    try await flush()
    let body = beginBody()
    dots = DotDecoder(endsAtBareLF: !input.hasSeenReturn)
    input.drain { dots.decode($0) { body.take($0) } }
    while !dots.isComplete {
      await body.relieve(dots.findings)
      try await receive(until: body.deadline) { dots.decode($0) { body.take($0) } }
    }
    if !dots.endsAtBareLF { input.noteReturn() }
    return await conclude(body, dots.findings)
  }

  /// One chunk, and with the last of them the message.
  func takeChunk(_ octets: Int, last: Bool) async throws(ConnectionError) -> Reply {
    let body = self.body ?? beginBody()
    // What a chunk holds is not looked at.
    input.noteReturn()
    chunks.begin(octets: octets)
    input.drain { chunks.decode($0) { body.take($0) } }
    while !chunks.isComplete {
      await body.relieve(chunks.findings)
      try await receive(until: body.deadline) { chunks.decode($0) { body.take($0) } }
    }
    if last { chunks.finish { body.take($0) } }
    if last { return await conclude(body, chunks.findings) }
    await body.relieve(chunks.findings)
    return body.refusal ?? Replies.chunkTaken(octets)
  }

  func skipChunk(_ octets: Int) async throws(ConnectionError) {
    var decoder = ChunkDecoder()
    decoder.begin(octets: octets)
    let allowance = BodyDeadline(context.limits)
    input.drain { decoder.decode($0) { _ in } }
    while !decoder.isComplete {
      let deadline = allowance.deadline(after: octets - decoder.remaining)
      try await receive(until: deadline) { decoder.decode($0) { _ in } }
    }
  }

  /// To be called when the transaction is over, however it ended: accepted, refused, RSET, or the connection lost.
  func endBody() async {
    await body?.discard()
    body = nil
    chunks = ChunkDecoder()
  }

  private func beginBody() -> IncomingBody<Destination> {
    let transaction = dialogue.transaction
    let envelope = Envelope(
      sender: transaction?.sender, recipients: transaction?.recipients ?? [],
      isSMTPUTF8: transaction?.parameters.isSMTPUTF8 ?? false,
      is8BitMIME: transaction?.parameters.body == .eightBitMIME)
    let id = String(UInt64.random(in: .min ... .max), radix: 36)
    let body = IncomingBody(
      for: envelope, route: route, found: request(for: transaction?.sender), id: id, trace: trace(envelope, id: id),
      announced: transaction?.parameters.size, intake: server.intake, context: context)
    self.body = body
    return body
  }

  private func trace(_ envelope: Envelope, id: String) -> [UInt8] {
    let session = Trace.Session(
      helo: dialogue.hello?.name ?? "", peer: connection.peer.host, isExtended: dialogue.hello?.isExtended ?? false,
      isSecured: dialogue.isSecured, isAuthenticated: client.app != nil,
      app: server.access.rules().app(of: client)?.name, identity: client.isKnown ? client.words : nil)
    let received = context.trace.received(session, isSMTPUTF8: envelope.isSMTPUTF8, id: id, now: context.time.now)
    guard case .redirect = route?.app?.mode else { return received }
    return received + Trace.originalRecipients(envelope.recipients)
  }

  /// Feeds `decode`, and keeps the octets that it leaves for the next command.
  private func receive(
    until deadline: Instant, _ decode: (UnsafeRawBufferPointer) -> Int
  ) async throws(ConnectionError) {
    let isOpen: Void? = try await connection.receive(until: deadline) { octets in
      let used = decode(octets)
      if used < octets.count { input.append(UnsafeRawBufferPointer(rebasing: octets[used...])) }
    }
    // A message whose end never came is not accepted.
    if isOpen == nil { throw .closed }
  }

  private func conclude(_ body: IncomingBody<Destination>, _ findings: Findings) async -> Reply {
    guard let content = await body.finish(findings), let route = body.route else {
      return body.refusal ?? Replies.localError
    }
    if findings.contains(.nul) {
      context.log.notice("NUL octets removed", metadata: logged(["trace": "\(body.id)"]))
    }
    let message = Arrival(
      route: route, envelope: body.envelope, content: content, octets: body.count, client: client,
      helo: dialogue.hello?.name ?? "", marks: body.marks)
    do throws(IntakeError) {
      let acceptance = try await server.intake.accept(message)
      self.route = route
      log(message, acceptance, trace: body.id)
      switch acceptance {
      case .duplicate: return Replies.duplicateDropped
      case .queued(let id):
        body.handOver()
        accepted += 1
        return Replies.accepted(id)
      }
    } catch {
      if case .unwritable(let why) = error { context.log.error("cannot store", metadata: ["why": "\(why)"]) }
      return error.reply
    }
  }

  private func log(_ message: Arrival<Destination.LargeBody>, _ acceptance: Acceptance, trace: String) {
    var facts: Logger.Metadata = [
      "entity": "\(message.route.entity)", "octets": "\(message.octets)",
      "recipients": "\(message.envelope.recipients.count)", "trace": "\(trace)",
    ]
    if case .queued(let id) = acceptance { facts["id"] = "\(id)" }
    context.log.info(acceptance == .duplicate ? "dropped as sent before" : "accepted", metadata: logged(facts))
  }
}
