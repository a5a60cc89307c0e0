// How a message's octets are received: after DATA up to its end, after BDAT by count. IncomingBody decides what is
// kept of them.

import Access
import Logging
import Logs
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
    let app = server.access.rules().app(of: client)
    let session = Trace.Session(
      helo: dialogue.hello?.name ?? "", peer: client.address, isExtended: dialogue.hello?.isExtended ?? false,
      isSecured: dialogue.isSecured, isAuthenticated: client.app != nil,
      app: app?.name, identity: client.isKnown ? client.words : nil)
    let received = context.trace.received(session, isSMTPUTF8: envelope.isSMTPUTF8, id: id, now: context.time.now)
    guard case .redirect = app?.mode else { return received }
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
    let conclusion = await body.conclude(findings, of: client, helo: dialogue.hello?.name ?? "")
    if findings.contains(.nul) {
      context.log.tell(.nulRemoved, logged([.receivedID: body.id]))
    }
    guard case .accepted(let acceptance, let route) = conclusion else {
      if case .refused(let reply) = conclusion { return reply }
      return Replies.localError
    }
    self.route = route
    context.log(acceptance, of: body, by: route, client)
    switch acceptance {
    case .duplicate: return Replies.duplicateDropped
    case .queued(let id, _, _):
      accepted += 1
      return Replies.accepted(id)
    }
  }
}
