// Both sides of a sign-in. A client must not believe a server that does not know the password, nor a server a client.

import Cryptography
import SMTP

extension Target {
  /// Each line is a challenge to a client's side and a response to a server's. SCRAM never ends well with a peer that
  /// cannot have known the password, and no answer is two lines.
  static let sasl = Target(name: "sasl") { octets in
    let lines = octets.split(separator: 0x0A).prefix(4).map(Array.init)
    for mechanism in SASLMechanism.all { try tryClient(of: mechanism, with: lines) }
    for mechanism in SASLMechanism.offerable + [.cramMD5] { try tryServer(of: mechanism, with: lines) }
  }

  /// AUTH lines, and what comes between them, against a listener that offers everything: each line has one answer, and
  /// nobody signs in of whom nothing was asked.
  static let auth = Target(name: "auth") { octets in
    let offer = ServerDialogue.SignInOffer(
      mechanisms: SASLMechanism.offerable + [.cramMD5], primitives: signInPrimitives, isRequired: true,
      allowsCleartext: true, isLegacy: true)
    var dialogue = ServerDialogue(
      ServerDialogue.Offers(hostname: "relay.example", maximumMessageOctets: 4000, signIn: offer))
    _ = dialogue.receive(.octets(Array("EHLO a".utf8)[...]))
    var known: [String] = []
    for line in octets.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(40) {
      var step = dialogue.receive(.octets(line))
      if case .verify(let question) = step {
        let answer = onlyUser(question)
        if answer != .refused { known.append(question.username) }
        step = dialogue.settle(answer)
      }
      guard let reply = try answer(to: step) else { return }
      let said = reply.octets()
      try demand(said.hasOnlyWholeLineEnds && said.text.isHarmlessReply, "\(line.text) was answered with \(said.text)")
      if let username = dialogue.username {
        try demand(known.contains(username), "\(username) signed in, of whom nothing is known")
      }
    }
  }

  /// - Returns: `nil` where the client is sent away, or goes.
  private static func answer(to step: DialogueStep) throws -> Reply? {
    switch step {
    case .reply(let reply), .challenge(let reply), .skipChunk(_, let reply), .signedIn(_, let reply),
      .refuseSignIn(let reply):
      return reply
    case .close: return nil
    // A sender is admitted, and that is all that is wanted here.
    case .admitSender, .admitRecipient, .takeData, .takeChunk, .startTLS: return nil
    case .verify:
      try demand(false, "asked twice")
      return nil
    }
  }

  private static func tryClient(of mechanism: SASLMechanism, with lines: [[UInt8]]) throws {
    let secret = HiddenOctets(Array("pencil".utf8))
    let credential: SASLCredential =
      switch mechanism.evidence {
      case .password: .password(username: "user", secret)
      case .bearerToken: .bearerToken(username: "user", secret, host: "smtp.example", port: 587)
      }
    var authentication = Authentication(try mechanism.client(with: credential, signInPrimitives))
    var answers = [authentication.command()]
    do throws(SASLError) {
      for line in lines { answers.append(try authentication.answer(to: Reply(334, line.text))) }
    } catch {}
    for answer in answers {
      try demand(
        answer.count { $0 == 0x0A } == 1 && answer.hasOnlyWholeLineEnds, "\(mechanism.name): two lines in one")
    }
    guard mechanism.name == "SCRAM-SHA-256" else { return }
    try demand((try? authentication.finish()) == nil, "SCRAM believed \(lines)")
  }

  private static func tryServer(of mechanism: SASLMechanism, with lines: [[UInt8]]) throws {
    guard var exchange = mechanism.server(signInPrimitives) else { return }
    var accepted: String?
    for line in lines {
      var step = exchange.receive(line)
      if case .ask(let question) = step {
        let answer = onlyUser(question)
        if answer == .accepted { accepted = question.username }
        step = exchange.resume(with: answer)
      }
      switch step {
      case .challenge(let challenge):
        let reply = Replies.challenge(challenge).octets()
        try demand(reply.hasOnlyWholeLineEnds && reply.count { $0 == 0x0A } == 1, "\(mechanism.name): two lines in one")
      case .success(let username):
        try demand(accepted == username && username.isHarmless, "\(mechanism.name) believed \(lines)")
      case .failure: return
      case .ask: try demand(false, "\(mechanism.name) asked twice")
      }
    }
  }
}

extension String {
  fileprivate var isHarmlessReply: Bool { split(separator: "\r\n").allSatisfy { String($0).isHarmless } }
}

/// There is `user`, whose password is `pencil`.
@Sendable func onlyUser(_ question: SASLQuestion) -> SASLAnswer {
  guard question.username == "user" else { return .refused }
  if case .equivalents = question { return .equivalents([HiddenOctets(Array("pencil".utf8))]) }
  let pencil = ScramVerifier(
    password: HiddenOctets(Array("pencil".utf8)), salt: [1, 2, 3], iterations: 4_096, signInPrimitives)
  return question.answer(from: pencil, signInPrimitives)
}

/// The nonce of RFC 7677's example; a short key derivation, because its length is not what is tried here.
let signInPrimitives = ScramPrimitives(
  sha256: { SHA256.digest(of: $0) }, hmac: { HMACSHA256.code(for: $1, key: $0) },
  pbkdf2: { password, salt, _ in SHA256.digest(of: password + salt) },
  hmacMD5: { HMACMD5.code(for: $1, key: $0) }, nonce: { Array("rOprNGfwEbeRWgbNEkqO".utf8) })
