// AUTH as transcripts. Each is fed whole, octet by octet and cut at random.

import SMTP
import Support
import Testing

private let offer = ServerDialogue.SignInOffer(
  primitives: .forTests("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"), allowsCleartext: true)

private let greeted = """
  S: 220 relay.example ESMTP Letterhead
  C: HELO app
  S: 250 relay.example

  """

/// `\0user\0pencil`
private let plain = "AHVzZXIAcGVuY2ls"

private func base64(_ text: String) -> String { String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) }

@Suite struct ServerDialogueSignInTests {
  @Test func `EHLO lists the mechanisms, the simplest first, and a client signs in once`() throws {
    let extensions = """
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE 1000
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES

      """
    try rehearse(
      """
      S: 220 *
      C: EHLO app
      \(extensions)S: 250-CHUNKING
      S: 250 AUTH PLAIN LOGIN SCRAM-SHA-256
      C: AUTH PLAIN \(plain)
      S: 235 2.7.0 Signed in
      C: AUTH PLAIN \(plain)
      S: 503 5.5.1 Signed in already
      C: RSET
      S: 250 2.0.0 OK
      C: AUTH PLAIN \(plain)
      S: 503 5.5.1 *
      C: EHLO app
      \(extensions)S: 250 CHUNKING
      """, signIn: offer)
  }

  @Test(arguments: [
    "C: AUTH PLAIN \(plain)\n", "C: auth plain \(plain)\n",
    "C: AUTH PLAIN\nS: 334 \nC: \(plain)\n",
    "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: cGVuY2ls\n",
    "C: AUTH LOGIN dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: cGVuY2ls\n",
  ])
  func `a client signs in and then sends its message`(exchange: String) throws {
    var required = offer
    required.isRequired = true
    let kept = try rehearse(
      greeted + """
        C: MAIL FROM:<a@b>
        S: 530 5.7.0 Sign in: this listener asks for it. *
        \(exchange)S: 235 2.7.0 Signed in
        C: MAIL FROM:<a@b>
        S: 250 2.1.0 *
        C: RCPT TO:<c@d>
        S: 250 2.1.5 *
        C: DATA
        S: 354 *
        C> ".\\r\\n"
        S: 250 2.0.0 *
        """, signIn: required)
    #expect(kept.count == 1)
  }

  @Test func `SCRAM's last proof is the server's, in a challenge that the client accepts with an empty line`() throws {
    let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    try rehearse(
      greeted + """
        C: AUTH SCRAM-SHA-256 \(base64("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
        S: 334 \(base64("r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"))
        C: \(base64("c=biws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
        S: 334 \(base64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
        C> "\\r\\n"
        S: 235 2.7.0 Signed in
        """, signIn: offer)
  }

  @Test func `a refused password says no more than that, and the client may try again`() throws {
    try rehearse(
      greeted + """
        C: AUTH PLAIN \(base64("\0user\0pen"))
        S: 535 5.7.8 User name or password not accepted: *
        C: AUTH PLAIN \(base64("\0nobody\0pencil"))
        S: 535 5.7.8 User name or password not accepted: *
        C: AUTH PLAIN \(base64("\0later\0pencil"))
        S: 454 4.7.0 *
        C: AUTH PLAIN \(base64("root\0user\0pencil"))
        S: 535 5.7.8 Acting as *
        C: AUTH PLAIN \(plain)
        S: 235 *
        """, signIn: offer)
  }

  @Test(arguments: [
    ("*", "501 5.7.0 Sign-in cancelled"), ("!", "501 5.5.2 *"), ("=", "501 5.5.2 *"), ("QUIT", "501 5.5.2 *"),
    (plain + "=", "501 5.5.2 *"), (plain + " ", "501 5.5.2 *"), ("", "501 5.5.2 *"),
  ])
  func `a line inside an exchange is no command, and an exchange that fails is over`(line: String, reply: String) throws
  {
    try rehearse(
      greeted + """
        C: AUTH PLAIN
        S: 334 \("")
        C> "\(line)\\r\\n"
        S: \(reply)
        C: MAIL FROM:<a@b>
        S: 250 *
        """, signIn: offer)
  }

  @Test func `a response may be longer than a command, and not endless`() throws {
    let longest = String(repeating: "A", count: 12_288 - 2)
    try rehearse(
      greeted + """
        C: AUTH PLAIN
        S: 334 \("")
        C: \(longest)
        S: 501 5.5.2 *
        C: AUTH PLAIN
        S: 334 \("")
        C: \(longest)A
        S: 500 5.5.6 Response longer than 12288 octets
        C: NOOP
        S: 250 *
        C: AUTH PLAIN \(longest)
        S: 500 5.5.6 Command line longer than 12288 octets
        """, signIn: offer)
  }

  @Test func `AUTH that cannot be is told why`() throws {
    try rehearse("S: 220 *\nC: AUTH PLAIN \(plain)\nS: 503 5.5.1 Say EHLO or HELO first", signIn: offer)
    try rehearse(
      greeted + """
        C: AUTH
        S: 501 5.5.4 *
        C: AUTH CRAM-MD5
        S: 504 5.5.4 Not a mechanism offered here; set the app to a normal password, which goes by PLAIN, LOGIN, SCRAM-SHA-256
        C: AUTH XOAUTH2 dXNlcg==
        S: 504 5.5.4 Not by OAuth: an app signs in here with its name and the password of `letterhead app password NAME` *
        C: AUTH OAUTHBEARER
        S: 504 5.5.4 Not by OAuth: *
        C: AUTH NTLM TlRMTVNTUAABAAAA
        S: 504 5.5.4 Not a mechanism offered here; *
        C: AUTH GSSAPI
        S: 504 5.5.4 Not a mechanism offered here; *
        C: AUTH PLAIN AHVzZXIA cGVuY2ls
        S: 501 5.5.2 *
        C: AUTH PLAIN =
        S: 501 5.5.2 *
        C: MAIL FROM:<a@b>
        S: 250 *
        C: AUTH PLAIN \(plain)
        S: 503 5.5.1 A transaction is open; *
        """, signIn: offer)
  }

  @Test func `where no sign-in is offered AUTH is refused as it always was`() throws {
    try rehearse(greeted + "C: AUTH PLAIN \(plain)\nS: 502 5.5.1 AUTH is not offered here; *\nC: AUTH\nS: 502 5.5.1 *")
  }

  @Test func `a client that only guesses is sent away at the twentieth guess`() throws {
    let guess = "C: AUTH PLAIN \(base64("\0user\0pen"))\nS: 535 *\n"
    try rehearse(
      greeted + String(repeating: guess, count: 19) + "C: AUTH PLAIN AAAA\nS: 421 4.7.0 *", closes: true,
      signIn: offer)
  }

  @Test func `without TLS there is no AUTH, and a sign-in before TLS is forgotten`() throws {
    let tls = """
      C: STARTTLS
      S: 220 2.0.0 *
      (starts TLS)
      C: HELO app
      S: 250 *

      """
    var strict = offer
    strict.allowsCleartext = false
    try rehearse(
      greeted + """
        C: AUTH PLAIN \(plain)
        S: 538 5.7.11 Say STARTTLS before AUTH: *
        \(tls)C: AUTH PLAIN \(plain)
        S: 235 *
        """, startTLS: true, signIn: strict)
    var required = offer
    required.isRequired = true
    try rehearse(
      greeted + """
        C: AUTH PLAIN \(plain)
        S: 235 *
        \(tls)C: MAIL FROM:<a@b>
        S: 530 5.7.0 *
        C: AUTH PLAIN \(plain)
        S: 235 *
        C: MAIL FROM:<a@b>
        S: 250 *
        """, startTLS: true, signIn: required)
  }

  @Test func `the driver knows as whom the client has signed in`() {
    var server = Rehearsed(
      ServerDialogue.Offers(hostname: "relay.example", maximumMessageOctets: 1_000, signIn: offer),
      answering: knownUsers)
    _ = server.hear(Array("EHLO a\r\nAUTH PLAIN\r\n".utf8))
    #expect(server.dialogue.username == nil)
    _ = server.hear(Array("\(plain)\r\n".utf8))
    #expect(server.dialogue.username == "user")
    server.dialogue.secured()
    #expect(server.dialogue.username == nil)
  }

  @Test func `the driver knows of each wrong password, also where a line of the client's shows it and no answer`() {
    var server = Rehearsed(
      ServerDialogue.Offers(hostname: "relay.example", maximumMessageOctets: 1_000, signIn: offer),
      answering: knownUsers)
    _ = server.hear(Array("EHLO a\r\nAUTH PLAIN \(base64("\0user\0pen"))\r\n".utf8))
    #expect(server.dialogue.wrongSignIns == 1)
    let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    let wrong = base64("c=biws,r=\(nonce),p=\(base64(String(repeating: "x", count: 32)))")
    _ = server.hear(Array("AUTH SCRAM-SHA-256 \(base64("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))\r\n".utf8))
    #expect(server.dialogue.wrongSignIns == 1)
    #expect(String(decoding: server.hear(Array("\(wrong)\r\n".utf8)), as: UTF8.self).hasPrefix("535 "))
    #expect(server.dialogue.wrongSignIns == 2)
    _ = server.hear(Array("AUTH PLAIN !\r\nAUTH PLAIN \(base64("\0later\0pencil"))\r\n".utf8))
    #expect(server.dialogue.wrongSignIns == 2, "nobody guesses by mistakes of form, nor while nobody can tell")
  }
}
