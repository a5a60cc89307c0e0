// The server's side of a conversation that the client leads: takes one line, answers with the step to take. RFC 5321
// §4.1.4. Knows order and limits; whom to admit and what to store the driver finds out and reports to `settle`.

/// What the driver does next.
package enum DialogueStep: Equatable, Sendable {
  /// Send this and read on.
  case reply(Reply)
  /// Decide, then `settle` this step with the verdict.
  case admitSender(Address?, MailParameters)
  /// Decide, then `settle` this step with the verdict.
  case admitRecipient(Address)
  /// Send `Replies.startData`, read the message through a `DotDecoder`, then `settle` this step with the verdict.
  case takeData
  /// Read exactly so many octets through a `ChunkDecoder`, then `settle` this step: `Replies.chunkTaken` if there is
  /// more to come, the verdict on the message if this was the last.
  case takeChunk(octets: Int, last: Bool)
  /// Read exactly so many octets, drop them, then send the reply. Drop also what earlier chunks have brought.
  case skipChunk(octets: Int, Reply)
  /// If anything waits in the `LineBuffer`, close with `Replies.octetsBehindStartTLS`. Otherwise send this reply,
  /// shake hands, and call `secured()`.
  case startTLS(Reply)
  /// Send this; the next line answers it. It is no command and holds a secret: it must not be logged.
  case challenge(Reply)
  /// Find the answer, then `settle` it. The question holds a secret.
  case verify(SASLQuestion)
  /// The client has proved that it is this user. Send this, unless the user may not sign in any more.
  case signedIn(as: String, Reply)
  /// The password is wrong, by whichever mechanism. Send this, and not at once: the client may be guessing.
  case refuseSignIn(Reply)
  /// Send this and close.
  case close(Reply)
}

package struct ServerDialogue: Sendable {
  /// What this listener offers, and its limits.
  package struct Offers: Sendable {
    package var hostname: String
    package var maximumMessageOctets: Int
    /// What EHLO says in its place, where no mailbox that the client's mail may leave by takes more; `nil`: nothing is known.
    package var announcedMessageOctets: Int?
    package var maximumRecipients: Int
    package var startTLS: Bool
    package var maximumErrors: Int
    /// `nil`: AUTH is not offered.
    package var signIn: SignInOffer?

    package init(
      hostname: String, maximumMessageOctets: Int, maximumRecipients: Int = 1000, startTLS: Bool = false,
      maximumErrors: Int = 20, signIn: SignInOffer? = nil
    ) {
      self.hostname = hostname
      self.maximumMessageOctets = maximumMessageOctets
      self.maximumRecipients = maximumRecipients
      self.startTLS = startTLS
      self.maximumErrors = maximumErrors
      self.signIn = signIn
    }
  }

  /// The envelope as far as the client has told it and the driver has admitted it.
  package struct Transaction: Equatable, Sendable {
    package let sender: Address?
    package let parameters: MailParameters
    package internal(set) var recipients: [Address] = []
  }

  enum Phase {
    case connected
    case identified(Hello)
    /// AUTH was said and its last reply was not: what comes are responses, and no commands. Indirect, so that no other
    /// phase takes more memory for its sake.
    indirect case authenticating(Hello, any SASLServerExchange)
    case transaction(Hello, Transaction)
    /// Some chunks have come, so DATA may not (RFC 3030 §2).
    case chunking(Hello, Transaction, octets: Int)
  }

  /// Longer command lines are refused, and the session stays in step. In octets, CRLF included.
  package static let maximumCommandOctets = 8192

  package let offers: Offers
  /// The line is encrypted.
  package private(set) var isSecured: Bool
  /// As whom the client has signed in.
  package internal(set) var username: String?
  var phase = Phase.connected
  /// Commands refused for good since the last message that was taken.
  var refusals = 0

  package init(_ offers: Offers, isSecured: Bool = false) {
    self.offers = offers
    self.isSecured = isSecured
  }

  /// For the driver's `LineBuffer`.
  package var maximumLineOctets: Int { offers.signIn == nil ? Self.maximumCommandOctets : Self.maximumResponseOctets }

  package var greeting: Reply { Replies.greeting(offers.hostname) }

  /// How the client introduced itself, for the Received line.
  package var hello: Hello? {
    switch phase {
    case .connected: nil
    case .identified(let hello), .authenticating(let hello, _), .transaction(let hello, _),
      .chunking(let hello, _, _):
      hello
    }
  }

  /// The envelope of the message that is being taken.
  package var transaction: Transaction? {
    switch phase {
    case .connected, .identified, .authenticating: nil
    case .transaction(_, let transaction), .chunking(_, let transaction, _): transaction
    }
  }

  /// Takes the client's next line. Never call it between a step that must be settled and its `settle`.
  package mutating func receive(_ line: Line) -> DialogueStep {
    if case .authenticating(let hello, let exchange) = phase { return respond(line, in: exchange, hello) }
    guard case .octets(let octets) = line else { return refuse(Replies.lineTooLong(limit: maximumLineOctets)) }
    do throws(CommandError) {
      return take(try Command(parsing: octets))
    } catch {
      // How many octets follow is unknown, and the message must not be read as commands.
      if error == .badChunkSize { return .close(Replies.refusal(of: error)) }
      return refuse(Replies.refusal(of: error))
    }
  }

  /// Takes the driver's verdict on a step, and answers with the step that tells the client.
  package mutating func settle(_ step: DialogueStep, _ verdict: Reply) -> DialogueStep {
    switch step {
    case .admitSender(let sender, let parameters):
      if verdict.isPositive { open(Transaction(sender: sender, parameters: parameters)) }
    case .admitRecipient(let recipient):
      if verdict.isPositive { add(recipient) }
    case .takeChunk(let octets, last: false) where verdict.isPositive:
      countChunk(octets)
    case .takeData, .takeChunk:
      return closeTransaction(verdict)
    case .reply, .skipChunk, .startTLS, .challenge, .verify, .signedIn, .refuseSignIn, .close:
      break
    }
    return verdict.isPermanent ? refuse(verdict) : tell(verdict)
  }

  /// To be called after the handshake. What the client said before it, the sign-in included, counts no longer (RFC 3207
  /// §4.2).
  package mutating func secured() {
    isSecured = true
    username = nil
    phase = .connected
  }

  private mutating func take(_ command: Command) -> DialogueStep {
    switch command {
    case .hello(let hello): greet(hello)
    case .mail(let sender, let parameters): mail(sender, parameters)
    case .rcpt(let recipient): rcpt(recipient)
    case .data: data()
    case .bdat(let octets, let last): chunk(octets, last: last)
    case .rset: reset()
    case .noop: .reply(Replies.ok)
    case .quit: .close(Replies.goodbye)
    case .vrfy: .reply(Replies.cannotVerify)
    case .help: .reply(Replies.help(offering: offeredVerbs))
    case .startTLS: startTLS()
    case .expn: refuse(Replies.notImplemented)
    case .auth(let mechanism, let response): authenticate(by: mechanism, response)
    case .http: .close(Replies.notHTTP)
    }
  }

  func tell(_ reply: Reply) -> DialogueStep { reply.code == 421 ? .close(reply) : .reply(reply) }

  /// Refuses, and counts the refusal: a client with too many of them is disconnected.
  mutating func refuse(_ reply: Reply) -> DialogueStep {
    refusals += 1
    return refusals >= offers.maximumErrors ? .close(Replies.tooManyErrors) : .reply(reply)
  }
}
