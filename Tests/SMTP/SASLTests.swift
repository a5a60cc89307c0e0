import SMTP
import Support
import Testing

private func challenge(_ words: String) -> Reply { Reply(334, text(Base64.encode(Array(words.utf8)))) }

private func plain(_ username: String, _ password: String) throws -> any SASLClientExchange {
  try client("PLAIN", .password(username: username, HiddenOctets(Array(password.utf8))))
}

private func login(_ username: String, _ password: String) throws -> any SASLClientExchange {
  try client("LOGIN", .password(username: username, HiddenOctets(Array(password.utf8))))
}

private func scram(_ username: String, _ password: String, nonce: String = "x") throws -> any SASLClientExchange {
  try client("SCRAM-SHA-256", .password(username: username, HiddenOctets(Array(password.utf8))), nonce: nonce)
}

private func xoauth2(_ username: String, _ token: String) throws -> any SASLClientExchange {
  try client("XOAUTH2", .bearerToken(username: username, HiddenOctets(Array(token.utf8)), host: "h", port: 1))
}

private func oauthBearer(
  _ username: String = "a,b=c@example.com", _ token: String = "tok~en="
) throws -> any SASLClientExchange {
  let token = HiddenOctets(Array(token.utf8))
  return try client("OAUTHBEARER", .bearerToken(username: username, token, host: "smtp.example.com", port: 587))
}

@Suite struct SASLTests {
  @Test func `a mechanism is known by its name, and takes its own kind of credential`() throws {
    #expect(SASLMechanism.named("scram-sha-256")?.name == "SCRAM-SHA-256")
    #expect(SASLMechanism.named("NO-MECHANISM") == nil)
    #expect(Set(SASLMechanism.all.map(\.name)).count == SASLMechanism.all.count)
    #expect(SASLMechanism.offerable.map(\.name) == ["PLAIN", "LOGIN", "SCRAM-SHA-256"])
    #expect(SASLMechanism.named("CRAM-MD5") == nil, "offered where it is asked for, and never used as a client")
    #expect(throws: SASLError.wrongEvidence) {
      try SASLMechanism.cramMD5.client(with: .password(username: "a", HiddenOctets([0x61])), .forTests("x"))
    }
    for mechanism in SASLMechanism.all {
      let other: SASLCredential =
        switch mechanism.evidence {
        case .password: .bearerToken(username: "a", HiddenOctets([0x61]), host: "h", port: 1)
        case .bearerToken: .password(username: "a", HiddenOctets([0x61]))
        }
      #expect(throws: SASLError.wrongEvidence) { try mechanism.client(with: other, .forTests("x")) }
    }
  }

  @Test func `PLAIN says all in its first line`() throws {
    var exchange = Authentication(try plain("ada@example.org", "s=cr,et"))
    #expect(text(exchange.command()) == "AUTH PLAIN AGFkYUBleGFtcGxlLm9yZwBzPWNyLGV0\r\n")
    try exchange.finish()
  }

  @Test func `a response too long for a command line waits for the 334`() throws {
    let password = [UInt8](repeating: 120, count: 400)
    var exchange = Authentication(try plain("ada", text(password)))
    #expect(text(exchange.command()) == "AUTH PLAIN\r\n")
    #expect(
      try exchange.answer(to: Reply(334, "")) == Base64.encode([0] + Array("ada".utf8) + [0] + password) + [13, 10])
    #expect(throws: SASLError.unexpectedChallenge) { try exchange.answer(to: Reply(334, "")) }
  }

  @Test(arguments: ["Username:", "User Name\0", "Benutzer"])
  func `LOGIN answers whatever the prompts say`(prompt: String) throws {
    for reply in [challenge(prompt), Reply(334, prompt), Reply(334, "")] {
      var exchange = Authentication(try login("ada", "secret"))
      #expect(text(exchange.command()) == "AUTH LOGIN\r\n")
      #expect(text(try exchange.answer(to: reply)) == "YWRh\r\n")
      #expect(text(try exchange.answer(to: reply)) == "c2VjcmV0\r\n")
      #expect(throws: SASLError.unexpectedChallenge) { try exchange.answer(to: reply) }
    }
  }

  @Test func `XOAUTH2 gives its token after the 334 and answers a failure with an empty line`() throws {
    var exchange = Authentication(
      try xoauth2("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"))
    #expect(text(exchange.command()) == "AUTH XOAUTH2\r\n")
    let token =
      "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==\r\n"
    #expect(text(try exchange.answer(to: Reply(334, ""))) == token)
    #expect(exchange.failure == nil)
    #expect(text(try exchange.answer(to: challenge("{\"status\":\"401\"}"))) == "\r\n")
    #expect(exchange.failure.map(text) == "{\"status\":\"401\"}")
    #expect(throws: SASLError.unexpectedChallenge) { try exchange.answer(to: challenge("{}")) }
  }

  @Test func `OAUTHBEARER has a framing of its own and answers a failure with 0x01`() throws {
    var exchange = try oauthBearer()
    #expect(
      exchange.initialResponse().map(text)
        == "n,a=a=2Cb=3Dc@example.com,\u{1}host=smtp.example.com\u{1}port=587\u{1}auth=Bearer tok~en=\u{1}\u{1}")
    var signIn = Authentication(try oauthBearer())
    #expect(text(signIn.command()) == "AUTH OAUTHBEARER\r\n")
    _ = try signIn.answer(to: Reply(334, ""))
    #expect(text(try signIn.answer(to: challenge("{\"status\":\"invalid_token\"}"))) == "AQ==\r\n")
    #expect(signIn.failure.map(text) == "{\"status\":\"invalid_token\"}")
  }

  @Test(arguments: ["", "a\u{1}auth=Bearer x", "a\0b", "a\r\nb", "a\u{7F}"])
  func `a user name that would forge a field is refused`(name: String) {
    let refusal = SASLError.forbiddenCharacter(in: .username)
    #expect(throws: refusal) { try plain(name, "") }
    #expect(throws: refusal) { try login(name, "") }
    #expect(throws: refusal) { try xoauth2(name, "a") }
    #expect(throws: refusal) { try oauthBearer(name, "a") }
    #expect(throws: refusal) { try scram(name, "") }
  }

  @Test(arguments: ["", "a\u{1}b", "a b", "a\r\n", "ä"])
  func `a token that is not printable ASCII is refused`(token: String) {
    let refusal = SASLError.forbiddenCharacter(in: .token)
    #expect(throws: refusal) { try xoauth2("a", token) }
    #expect(throws: refusal) { try oauthBearer("a", token) }
  }

  @Test(arguments: ["a\0b", "a\rb", "a\nb"])
  func `a password that would end a field or line is refused`(password: String) {
    #expect(throws: SASLError.forbiddenCharacter(in: .password)) { try plain("a", password) }
    #expect(throws: SASLError.forbiddenCharacter(in: .password)) { try login("a", password) }
    #expect(throws: SASLError.forbiddenCharacter(in: .password)) { try scram("a", password) }
  }

  @Test func `secrets do not print`() throws {
    let secret = HiddenOctets(Array("hunter2".utf8))
    let holders: [Any] = [
      try plain("a", "hunter2"), try login("a", "hunter2"), try xoauth2("a", "hunter2"),
      try oauthBearer("a", "hunter2"),
      try scram("a", "hunter2"), SASLCredential.password(username: "a", secret),
      SASLServerStep.ask(.isPassword(secret, of: "a")), Command.auth(mechanism: "PLAIN", initialResponse: secret),
      ScramVerifier(salt: [], iterations: 4_096, keys: [ScramVerifier.Keys(stored: secret, server: secret)]),
    ]
    for exchange in holders {
      var dumped = ""
      dump(exchange, to: &dumped)
      let printed = "\(exchange) \(String(reflecting: exchange)) \(dumped)"
      #expect(printed.contains("[secret]"))
      #expect(!printed.contains("104"), "the first octet of the secret, as a number: \(printed)")
    }
  }
}

@Suite struct ScramTests {
  // The example of RFC 7677 §3.
  private let nonce = "rOprNGfwEbeRWgbNEkqO"
  private let serverFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
  private let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

  private func begun(_ password: String = "pencil") throws -> any SASLClientExchange {
    var exchange = try scram("user", password, nonce: nonce)
    #expect(exchange.initialResponse().map(text) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
    return exchange
  }

  @Test func `the RFC's own example signs in`() throws {
    var exchange = try begun()
    let proof = try exchange.respond(to: Array(serverFirst.utf8))
    #expect(
      text(proof)
        == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    #expect(try exchange.respond(to: Array(serverFinal.utf8)).isEmpty)
    try exchange.finish()
    #expect(throws: SASLError.unexpectedChallenge) { try exchange.respond(to: []) }
  }

  @Test func `a server that does not know the password is found out`() throws {
    var exchange = try begun("not the pencil")
    _ = try exchange.respond(to: Array(serverFirst.utf8))
    #expect(throws: SASLError.wrongServerSignature) { try exchange.respond(to: Array(serverFinal.utf8)) }
    #expect(throws: SASLError.wrongServerSignature) { try exchange.finish() }
  }

  @Test func `a server that says 235 without its signature is not believed`() throws {
    #expect(throws: SASLError.wrongServerSignature) { try begun().finish() }
    var exchange = try begun()
    _ = try exchange.respond(to: Array(serverFirst.utf8))
    #expect(throws: SASLError.wrongServerSignature) { try exchange.finish() }
  }

  @Test(
    arguments: [
      ("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095", .iterationCount(4_095)),
      ("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=600001", .iterationCount(600_001)),
      ("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", .wrongNonce),
      ("r=anotherNonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", .wrongNonce),
      ("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", .malformedChallenge),
      ("r=rOprNGfwEbeRWgbNEkqOx,s=W2,i=4096", .malformedChallenge),
      ("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999999999", .malformedChallenge),
      ("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1", .malformedChallenge),
      ("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==", .malformedChallenge),
      ("m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", .malformedChallenge),
      ("", .malformedChallenge), (",,,", .malformedChallenge),
      ("e=unknown-user", .serverError("unknown-user")),
    ] as [(String, SASLError)])
  func `a first message that is not right is refused`(message: String, error: SASLError) throws {
    var exchange = try begun()
    #expect(throws: error) { try exchange.respond(to: Array(message.utf8)) }
  }

  @Test(
    arguments: [
      ("", .malformedChallenge), ("v=", .wrongServerSignature), ("v=AAAA", .wrongServerSignature),
      ("v=!", .malformedChallenge), ("x=1", .malformedChallenge), ("e=invalid-proof", .serverError("invalid-proof")),
    ] as [(String, SASLError)])
  func `a last message that is not right is refused`(message: String, error: SASLError) throws {
    var exchange = try begun()
    _ = try exchange.respond(to: Array(serverFirst.utf8))
    #expect(throws: error) { try exchange.respond(to: Array(message.utf8)) }
    #expect(throws: SASLError.wrongServerSignature) { try exchange.finish() }
  }
}

@Suite struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `the RFC's vectors go both ways`(plain: String, encoded: String) {
    #expect(text(Base64.encode(Array(plain.utf8))) == encoded)
    #expect(Base64.decode(Array(encoded.utf8)) == Array(plain.utf8))
  }

  @Test func `whatever is encoded decodes to the same`() {
    var random = SeededRandom(seed: TestSeed.ofThisRun)
    for length in 0..<200 {
      let octets = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encode(octets)) == octets)
    }
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zh==", "Zm9=", "=Zg=", "Zg==Zm9v", "Zm9 v", "Zm9v\r\n", "Zm-_", "====", "Z===", "ä===",
  ])
  func `what is not exactly base64 is refused`(encoded: String) {
    #expect(Base64.decode(Array(encoded.utf8)) == nil)
  }
}
