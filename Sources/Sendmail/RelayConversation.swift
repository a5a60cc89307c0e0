// Hands one message to the relay. All recipients or none: whoever is told of a refusal can then send once more without
// anybody getting the message twice.

package import Message
package import SMTP

package struct RelayConversation {
  /// How long one silence may last.
  package struct Patience: Sendable {
    /// Before the banner, and for each answer until the message has been sent.
    package var answer: Duration = .seconds(5)
    /// While the relay takes nothing more of the message.
    package var data: Duration = .seconds(60)
    /// For the answer to the whole message (RFC 5321 §4.5.3.2.6).
    package var end: Duration = .seconds(600)

    package init() {}
  }

  package enum Ending: Equatable {
    case accepted
    case refused(Reply)
    /// Nobody has said what became of the message; why.
    case unanswered(String)
  }

  private enum Interruption: Error {
    case refused(Reply)
    case unanswered(String)
  }

  private let relay: SubmitSocket
  private let patience: Patience

  package init(with relay: SubmitSocket, patience: Patience = Patience()) {
    self.relay = relay
    self.patience = patience
  }

  /// - Parameter hostname: of this host, for EHLO.
  package func hand(_ message: MessageCopy, to envelope: Envelope, from hostname: String) -> Ending {
    do throws(Interruption) {
      try listen()
      let extensions = Extensions(parsing: try ask("EHLO \(hostname)"))
      try ask("MAIL FROM:<\(envelope.sender?.text ?? "")>" + parameters(envelope, message.count, extensions))
      for recipient in envelope.recipients { try ask("RCPT TO:<\(recipient.text)>") }
      try ask("DATA")
      try send(message)
      try listen(patience.end)
      try? relay.send(Array("QUIT\r\n".utf8), patience: patience.answer)
      return .accepted
    } catch {
      switch error {
      case .refused(let reply): return .refused(reply)
      case .unanswered(let why): return .unanswered(why)
      }
    }
  }

  private func parameters(_ envelope: Envelope, _ octets: Int, _ extensions: Extensions) -> String {
    var parameters = ""
    if extensions.has(.size) { parameters += " SIZE=\(octets)" }
    if envelope.is8BitMIME, extensions.has(.eightBitMIME) { parameters += " BODY=8BITMIME" }
    let isASCII = (envelope.recipients + [envelope.sender].compactMap { $0 }).allSatisfy(\.isASCII)
    if !isASCII, extensions.has(.smtpUTF8) { parameters += " SMTPUTF8" }
    return parameters
  }

  @discardableResult
  private func ask(_ command: String) throws(Interruption) -> Reply {
    try say(Array("\(command)\r\n".utf8), patience.answer)
    return try listen()
  }

  private func say(_ octets: [UInt8], _ limit: Duration) throws(Interruption) {
    do throws(SubmitSocket.Silence) { try relay.send(octets, patience: limit) } catch {
      // It may have said why it has broken off.
      try listen()
      throw .unanswered("\(error)")
    }
  }

  /// A relay that is stopping or crowded says 421: it has refused itself, not the message.
  @discardableResult
  private func listen(_ limit: Duration? = nil) throws(Interruption) -> Reply {
    let reply: Reply
    do throws(SubmitSocket.Silence) { reply = try relay.reply(patience: limit ?? patience.answer) } catch {
      throw .unanswered("\(error)")
    }
    if reply.isPositive { return reply }
    throw reply.code == 421 ? .unanswered(reply.text) : .refused(reply)
  }

  private func send(_ message: MessageCopy) throws(Interruption) {
    var encoder = DotEncoder()
    var offset = 0
    while offset < message.count {
      guard let piece = try? message.piece(at: offset), !piece.isEmpty else {
        throw .unanswered("its copy cannot be read back")
      }
      var octets: [UInt8] = []
      piece.withUnsafeBytes { encoder.encode($0, into: &octets) }
      try say(octets, patience.data)
      offset += piece.count
    }
    var end: [UInt8] = []
    encoder.finish(into: &end)
    try say(end, patience.data)
  }
}

extension SendmailFailure {
  /// What a refusal of the relay means to the caller.
  package init(refusedWith reply: Reply) {
    let isPolicy = reply.enhanced?.kind == 5 && reply.enhanced?.subject == 7 || [530, 535, 538].contains(reply.code)
    let exit: SendmailExit = reply.isTransient ? .tryLater : isPolicy ? .notAllowed : .refused
    self.init(exit, "The relay says: \(reply.text)")
  }
}
