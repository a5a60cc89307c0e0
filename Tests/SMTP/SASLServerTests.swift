// The server's side of each mechanism, fed with what clients send.

import SMTP
import Support
import Testing

/// What a client sends and how the exchange ends: each response in turn, `nil` where AUTH brings no initial response.
private func outcome(of mechanism: String, _ responses: [String?]) throws -> SASLServerStep {
  var exchange = try server(mechanism)
  var step = SASLServerStep.challenge([])
  for response in responses {
    step = exchange.receive(response.map { Array($0.utf8) })
    if case .ask(let question) = step { step = exchange.resume(with: knownUsers(question)) }
  }
  return step
}

@Suite struct `The server's side of PLAIN and LOGIN` {
  @Test(
    arguments: [
      ("PLAIN", ["\0user\0pencil"], .success(username: "user")),
      ("PLAIN", [nil, "\0user\0pencil"], .success(username: "user")),
      ("PLAIN", ["user\0user\0pencil"], .success(username: "user")),
      ("PLAIN", [nil], .challenge([])),
      ("PLAIN", ["root\0user\0pencil"], .failure(.otherIdentity)),
      ("PLAIN", ["\0user\0pen"], .failure(.refused)),
      ("PLAIN", ["\0user\0"], .failure(.refused)),
      ("PLAIN", ["\0nobody\0pencil"], .failure(.refused)),
      ("PLAIN", ["\0later\0pencil"], .failure(.unavailable)),
      ("PLAIN", [""], .failure(.malformed)), ("PLAIN", ["user"], .failure(.malformed)),
      ("PLAIN", ["user\0pencil"], .failure(.malformed)), ("PLAIN", ["\0\0pencil"], .failure(.malformed)),
      ("PLAIN", ["\0user\0pen\0cil"], .failure(.malformed)), ("PLAIN", ["\0us\ner\0pencil"], .failure(.malformed)),
      ("PLAIN", ["\0user\0pencil", "\0user\0pencil"], .failure(.malformed)),
      ("LOGIN", [nil], .challenge(Array("Username:".utf8))),
      ("LOGIN", [nil, "user"], .challenge(Array("Password:".utf8))),
      ("LOGIN", [nil, "user", "pencil"], .success(username: "user")),
      // Many clients send the user name at once.
      ("LOGIN", ["user", "pencil"], .success(username: "user")),
      ("LOGIN", ["user", "pen"], .failure(.refused)), ("LOGIN", ["user", ""], .failure(.refused)),
      ("LOGIN", ["later", "pencil"], .failure(.unavailable)),
      ("LOGIN", [""], .failure(.malformed)), ("LOGIN", ["a\tb"], .failure(.malformed)),
      ("LOGIN", ["user", "pencil", "pencil"], .failure(.malformed)),
    ] as [(String, [String?], SASLServerStep)])
  func `asks for what it needs and ends as the password says`(
    mechanism: String, responses: [String?], end: SASLServerStep
  ) throws {
    #expect(try outcome(of: mechanism, responses) == end)
  }

  @Test(
    arguments: [
      ([nil], .challenge(Array("<y@letterhead>".utf8))),
      ([nil, "user af615211461cbc08fcc2844135cbfb0b"], .success(username: "user")),
      ([nil, "user AF615211461CBC08FCC2844135CBFB0B"], .success(username: "user")),
      // The digest of another password, of another challenge, and of nobody.
      ([nil, "user 726515cec7483a07d758bd026ce94d00"], .failure(.refused)),
      ([nil, "user b913a602c7eda7a495b4e6e7334d3890"], .failure(.refused)),
      ([nil, "nobody af615211461cbc08fcc2844135cbfb0b"], .failure(.refused)),
      ([nil, "later af615211461cbc08fcc2844135cbfb0b"], .failure(.unavailable)),
      ([nil, ""], .failure(.malformed)), ([nil, "user"], .failure(.malformed)),
      ([nil, " af615211461cbc08fcc2844135cbfb0b"], .failure(.malformed)),
      ([nil, "user af615211461cbc08fcc2844135cbfb0"], .failure(.malformed)),
      ([nil, "user af615211461cbc08fcc2844135cbfb0g"], .failure(.malformed)),
      ([nil, "user af615211461cbc08fcc2844135cbfb0b00"], .failure(.malformed)),
      ([nil, "us\ner af615211461cbc08fcc2844135cbfb0b"], .failure(.malformed)),
      ([nil, "user af615211461cbc08fcc2844135cbfb0b", "again"], .failure(.malformed)),
      // The server speaks first (RFC 4954 §4).
      (["user af615211461cbc08fcc2844135cbfb0b"], .failure(.malformed)),
    ] as [([String?], SASLServerStep)])
  func `CRAM-MD5 takes the digest of its own challenge`(responses: [String?], end: SASLServerStep) throws {
    #expect(try outcome(of: "CRAM-MD5", responses) == end)
  }

  @Test func `CRAM-MD5 on a host that forbids MD5 is not possible now`() throws {
    var exchange = try server("CRAM-MD5", nonce: "unknown")
    _ = exchange.receive(nil)
    _ = exchange.receive(Array("user af615211461cbc08fcc2844135cbfb0b".utf8))
    let passwords = SASLAnswer.equivalents([HiddenOctets(Array("pencil".utf8))])
    #expect(exchange.resume(with: passwords) == .failure(.unavailable))
  }

  @Test func `CRAM-MD5 takes the older password too, while one replaces the other`() throws {
    for response in ["user af615211461cbc08fcc2844135cbfb0b", "user 726515cec7483a07d758bd026ce94d00"] {
      var exchange = try server("CRAM-MD5")
      _ = exchange.receive(nil)
      #expect(exchange.receive(Array(response.utf8)) == .ask(.equivalents(of: "user")))
      let both = ["pen", "pencil"].map { HiddenOctets(Array($0.utf8)) }
      #expect(exchange.resume(with: .equivalents(both)) == .success(username: "user"))
    }
  }

  @Test func `a user name that is not UTF-8 is refused`() throws {
    for mechanism in ["PLAIN", "LOGIN"] {
      var exchange = try server(mechanism)
      #expect(exchange.receive([0, 0xFF, 0, 0x61]) == .failure(.malformed))
    }
  }

  @Test func `an answer that nobody asked for signs nobody in`() throws {
    for mechanism in SASLMechanism.offerable + [.cramMD5] {
      var exchange = try #require(mechanism.server(.forTests("x")))
      #expect(exchange.resume(with: .accepted) != .success(username: ""))
      guard case .failure = exchange.resume(with: .accepted) else { throw NoSuchMechanism() }
    }
  }
}

@Suite struct `The server's side of SCRAM-SHA-256` {
  // The example of RFC 7677 §3.
  private let clientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
  private let serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
  private let serverFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
  private let clientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
  private let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

  /// The exchange behind its first challenge.
  private func challenged(_ first: String? = nil) throws -> any SASLServerExchange {
    var exchange = try server("SCRAM-SHA-256", nonce: serverNonce)
    #expect(exchange.receive(Array((first ?? clientFirst).utf8)) == .ask(.verifier(of: "user")))
    guard case .challenge(let challenge) = exchange.resume(with: .verifier(.pencil)) else { throw NoSuchMechanism() }
    #expect(text(challenge) == serverFirst)
    return exchange
  }

  @Test func `the RFC's own example signs in`() throws {
    var exchange = try challenged()
    #expect(exchange.receive(Array(clientFinal.utf8)) == .challenge(Array(serverFinal.utf8)))
    #expect(exchange.receive([]) == .success(username: "user"))
    #expect(exchange.receive([]) == .failure(.malformed))
  }

  @Test func `both sides of this tree understand each other, whatever is in the name`() throws {
    for name in ["user", "a,b=c", "müller", "=2C"] {
      var client = try client(
        "SCRAM-SHA-256", .password(username: name, HiddenOctets(Array("pencil".utf8))), nonce: "cn")
      var exchange = try server("SCRAM-SHA-256")
      #expect(exchange.receive(nil) == .challenge([]))
      #expect(exchange.receive(client.initialResponse()) == .ask(.verifier(of: name)))
      guard case .challenge(let first) = exchange.resume(with: .verifier(.pencil)),
        case .challenge(let final) = exchange.receive(try client.respond(to: first))
      else { throw NoSuchMechanism() }
      #expect(exchange.receive(try client.respond(to: final)) == .success(username: name))
      try client.finish()
    }
  }

  @Test(
    arguments: [
      ("", .malformed), ("n,,", .malformed), ("n,,n=user", .malformed), ("n,,n=user,r=", .malformed),
      ("n,,n=,r=x", .malformed), ("n,,r=x,n=user", .malformed), ("n,,m=x,n=user,r=x", .malformed),
      ("n,,n=us=er,r=x", .malformed), ("n,,n=user=2,r=x", .malformed), ("n,,n=us\u{1}er,r=x", .malformed),
      ("n,,n=user,r=a b", .malformed), ("x,,n=user,r=x", .malformed),
      // Channel binding is not offered.
      ("p=tls-unique,,n=user,r=x", .malformed),
      ("n,a=root,n=user,r=x", .otherIdentity), ("n,root,n=user,r=x", .otherIdentity),
    ] as [(String, SASLFailure)])
  func `a first message that is not right is refused`(message: String, failure: SASLFailure) throws {
    var exchange = try server("SCRAM-SHA-256")
    #expect(exchange.receive(Array(message.utf8)) == .failure(failure))
  }

  @Test(arguments: ["y,,n=user,r=x", "n,a=user,n=user,r=x", "n,,n=user,r=x,ext=1"])
  func `a first message may say more than is needed`(message: String) throws {
    var exchange = try server("SCRAM-SHA-256")
    #expect(exchange.receive(Array(message.utf8)) == .ask(.verifier(of: "user")))
  }

  @Test(
    arguments: [
      ("p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", .refused),
      ("p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "p=AAAA", .refused),
      ("p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "p=", .refused),
      ("p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "p=!", .malformed),
      (",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "", .malformed),
      // What was signed is no longer what was said.
      (",p=", ",x=1,p=", .refused),
      ("c=biws", "c=eSws", .malformed), ("c=biws", "c=", .malformed), ("c=biws,", "", .malformed),
      ("r=rOpr", "r=xOpr", .malformed), ("k0,", "k,", .malformed),
    ] as [(String, String, SASLFailure)])
  func `a last message that is not right is refused, and ends the exchange`(
    part: String, instead: String, failure: SASLFailure
  ) throws {
    var exchange = try challenged()
    #expect(exchange.receive(Array(clientFinal.replacing(part, with: instead).utf8)) == .failure(failure))
    #expect(exchange.receive(Array(clientFinal.utf8)) == .failure(.malformed))
  }

  @Test func `a client that says more before it has the server's signature accepted is refused`() throws {
    var exchange = try challenged()
    _ = exchange.receive(Array(clientFinal.utf8))
    #expect(exchange.receive([0x61]) == .failure(.malformed))
  }

  @Test func `a user who does not exist gets the same challenge each time, and no proof is right`() throws {
    let decoy = { (name: String) in
      ScramVerifier.decoy(for: name, key: HiddenOctets(Array("key".utf8)), iterations: 4_096, .forTests(""))
    }
    #expect(decoy("nobody") == decoy("nobody"))
    #expect(decoy("nobody").salt != decoy("nobody else").salt)
    #expect(decoy("nobody").salt.count == ScramVerifier.pencil.salt.count)
    var exchange = try server("SCRAM-SHA-256", nonce: serverNonce)
    _ = exchange.receive(Array(clientFirst.utf8))
    _ = exchange.resume(with: .verifier(decoy("user")))
    #expect(exchange.receive(Array(clientFinal.utf8)) == .failure(.refused))
  }

  @Test func `the older password is good by SCRAM and by PLAIN, while one replaces the other`() throws {
    let other = ScramVerifier.Keys(stored: HiddenOctets([1]), server: HiddenOctets([2]))
    var both = ScramVerifier.pencil
    both.keys.insert(other, at: 0)
    var exchange = try server("SCRAM-SHA-256", nonce: serverNonce)
    _ = exchange.receive(Array(clientFirst.utf8))
    #expect(exchange.resume(with: .verifier(both)) == .challenge(Array(serverFirst.utf8)))
    // The server proves that it knows the password that this client has.
    #expect(exchange.receive(Array(clientFinal.utf8)) == .challenge(Array(serverFinal.utf8)))
    #expect(exchange.receive([]) == .success(username: "user"))
    #expect(both.matches(HiddenOctets(Array("pencil".utf8)), .forTests("")))
    #expect(!both.matches(HiddenOctets(Array("pen".utf8)), .forTests("")))
  }

  @Test func `one stored verifier checks a password that came by PLAIN as well`() {
    let question = { (password: String) in SASLQuestion.isPassword(HiddenOctets(Array(password.utf8)), of: "user") }
    #expect(question("pencil").answer(from: .pencil, .forTests("")) == .accepted)
    #expect(question("pen").answer(from: .pencil, .forTests("")) == .refused)
  }
}
