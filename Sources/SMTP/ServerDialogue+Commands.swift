// What each command means in each phase.

extension ServerDialogue {
  mutating func greet(_ hello: Hello) -> DialogueStep {
    phase = .identified(hello)
    guard hello.isExtended else { return .reply(Replies.hello(offers.hostname)) }
    let keywords = Extensions.offered(by: offers, isSecured: isSecured, signInBy: offeredMechanisms)
    return .reply(Replies.hello(offers.hostname, offering: keywords))
  }

  /// Beside those that every listener knows.
  var offeredVerbs: [String] {
    (offers.startTLS && !isSecured ? ["STARTTLS"] : []) + (offeredMechanisms.isEmpty ? [] : ["AUTH"])
  }

  mutating func reset() -> DialogueStep {
    endTransaction()
    return .reply(Replies.ok)
  }

  mutating func startTLS() -> DialogueStep {
    if isSecured { return refuse(Replies.alreadySecured) }
    guard offers.startTLS else { return refuse(Replies.notImplemented) }
    guard transaction == nil else { return refuse(Replies.transactionIsOpen) }
    return .startTLS(Replies.startTLS)
  }

  mutating func mail(_ sender: Address?, _ parameters: MailParameters) -> DialogueStep {
    switch phase {
    // Small devices say no HELO, and nothing depends on it.
    case .connected: phase = .identified(Hello(name: "", isExtended: false))
    case .transaction, .chunking: return refuse(Replies.transactionIsOpen)
    case .identified, .authenticating: break
    }
    if mustSignIn { return refuse(Replies.signInFirst) }
    if let size = parameters.size, size > offers.maximumMessageOctets {
      return refuse(Replies.messageTooLarge(limit: offers.maximumMessageOctets))
    }
    return .admitSender(sender, parameters)
  }

  mutating func rcpt(_ recipient: Address) -> DialogueStep {
    guard case .transaction(_, let transaction) = phase else { return refuse(outOfOrder) }
    if !recipient.isASCII, !transaction.parameters.isSMTPUTF8 { return refuse(Replies.needsSMTPUTF8) }
    // Not counted as an error: the client is to send these in a second transaction (RFC 5321 §4.5.3.1.10).
    if transaction.recipients.count >= offers.maximumRecipients { return .reply(Replies.tooManyRecipients) }
    return .admitRecipient(recipient)
  }

  mutating func data() -> DialogueStep {
    guard case .transaction(_, let transaction) = phase else { return refuse(outOfOrder) }
    return transaction.recipients.isEmpty ? refuse(Replies.noRecipients) : .takeData
  }

  /// A chunk is read even when it is refused: its octets would be taken for commands otherwise.
  mutating func chunk(_ octets: Int, last: Bool) -> DialogueStep {
    let soFar: Int
    switch phase {
    case .transaction(_, let transaction):
      if transaction.recipients.isEmpty { return skipChunk(octets, Replies.noRecipients) }
      soFar = 0
    case .chunking(_, _, let octets): soFar = octets
    case .connected, .identified, .authenticating: return skipChunk(octets, outOfOrder)
    }
    guard octets <= offers.maximumMessageOctets - soFar else {
      return skipChunk(octets, Replies.messageTooLarge(limit: offers.maximumMessageOctets))
    }
    return .takeChunk(octets: octets, last: last)
  }

  /// A chunk refused ends its transaction, so that chunks pipelined behind it are refused too.
  private mutating func skipChunk(_ octets: Int, _ reply: Reply) -> DialogueStep {
    endTransaction()
    guard case .reply(let reply) = refuse(reply) else { return .close(Replies.tooManyErrors) }
    return .skipChunk(octets: octets, reply)
  }

  /// Why RCPT, DATA or BDAT cannot be now.
  private var outOfOrder: Reply {
    switch phase {
    case .connected: Replies.helloFirst
    case .identified, .authenticating: Replies.mailFirst
    case .transaction, .chunking: Replies.chunksFirst
    }
  }
}

// The driver's verdicts.
extension ServerDialogue {
  mutating func open(_ transaction: Transaction) {
    guard let hello else { return }
    phase = .transaction(hello, transaction)
  }

  mutating func add(_ recipient: Address) {
    guard case .transaction(let hello, var transaction) = phase else { return }
    // While `phase` holds the list too, an append would copy it.
    phase = .identified(hello)
    transaction.recipients.append(recipient)
    phase = .transaction(hello, transaction)
  }

  mutating func countChunk(_ octets: Int) {
    switch phase {
    case .transaction(let hello, let transaction): phase = .chunking(hello, transaction, octets: octets)
    case .chunking(let hello, let transaction, let soFar):
      phase = .chunking(hello, transaction, octets: soFar + octets)
    case .connected, .identified, .authenticating: break
    }
  }

  /// The verdict on a message is always sent, whatever the count of errors: the client must know whether Letterhead is
  /// responsible for the message.
  mutating func closeTransaction(_ verdict: Reply) -> DialogueStep {
    endTransaction()
    if verdict.isPositive { refusals = 0 } else if verdict.isPermanent { refusals += 1 }
    return tell(verdict)
  }

  mutating func endTransaction() {
    if let hello { phase = .identified(hello) }
  }
}
