// The server's side of AUTH: when it is allowed, and how the lines between the command and its last reply are read. RFC
// 4954.

extension ServerDialogue {
  /// How clients sign in at a listener.
  package struct SignInOffer: Sendable {
    /// In the order that EHLO lists them; each of them has a server's side.
    package var mechanisms: [SASLMechanism]
    package var primitives: ScramPrimitives
    /// MAIL is refused until the client has signed in.
    package var isRequired: Bool
    /// AUTH is offered on a line that is not encrypted, too: for a listener that only this host can reach.
    package var allowsCleartext: Bool
    /// EHLO says `AUTH=PLAIN LOGIN` as well: clients of the time before RFC 2554 read nothing else.
    package var isLegacy: Bool

    package init(
      mechanisms: [SASLMechanism] = SASLMechanism.offerable, primitives: ScramPrimitives, isRequired: Bool = false,
      allowsCleartext: Bool = false, isLegacy: Bool = false
    ) {
      self.mechanisms = mechanisms
      self.primitives = primitives
      self.isRequired = isRequired
      self.allowsCleartext = allowsCleartext
      self.isLegacy = isLegacy
    }
  }

  /// Longer lines of an exchange are refused, and AUTH must fit as well. In octets, CRLF included (RFC 4954 §4).
  package static let maximumResponseOctets = 12_288

  /// The names of the mechanisms by which the client may sign in now.
  var offeredMechanisms: [String] {
    guard let offer = offers.signIn, username == nil, isSecured || offer.allowsCleartext else { return [] }
    return offer.mechanisms.map(\.name)
  }

  /// The client may not send mail before it has signed in.
  var mustSignIn: Bool { offers.signIn?.isRequired == true && username == nil }

  mutating func authenticate(by name: String, _ initialResponse: HiddenOctets?) -> DialogueStep {
    guard let offer = offers.signIn else { return refuse(Replies.noSignInNeeded) }
    switch phase {
    case .connected: return refuse(Replies.helloFirst)
    case .transaction, .chunking: return refuse(Replies.transactionIsOpen)
    case .identified, .authenticating: break
    }
    if username != nil { return refuse(Replies.alreadySignedIn) }
    guard isSecured || offer.allowsCleartext else { return refuse(Replies.encryptionFirst(startTLS: offers.startTLS)) }
    if name.isEmpty { return refuse(Replies.noMechanism) }
    guard let mechanism = offer.mechanisms.first(where: { $0.name == name }),
      let exchange = mechanism.server(offer.primitives)
    else { return refuse(Replies.refusal(ofMechanism: name, offering: offer.mechanisms.map(\.name))) }
    return begin(exchange, with: initialResponse)
  }

  private mutating func begin(_ exchange: any SASLServerExchange, with response: HiddenOctets?) -> DialogueStep {
    guard case .identified(let hello) = phase else { return refuse(Replies.helloFirst) }
    var exchange = exchange
    guard let response else { return obey(exchange.receive(nil), exchange, hello) }
    // "=" is an initial response of no octets.
    let isEmpty = response.octets.elementsEqual("=".utf8)
    guard let octets = isEmpty ? [] : Base64.decode(response.octets) else {
      return refuse(Replies.refusal(of: SASLFailure.malformed))
    }
    return obey(exchange.receive(octets), exchange, hello)
  }

  /// Takes a line of an exchange, which is no command, whatever it says.
  mutating func respond(_ line: Line, in exchange: any SASLServerExchange, _ hello: Hello) -> DialogueStep {
    var exchange = exchange
    phase = .identified(hello)
    guard case .octets(let text) = line else { return refuse(Replies.responseTooLong) }
    if text.elementsEqual("*".utf8) { return refuse(Replies.signInCancelled) }
    guard let response = Base64.decode(text) else { return refuse(Replies.refusal(of: SASLFailure.malformed)) }
    return obey(exchange.receive(response), exchange, hello)
  }

  /// Takes the driver's answer to the question of a `.verify` step.
  package mutating func settle(_ answer: SASLAnswer) -> DialogueStep {
    guard case .authenticating(let hello, var exchange) = phase else { return .reply(Replies.localError) }
    phase = .identified(hello)
    return obey(exchange.resume(with: answer), exchange, hello)
  }

  private mutating func obey(
    _ step: SASLServerStep, _ exchange: any SASLServerExchange, _ hello: Hello
  ) -> DialogueStep {
    switch step {
    case .challenge(let octets):
      phase = .authenticating(hello, exchange)
      return .challenge(Replies.challenge(octets))
    case .ask(let question):
      phase = .authenticating(hello, exchange)
      return .verify(question)
    case .success(let username):
      self.username = username
      return .reply(Replies.signedIn)
    case .failure(let failure):
      if failure == .refused { wrongSignIns += 1 }
      let reply = Replies.refusal(of: failure)
      return reply.isPermanent ? refuse(reply) : tell(reply)
    }
  }
}
