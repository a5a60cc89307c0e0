// The smallest driver there can be: takes the dialogue's steps with no socket, no route and no spool.

package import SMTP

/// Admits all but addresses that begin with `no-` (550) or `later-` (452), and keeps what it has taken.
package struct Rehearsed {
  package struct Kept: Equatable, Sendable {
    package let sender: String?
    package let recipients: [String]
    package let body: String

    package init(sender: String?, recipients: [String], body: String) {
      self.sender = sender
      self.recipients = recipients
      self.body = body
    }
  }

  package var dialogue: ServerDialogue
  package private(set) var messages: [Kept] = []
  package private(set) var isClosed = false
  private var lines = LineBuffer()
  private var body: [UInt8] = []
  private var dots: DotDecoder?
  private var chunks = ChunkDecoder()
  /// The chunk being read: the step to settle, or the reply to its being skipped.
  private var chunk: DialogueStep?

  private let answer: @Sendable (SASLQuestion) -> SASLAnswer

  /// - Parameter answer: what is known of users who sign in.
  package init(
    _ offers: ServerDialogue.Offers,
    answering answer: @escaping @Sendable (SASLQuestion) -> SASLAnswer = { _ in .refused }
  ) {
    dialogue = ServerDialogue(offers)
    self.answer = answer
  }

  package mutating func hear(_ octets: [UInt8]) -> [UInt8] {
    lines.append(octets)
    var said: [UInt8] = []
    while !isClosed, let more = advance() { said += more }
    return said
  }

  /// `nil` when more must be heard first.
  private mutating func advance() -> [UInt8]? {
    if dots != nil { return takeData() }
    if let chunk { return takeChunk(chunk) }
    guard let line = lines.nextLine(limit: dialogue.maximumLineOctets) else { return nil }
    return take(dialogue.receive(line))
  }

  private mutating func take(_ step: DialogueStep) -> [UInt8] {
    switch step {
    case .reply(let reply), .challenge(let reply), .signedIn(_, let reply), .refuseSignIn(let reply):
      return reply.octets()
    case .verify(let question): return take(dialogue.settle(answer(question)))
    case .admitSender(let sender, _): return take(dialogue.settle(step, verdict(on: sender, Replies.senderAdmitted)))
    case .admitRecipient(let recipient):
      return take(dialogue.settle(step, verdict(on: recipient, Replies.recipientAdmitted)))
    case .takeData:
      dots = DotDecoder(endsAtBareLF: !lines.hasSeenReturn)
      body = []
      return Replies.startData.octets()
    case .takeChunk(let octets, _), .skipChunk(let octets, _):
      chunks.begin(octets: octets)
      lines.noteReturn()
      chunk = step
      return []
    case .startTLS(let reply):
      guard lines.isEmpty else { return take(.close(Replies.octetsBehindStartTLS)) }
      return reply.octets()
    case .close(let reply):
      isClosed = true
      return reply.octets()
    }
  }

  private func verdict(on address: Address?, _ yes: Reply) -> Reply {
    guard let address else { return yes }
    if address.localPart.hasPrefix("no-") { return Replies.noEntity(for: address) }
    return address.localPart.hasPrefix("later-") ? Replies.storageFull : yes
  }

  private mutating func takeData() -> [UInt8]? {
    lines.drain { dots?.decode($0, into: &body) ?? 0 }
    guard let decoder = dots, decoder.isComplete else { return nil }
    if !decoder.endsAtBareLF { lines.noteReturn() }
    dots = nil
    return take(dialogue.settle(.takeData, keep()))
  }

  private mutating func takeChunk(_ step: DialogueStep) -> [UInt8]? {
    lines.drain { chunks.decode($0, into: &body) }
    guard chunks.isComplete else { return nil }
    chunk = nil
    switch step {
    case .takeChunk(let octets, last: false): return take(dialogue.settle(step, Replies.chunkTaken(octets)))
    case .takeChunk:
      chunks.finish(into: &body)
      return take(dialogue.settle(step, keep()))
    case .skipChunk(_, let reply):
      body = []
      return reply.octets()
    default: return []
    }
  }

  private mutating func keep() -> Reply {
    defer {
      body = []
      chunks = ChunkDecoder()
    }
    let text = String(decoding: body, as: UTF8.self)
    if text.contains("no-keep") { return Replies.badMessage }
    guard let transaction = dialogue.transaction else { return Replies.localError }
    messages.append(
      Kept(sender: transaction.sender?.text, recipients: transaction.recipients.map(\.text), body: text))
    return Replies.accepted("\(messages.count)")
  }
}
